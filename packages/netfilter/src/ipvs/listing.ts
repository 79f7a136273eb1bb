import type { IpAddress } from "@kubenetsim/core/net/address";
import type { RealServer, VirtualServer } from "../ruleset/virtual-server.ts";
import { type IpvsCounters, noTraffic } from "./counters.ts";

/** A real server with what it is doing. */
export interface RealServerListing {
  readonly realServer: RealServer;
  readonly activeConnections: number;
  readonly inactiveConnections: number;
  readonly persistentConnections: number;
  readonly counters: IpvsCounters;
}

/** A virtual server with what it is doing; real servers as the kernel lists them, the newest first. */
export interface VirtualServerListing {
  readonly virtualServer: VirtualServer;
  readonly counters: IpvsCounters;
  readonly realServers: readonly RealServerListing[];
}

/** A connection, or a persistence template (then the client is a network and has no port). */
export interface ConnectionListing {
  readonly protocol: "TCP" | "UDP" | "SCTP" | "IP";
  /** As the kernel names it: `ESTABLISHED`, `UDP`, `ASSURED`. */
  readonly state: string;
  readonly template: boolean;
  readonly client: { readonly address: IpAddress; readonly port: number };
  readonly virtual: { readonly address: IpAddress; readonly port: number };
  readonly real: { readonly address: IpAddress; readonly port: number };
  readonly expiresInMs: number;
}

/** Virtual servers as a kernel lists them that has just been given them and has seen no packet. */
export function untouchedListing(virtualServers: readonly VirtualServer[]): VirtualServerListing[] {
  return virtualServers.map((virtualServer) => ({
    virtualServer,
    counters: noTraffic,
    realServers: virtualServer.realServers.toReversed().map((realServer) => ({
      realServer,
      activeConnections: 0,
      inactiveConnections: 0,
      persistentConnections: 0,
      counters: noTraffic,
    })),
  }));
}
