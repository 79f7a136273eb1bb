import type { Server } from "../model/configuration.ts";

/** How large nginx's tables of names have to be. */
export interface HashSizes {
  readonly maxSize: number;
  readonly bucketSize: number;
}

/**
 * Sizes of the table of server names that hold the longest name, and all of them (internal/ingress/controller/nginx.go
 * `generateTemplate`). 1024 and a bucket of 64 bytes at the least.
 */
export function nameHashSizes(servers: readonly Server[]): HashSizes {
  let longest = 0;
  let bytes = 0;
  for (const { hostname, aliases, redirectFromToWww } of servers) {
    const length = hostname.length + (redirectFromToWww ? 4 : 0);
    longest = Math.max(longest, length, ...aliases.map((alias) => alias.length));
    bytes += length;
  }
  return { maxSize: Math.max(1024, nextPowerOf2(bytes)), bucketSize: Math.max(64, bucketFor(longest)) };
}

function bucketFor(longest: number): number {
  return nextPowerOf2(16 + Math.ceil((longest + 2) / 8) * 8);
}

function nextPowerOf2(value: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(1, value)));
}
