import type { VirtualServerListing } from "../ipvs/listing.ts";
import type { RealServer, VirtualServer } from "../ruleset/virtual-server.ts";
import { sortListing } from "./ipvsadm-sort.ts";
import { endpointName, flagList, persistenceMask } from "./ipvsadm-words.ts";

const protocolOptions = { TCP: "-t", UDP: "-u", SCTP: "--sctp-service" } as const;
const forwardOptions = { Masq: "-m", Route: "-g", Tunnel: "-i" } as const;

/**
 * `ipvsadm -Sn`, which `ipvsadm -R` reads. Thresholds are not in it: ipvsadm 1.31 leaves them out.
 */
export function printIpvsadmSave(listing: readonly VirtualServerListing[]): string {
  const lines = sortListing(listing).flatMap(({ virtualServer, realServers }) => {
    const service = serviceOption(virtualServer);
    return [
      `-A ${service} ${serviceWords(virtualServer)}`,
      ...realServers.map(({ realServer }) => `-a ${service} ${realServerWords(realServer)}`),
    ];
  });
  return lines.map((line) => `${line}\n`).join("");
}

function serviceOption(virtualServer: VirtualServer): string {
  const { fwmark, protocol, address } = virtualServer;
  if (fwmark !== undefined) return `-f ${fwmark | 0}${address.includes(":") ? " -6" : ""}`;
  return `${protocolOptions[protocol]} ${endpointName(virtualServer)}`;
}

function serviceWords(virtualServer: VirtualServer): string {
  const words = [`-s ${virtualServer.scheduler}`];
  const flags = flagList(virtualServer);
  if (virtualServer.persistenceTimeout !== undefined) {
    words.push(`-p ${virtualServer.persistenceTimeout}`);
    const mask = persistenceMask(virtualServer);
    if (mask !== undefined) words.push(`-M ${mask}`);
  }
  if (virtualServer.schedulerFlags.length > 0) words.push(`-b ${flags}`);
  return words.join(" ");
}

function realServerWords(realServer: RealServer): string {
  const tunnel = realServer.forward === "Tunnel" ? " --tun-type ipip" : "";
  return `-r ${endpointName(realServer)} ${forwardOptions[realServer.forward]} -w ${realServer.weight}${tunnel}`;
}
