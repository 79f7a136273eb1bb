import type { Server } from "../scheduler.ts";

/** Takes new connections: has a weight and is below its upper threshold. */
export function isAvailable(server: Server): boolean {
  return server.weight > 0 && !server.overloaded;
}

/**
 * What lc, wlc, lblc and lblcr hold against a server (`ip_vs_dest_conn_overhead` of include/net/ip_vs.h): an active connection
 * weighs 256 idle ones, in an `int` that overflows as the kernel's does. Linux 6.1.192 and later add the active ones once more.
 */
export function connectionOverhead(server: Server): number {
  return ((server.activeConnections << 8) + server.inactiveConnections) | 0;
}
