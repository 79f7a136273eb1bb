import type { Server } from "../scheduler.ts";

/**
 * lblc and lblcr leave a server that has more active connections than its weight, if another has fewer than half of its
 * own (`is_overloaded` of ip_vs_lblc.c, which has nothing to do with the thresholds).
 */
export function needsRelief(server: Server, servers: readonly Server[]): boolean {
  if (server.activeConnections <= server.weight) return false;
  for (const other of servers) if (other.activeConnections * 2 < other.weight) return true;
  return false;
}
