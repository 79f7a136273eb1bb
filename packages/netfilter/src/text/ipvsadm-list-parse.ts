import { addressWords, type IpAddress, parseAddress } from "@kubenetsim/core/net/address";
import { splitHostPort } from "@kubenetsim/core/net/endpoint-text";
import type { Protocol } from "@kubenetsim/core/net/protocol";
import { ParseError } from "@kubenetsim/core/runtime/errors";
import { noTraffic } from "../ipvs/counters.ts";
import type { RealServerListing, VirtualServerListing } from "../ipvs/listing.ts";
import type { RealServer, SchedulerFlag, VirtualServer } from "../ruleset/virtual-server.ts";

const servicePattern =
  /^(?:(TCP|UDP|SCTP) +(\S+)|FWM +(-?\d+)( IPv6)?) (\S+)(?: \(([a-z0-9,-]+)\))?(?: persistent (\d+)(?: mask (\S+))?)?$/;
const realServerPattern = /^ {2}-> (\S+) +(Masq|Route|Tunnel) +(\d+) +(\d+) +(\d+) *$/;

/**
 * Reads what `ipvsadm -Ln` prints: virtual and real servers in the order of their lines, with their connections.
 * Thresholds and counters are not in it.
 *
 * @throws ParseError for a line that ipvsadm does not print.
 */
export function parseIpvsadmList(text: string, source = "ipvsadm"): VirtualServerListing[] {
  const listing: { virtualServer: VirtualServer; realServers: RealServerListing[] }[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    if (line === "" || line.startsWith("IP Virtual Server") || line.startsWith("Prot ")) continue;
    if (line.startsWith("  -> RemoteAddress:Port")) continue;
    const position = { source, line: index + 1, column: 1 };
    const realServer = readRealServer(line);
    const last = listing.at(-1);
    if (realServer !== undefined && last !== undefined) {
      last.realServers.push(realServer);
      continue;
    }
    const virtualServer = readVirtualServer(line);
    if (virtualServer === undefined)
      throw new ParseError(`expected a line of ipvsadm -Ln, found ${JSON.stringify(line)}`, { position });
    listing.push({ virtualServer, realServers: [] });
  }
  return listing.map(({ virtualServer, realServers }) => ({
    virtualServer: { ...virtualServer, realServers: realServers.map(({ realServer }) => realServer).reverse() },
    counters: noTraffic,
    realServers,
  }));
}

function readVirtualServer(line: string): VirtualServer | undefined {
  const match = servicePattern.exec(line);
  if (match === null) return undefined;
  const [, protocol, endpoint, mark, v6, scheduler, flags, timeout, mask] = match;
  const anywhere = { address: (v6 === undefined ? "0.0.0.0" : "::") as IpAddress, port: 0 };
  const place = endpoint === undefined ? anywhere : readEndpoint(endpoint);
  if (place === undefined) return undefined;
  return {
    protocol: (protocol ?? "TCP") as Protocol,
    ...place,
    ...(mark === undefined ? {} : { fwmark: Number(mark) >>> 0 }),
    scheduler: scheduler!,
    schedulerFlags: (flags?.split(",") ?? []) as SchedulerFlag[],
    persistenceTimeout: timeout === undefined ? undefined : Number(timeout),
    persistenceNetmask: timeout === undefined ? undefined : prefixLength(mask, place.address.includes(":")),
    realServers: [],
    origin: undefined,
  };
}

function readRealServer(line: string): RealServerListing | undefined {
  const match = realServerPattern.exec(line);
  const place = match === null ? undefined : readEndpoint(match[1]!);
  if (match === null || place === undefined) return undefined;
  const forward = match[2] as RealServer["forward"];
  return {
    realServer: { ...place, weight: Number(match[3]), forward, upperThreshold: 0, lowerThreshold: 0 },
    activeConnections: Number(match[4]),
    inactiveConnections: Number(match[5]),
    persistentConnections: 0,
    counters: noTraffic,
  };
}

function prefixLength(mask: string | undefined, v6: boolean): number {
  if (mask === undefined) return v6 ? 128 : 32;
  return v6 ? Number(mask) : Math.clz32(~addressWords(mask as IpAddress)[0]!);
}

function readEndpoint(text: string): { address: IpAddress; port: number } | undefined {
  const parts = splitHostPort(text);
  const address = parts === undefined ? undefined : parseAddress(parts.host);
  return parts === undefined || address === undefined ? undefined : { address, port: parts.port };
}
