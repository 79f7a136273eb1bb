import type { IpvsCounters } from "../ipvs/counters.ts";
import type { RealServerListing, VirtualServerListing } from "../ipvs/listing.ts";
import type { VirtualServer } from "../ruleset/virtual-server.ts";
import { sortListing } from "./ipvsadm-sort.ts";
import { endpointName, flagList, persistenceMask } from "./ipvsadm-words.ts";

/** What the columns show: `ipvsadm -Ln` alone, or with the option of the same name. */
export type IpvsadmView = "connections" | "stats" | "thresholds" | "persistent-conn";

export interface IpvsadmOptions {
  readonly view?: IpvsadmView;
  /** `--nosort` is false: real servers as the kernel has them. */
  readonly sorted?: boolean;
  /** `--exact`: counters are not shortened to K, M, G, T. */
  readonly exact?: boolean;
}

interface Columns {
  readonly header: readonly string[];
  virtualServer(listing: VirtualServerListing): string;
  realServer(listing: RealServerListing): string;
}

/**
 * `ipvsadm -Ln` as version 1.31 prints it on a kernel with the usual table size, byte for byte.
 *
 * @example
 * printIpvsadm(director.list());
 * printIpvsadm(untouchedListing(program.virtualServers), { view: "thresholds" });
 */
export function printIpvsadm(listing: readonly VirtualServerListing[], options: IpvsadmOptions = {}): string {
  const { view = "connections", sorted = true, exact = false } = options;
  const columns = columnsOf(view, exact);
  const lines = ["IP Virtual Server version 1.2.1 (size=4096)", ...columns.header];
  for (const virtualServer of sorted ? sortListing(listing) : listing) {
    lines.push(columns.virtualServer(virtualServer));
    for (const realServer of virtualServer.realServers) lines.push(columns.realServer(realServer));
  }
  return `${lines.join("\n")}\n`;
}

function columnsOf(view: IpvsadmView, exact: boolean): Columns {
  switch (view) {
    case "connections":
      return {
        header: [
          "Prot LocalAddress:Port Scheduler Flags",
          "  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn",
        ],
        virtualServer: ({ virtualServer }) => `${serviceName(virtualServer)} ${serviceOptions(virtualServer)}`,
        realServer: ({ realServer, activeConnections, inactiveConnections }) =>
          row(endpointName(realServer), [
            [realServer.forward, 7],
            [realServer.weight, 6],
            [activeConnections, 10],
            [inactiveConnections, 10],
          ]),
      };
    case "thresholds":
      return {
        header: [
          "Prot LocalAddress:Port            Uthreshold Lthreshold ActiveConn InActConn ",
          "  -> RemoteAddress:Port",
        ],
        virtualServer: ({ virtualServer }) => `${serviceName(virtualServer)} ${serviceOptions(virtualServer)}`,
        realServer: ({ realServer, activeConnections, inactiveConnections }) =>
          row(endpointName(realServer), [
            [realServer.upperThreshold, 10],
            [realServer.lowerThreshold, 10],
            [activeConnections, 10],
            [inactiveConnections, 10],
          ]),
      };
    case "persistent-conn":
      return {
        header: [
          "Prot LocalAddress:Port            Weight    PersistConn ActiveConn InActConn ",
          "  -> RemoteAddress:Port",
        ],
        virtualServer: ({ virtualServer }) => `${serviceName(virtualServer)} ${serviceOptions(virtualServer)}`,
        realServer: ({ realServer, activeConnections, inactiveConnections, persistentConnections }) =>
          row(endpointName(realServer), [
            [realServer.weight, 9],
            [persistentConnections, 11],
            [activeConnections, 10],
            [inactiveConnections, 10],
          ]),
      };
    case "stats":
      return {
        header: [
          "Prot LocalAddress:Port               Conns   InPkts  OutPkts  InBytes OutBytes",
          "  -> RemoteAddress:Port",
        ],
        virtualServer: ({ virtualServer, counters }) =>
          serviceName(virtualServer).padEnd(33) + countersText(counters, exact),
        realServer: ({ realServer, counters }) =>
          `  -> ${endpointName(realServer).padEnd(28)}${countersText(counters, exact)}`,
      };
    default:
      return view satisfies never;
  }
}

function row(name: string, cells: readonly (readonly [string | number, number])[]): string {
  return `  -> ${name.padEnd(28)} ${cells.map(([value, width]) => String(value).padEnd(width)).join(" ")}`;
}

/** `TCP  10.96.0.1:443`, `FWM  7`; marks are printed as signed. */
function serviceName(virtualServer: VirtualServer): string {
  const { fwmark, protocol, address } = virtualServer;
  if (fwmark === undefined) return `${protocol.padEnd(4)} ${endpointName(virtualServer)}`;
  return `FWM  ${fwmark | 0}${address.includes(":") ? " IPv6" : ""}`;
}

/** `sh (sh-port) persistent 300 mask 255.255.255.0`. */
function serviceOptions(virtualServer: VirtualServer): string {
  const words = [virtualServer.scheduler];
  const flags = flagList(virtualServer);
  if (virtualServer.schedulerFlags.length > 0) words.push(`(${flags})`);
  if (virtualServer.persistenceTimeout !== undefined) {
    words.push(`persistent ${virtualServer.persistenceTimeout}`);
    const mask = persistenceMask(virtualServer);
    if (mask !== undefined) words.push(`mask ${mask}`);
  }
  return words.join(" ");
}

function countersText(counters: IpvsCounters, exact: boolean): string {
  const { connections, inPackets, outPackets, inBytes, outBytes } = counters;
  return [connections, inPackets, outPackets, inBytes, outBytes].map((count) => largeNumber(count, exact)).join("");
}

/** Nine columns wide; from 100 million on in thousands, millions and so on, unless exact. */
function largeNumber(count: number, exact: boolean): string {
  if (exact) return ` ${String(count).padStart(8)}`;
  if (count < 1e8) return String(count).padStart(9);
  const [unit, letter] = count < 1e9 ? [1e3, "K"] : count < 1e11 ? [1e6, "M"] : count < 1e14 ? [1e9, "G"] : [1e12, "T"];
  return `${Math.floor(count / (unit as number))}${letter}`.padStart(9);
}
