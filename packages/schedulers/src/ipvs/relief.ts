import type { Server } from "../scheduler.ts";

/** Whether another server is to be picked, and how many were looked at to know. */
export interface Relief {
  readonly needed: boolean;
  readonly examined: number;
}

const atEase: Relief = { needed: false, examined: 0 };

/**
 * lblc and lblcr leave a server that has more active connections than its weight, if another has fewer than half of its
 * own (`is_overloaded` of ip_vs_lblc.c, which has nothing to do with the thresholds).
 */
export function reliefOf(server: Server, servers: readonly Server[]): Relief {
  if (server.activeConnections <= server.weight) return atEase;
  for (let index = 0; index < servers.length; index++) {
    const { activeConnections, weight } = servers[index]!;
    if (((activeConnections * 2) | 0) < weight) return { needed: true, examined: index + 1 };
  }
  return { needed: false, examined: servers.length };
}
