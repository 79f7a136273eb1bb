import { formatAddress, type IpAddress } from "@kubenetsim/core/net/address";
import { type Protocol, protocolName, protocolNumbers } from "@kubenetsim/core/net/protocol";
import { connectionFlag, field } from "./connection-table.ts";
import type { Connections } from "./connections.ts";
import { templateAssured } from "./connections.ts";
import type { ConnectionListing, RealServerListing, VirtualServerListing } from "./listing.ts";
import type { RealServerEntry } from "./real-server-entry.ts";
import { tcpStateNames } from "./tcp-state.ts";
import type { VirtualServerEntry } from "./virtual-server-entry.ts";

/**
 * All virtual servers in the order of the kernel's table: 256 buckets, the newest first in each, those by firewall mark
 * last (ip_vs_svc_hashkey). A real kernel mixes an address of its own into the hash, so the order of the buckets differs
 * from boot to boot; here that address counts as 0.
 */
export function listVirtualServers(entries: Iterable<VirtualServerEntry>): VirtualServerListing[] {
  const sorted = [...entries].sort((a, b) => bucketOf(a) - bucketOf(b) || b.index - a.index);
  return sorted.map(listVirtualServer);
}

function bucketOf(entry: VirtualServerEntry): number {
  if (entry.fwmark !== 0) return 256 + (entry.fwmark & 255);
  let fold = 0;
  for (const word of entry.address) fold ^= word;
  return (entry.protocol ^ fold ^ (entry.port >> 8) ^ entry.port) & 255;
}

function listVirtualServer(entry: VirtualServerEntry): VirtualServerListing {
  const realServers = entry.realServers.map(listRealServer);
  const asAdded = entry.realServers.map(({ configuration }) => configuration).reverse();
  return {
    virtualServer: { ...entry.configuration, realServers: asAdded },
    counters: entry.traffic.values(),
    realServers,
  };
}

export function listRealServer(server: RealServerEntry): RealServerListing {
  const { activeConnections, inactiveConnections, persistentConnections } = server;
  return {
    realServer: server.configuration,
    activeConnections,
    inactiveConnections,
    persistentConnections,
    counters: server.traffic.values(),
  };
}

/** All connections and templates, in the order of their slots. */
export function listConnections(connections: Connections, nowMs: number): ConnectionListing[] {
  const { table } = connections;
  const list: ConnectionListing[] = [];
  for (let slot = 0; slot < table.capacity; slot++) {
    const row = table.row(slot);
    const flags = table.words[row + field.flags]!;
    if ((flags & connectionFlag.hashed) === 0) continue;
    const template = (flags & connectionFlag.template) !== 0;
    const protocol = table.words[row + field.protocol]!;
    const end = (address: number, port: number): { address: IpAddress; port: number } => ({
      address: addressAt(table.words, row + address, table.words[row + field.v6] === 1),
      port: table.words[row + port]!,
    });
    list.push({
      protocol: protocol === 0 ? "IP" : (protocolName(protocol) as Protocol),
      state: stateName(protocol, table.words[row + field.state]!, template),
      template,
      client: end(field.clientAddress, field.clientPort),
      virtual: end(field.virtualAddress, field.virtualPort),
      real: end(field.serverAddress, field.serverPort),
      expiresInMs: Math.max(0, table.expiresMs[slot]! - nowMs),
    });
  }
  return list;
}

function stateName(protocol: number, state: number, template: boolean): string {
  if (template) return state & templateAssured ? "ASSURED" : "NONE";
  if (protocol === protocolNumbers.TCP) return tcpStateNames[state]!;
  return protocol === protocolNumbers.UDP ? "UDP" : "INIT1";
}

function addressAt(words: Int32Array, at: number, v6: boolean): IpAddress {
  return formatAddress([...words.subarray(at, at + (v6 ? 4 : 1))]);
}
