import type { Server } from "../scheduler.ts";

/**
 * The server with the least load per weight, the first of equals; -1 for none. The kernel compares cross products, so
 * that a weight of 0 behind the first candidate never wins (ip_vs_wlc_schedule and its likes).
 */
export function leastLoaded(servers: readonly Server[], loadOf: (server: Server) => number): number {
  let best = -1;
  let bestLoad = 0;
  let bestWeight = 0;
  for (let i = 0; i < servers.length; i++) {
    const server = servers[i]!;
    const { weight } = server;
    if (server.overloaded || (best < 0 && weight <= 0)) continue;
    const load = loadOf(server);
    if (best < 0 || isLargerProduct(bestLoad, weight, load, bestWeight)) {
      best = i;
      bestLoad = load;
      bestWeight = weight;
    }
  }
  return best;
}

/**
 * a * b > c * d for 32-bit integers, as exactly as the kernel's `__s64` has it. Products that differ as doubles differ the
 * same way in truth, for rounding keeps order; those that are equal as doubles are so near that their low 32 bits tell.
 */
export function isLargerProduct(a: number, b: number, c: number, d: number): boolean {
  const left = a * b;
  const right = c * d;
  if (left !== right || Math.abs(left) <= Number.MAX_SAFE_INTEGER) return left > right;
  return ((Math.imul(a, b) - Math.imul(c, d)) | 0) > 0;
}
