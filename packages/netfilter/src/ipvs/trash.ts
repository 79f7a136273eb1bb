import { joinHostPort } from "@kubenetsim/core/net/endpoint-text";
import type { VirtualServer } from "../ruleset/virtual-server.ts";
import type { RealServerEntry } from "./real-server-entry.ts";
import { virtualServerKey } from "./virtual-server-key.ts";

/** IP_VS_DEST_TRASH_PERIOD. */
const periodMs = 120_000;

/**
 * Real servers that were taken away but may still have connections. One that is added again while it lies here comes
 * back with all it had (ip_vs_trash_get_dest, ip_vs_dest_trash_expire of net/netfilter/ipvs/ip_vs_ctl.c).
 */
export class Trash {
  /** When the kernel looks through it next. */
  nextCheckMs: number = Number.POSITIVE_INFINITY;
  /** By virtual server, address and port: one is never here twice, for adding it again takes it out. */
  readonly #servers = new Map<string, RealServerEntry>();

  [Symbol.iterator](): IterableIterator<RealServerEntry> {
    return this.#servers.values();
  }

  put(server: RealServerEntry, nowMs: number): void {
    if (this.#servers.size === 0) this.nextCheckMs = nowMs + periodMs / 2;
    server.idleSinceMs = undefined;
    this.lay(server);
  }

  /** Without starting the timer: for what lay here before. */
  lay(server: RealServerEntry): void {
    const { address, port } = server.configuration;
    this.#servers.set(keyOf(server.virtualServer.configuration, address, port), server);
  }

  /** Takes out the server with this address and port that belonged to an equal virtual server. */
  take(virtualServer: VirtualServer, address: string, port: number): RealServerEntry | undefined {
    const key = keyOf(virtualServer, address, port);
    const server = this.#servers.get(key);
    this.#servers.delete(key);
    return server;
  }

  /** Throws out what nothing has held for two minutes, and returns it. */
  check(nowMs: number): RealServerEntry[] {
    const gone: RealServerEntry[] = [];
    for (const [key, server] of this.#servers) {
      if (isHeld(server) || !idleLongEnough(server, nowMs)) continue;
      this.#servers.delete(key);
      gone.push(server);
    }
    this.nextCheckMs = this.#servers.size === 0 ? Number.POSITIVE_INFINITY : nowMs + periodMs / 2;
    return gone;
  }
}

function keyOf(virtualServer: VirtualServer, address: string, port: number): string {
  return `${virtualServerKey(virtualServer)} ${joinHostPort(address, port)}`;
}

function isHeld(server: RealServerEntry): boolean {
  const { scheduler, schedulerState } = server.virtualServer;
  return server.holders > 0 || scheduler.remembers(schedulerState, server.id);
}

function idleLongEnough(server: RealServerEntry, nowMs: number): boolean {
  server.idleSinceMs ??= nowMs;
  return nowMs >= server.idleSinceMs + periodMs;
}
