import { formatAddress, type IpAddress } from "@kubenetsim/core/net/address";
import { joinHostPort } from "@kubenetsim/core/net/endpoint-text";
import { schedulerFlags, type VirtualServer } from "../ruleset/virtual-server.ts";

/** `sh-fallback,sh-port`; empty for none. */
export function flagList(virtualServer: VirtualServer): string {
  // In the order of the kernel's bits; those of sh and mh have no name for the third (print_sched_flags).
  const isNamed = virtualServer.scheduler === "sh" || virtualServer.scheduler === "mh";
  return schedulerFlags
    .filter((flag) => virtualServer.schedulerFlags.includes(flag) && !(isNamed && flag === "flag-3"))
    .join(",");
}

/** How `-M` names the clients' network: a mask for IPv4, a prefix length for IPv6; undefined where each client is on its own. */
export function persistenceMask(virtualServer: VirtualServer): string | undefined {
  const { address, persistenceNetmask } = virtualServer;
  const v6 = address.includes(":");
  if (persistenceNetmask === undefined || persistenceNetmask === (v6 ? 128 : 32)) return undefined;
  if (v6) return String(persistenceNetmask);
  return formatAddress([persistenceNetmask === 0 ? 0 : -1 << (32 - persistenceNetmask)]);
}

export function endpointName(end: { readonly address: IpAddress; readonly port: number }): string {
  return joinHostPort(end.address, end.port);
}
