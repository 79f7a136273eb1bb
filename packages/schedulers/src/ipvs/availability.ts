import type { Server } from "../scheduler.ts";

/** Takes new connections: has a weight and is below its upper threshold. */
export function isAvailable(server: Server): boolean {
  return server.weight > 0 && !server.overloaded;
}

/** What lc, wlc, lblc and lblcr hold against a server (`ip_vs_dest_conn_overhead`): an active connection weighs 256 idle ones. */
export function connectionOverhead(server: Server): number {
  return server.activeConnections * 256 + server.inactiveConnections;
}
