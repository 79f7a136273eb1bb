import type { RealServerEntry } from "./real-server-entry.ts";
import type { VirtualServerEntry } from "./virtual-server-entry.ts";

/** IP_VS_DEST_TRASH_PERIOD. */
const periodMs = 120_000;

/**
 * Real servers that were taken away but may still have connections. One that is added again while it lies here comes
 * back with all it had (ip_vs_trash_get_dest, ip_vs_dest_trash_expire of net/netfilter/ipvs/ip_vs_ctl.c).
 */
export class Trash {
  /** The newest first. */
  readonly servers: RealServerEntry[] = [];
  /** When the kernel looks through it next. */
  nextCheckMs: number = Number.POSITIVE_INFINITY;

  put(server: RealServerEntry, nowMs: number): void {
    if (this.servers.length === 0) this.nextCheckMs = nowMs + periodMs / 2;
    server.idleSinceMs = undefined;
    this.servers.unshift(server);
  }

  /** Takes out the server with this address and port that belonged to an equal virtual server. */
  take(virtualServer: VirtualServerEntry, address: readonly number[], port: number): RealServerEntry | undefined {
    const at = this.servers.findIndex(
      (server) => server.port === port && sameWords(server.address, address) && belongedTo(server, virtualServer),
    );
    return at < 0 ? undefined : this.servers.splice(at, 1)[0];
  }

  /** Throws out what nothing has held for two minutes, and returns it. */
  check(nowMs: number): RealServerEntry[] {
    const gone = this.servers.filter((server) => !isHeld(server) && idleLongEnough(server, nowMs));
    const kept = this.servers.filter((server) => !gone.includes(server));
    this.servers.splice(0, this.servers.length, ...kept);
    this.nextCheckMs = kept.length === 0 ? Number.POSITIVE_INFINITY : nowMs + periodMs / 2;
    return gone;
  }
}

function isHeld(server: RealServerEntry): boolean {
  const { scheduler, schedulerState } = server.virtualServer;
  return server.holders > 0 || scheduler.remembers(schedulerState, server.id);
}

function idleLongEnough(server: RealServerEntry, nowMs: number): boolean {
  server.idleSinceMs ??= nowMs;
  return nowMs >= server.idleSinceMs + periodMs;
}

function belongedTo(server: RealServerEntry, virtualServer: VirtualServerEntry): boolean {
  const former = server.virtualServer;
  if (former.fwmark !== virtualServer.fwmark || former.protocol !== virtualServer.protocol) return false;
  if (virtualServer.fwmark !== 0) return true;
  return former.port === virtualServer.port && sameWords(former.address, virtualServer.address);
}

function sameWords(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((word, i) => word === b[i]);
}
