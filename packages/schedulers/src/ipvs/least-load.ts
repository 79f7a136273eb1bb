import type { Server } from "../scheduler.ts";

/**
 * The server with the least load per weight, the first of equals; -1 for none. The kernel compares cross products, so
 * that a weight of 0 behind the first candidate never wins.
 */
export function leastLoaded(servers: readonly Server[], loadOf: (server: Server) => number): number {
  let best = -1;
  let bestLoad = 0;
  for (let i = 0; i < servers.length; i++) {
    const server = servers[i]!;
    if (server.overloaded || (best < 0 && server.weight <= 0)) continue;
    const load = loadOf(server);
    if (best < 0 || bestLoad * server.weight > load * servers[best]!.weight) {
      best = i;
      bestLoad = load;
    }
  }
  return best;
}
