import { crc32, crc32Bytes, crc32End, crc32Start, crc32Text, crc32Word } from "../crc32.ts";

/** The points of a consistent hash, in the order of their hashes. */
export interface HashRing {
  /** Unsigned 32-bit numbers, ascending. */
  readonly hashes: readonly number[];
  /** For each point the number of the one that it belongs to. */
  readonly owners: readonly number[];
}

/** `CONSISTENT_POINTS` of lua-resty-balancer. */
const pointsPerName = 160;

/** Above every place in a list of names. With a hash of 32 bits before it, a number holds both exactly. */
const placeLimit = 2 ** 21;

/**
 * Places 160 points for each name: each is the CRC-32 of the name and the point before it, as four bytes, the lowest
 * first, 0 before the first (lua-resty-balancer, lib/resty/chash.lua `_precompute`; chash.c `chash_point_init_crc`).
 * Points of the same hash stand in the order of their names in the list.
 *
 * @param owners The number of each name.
 */
export function buildRing(names: readonly string[], owners: readonly number[]): HashRing {
  const points = new Float64Array(names.length * pointsPerName);
  for (const [place, name] of names.entries()) {
    const base = crc32Text(crc32Start, name);
    let hash = 0;
    for (let i = 0; i < pointsPerName; i++) {
      hash = crc32End(crc32Word(base, hash));
      points[place * pointsPerName + i] = hash * placeLimit + place;
    }
  }
  points.sort();
  return {
    hashes: Array.from(points, (point) => Math.floor(point / placeLimit)),
    owners: Array.from(points, (point) => owners[point % placeLimit]!),
  };
}

/**
 * Whose the first point at or after the key's CRC-32 is, or the first of all points when there is none after it
 * (chash.lua `_find_id`); -1 on a ring without points.
 */
export function ownerOf(ring: HashRing, key: string | Uint8Array): number {
  const { hashes, owners } = ring;
  if (hashes.length === 0) return -1;
  const hash = typeof key === "string" ? crc32(key) : crc32End(crc32Bytes(crc32Start, key));
  let low = 0;
  let high = hashes.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (hashes[middle]! < hash) low = middle + 1;
    else high = middle;
  }
  return owners[low === hashes.length ? 0 : low]!;
}

/** How many of the 2^32 hashes lead to each owner, from 0 up to below `count`. */
export function arcs(ring: HashRing, count: number): number[] {
  const shares = new Array<number>(count).fill(0);
  for (const [point, hash] of ring.hashes.entries()) {
    const before = point === 0 ? ring.hashes.at(-1)! - 2 ** 32 : ring.hashes[point - 1]!;
    shares[ring.owners[point]!]! += hash - before;
  }
  return shares;
}
