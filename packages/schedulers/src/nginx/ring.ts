import { crc32End, crc32Start, crc32Text, crc32Word } from "../crc32.ts";
import type { NginxServer } from "./peers.ts";
import { serverName } from "./server-name.ts";

/** Points on a circle of 2^32, in order; a key belongs to the first point at or behind its hash. */
export interface Ring {
  readonly hashes: readonly number[];
  /** The server of each point, by index: of several with the same name the first. */
  readonly owners: readonly number[];
  /** Servers that have their name in common with others, as nginx makes them of a name with several addresses. */
  readonly namesakes: readonly (readonly number[])[];
}

const pointsPerWeight = 160;
/** Above this a ring would take gigabytes. */
const mostPoints = 2 ** 24;

/**
 * Places 160 points per weight of each server: each is the CRC-32 of host, a zero byte, port and the point before, as in
 * the Perl module Cache::Memcached::Fast (`ngx_http_upstream_init_chash`).
 *
 * @throws RangeError for more than 2^24 points
 */
export function placePoints(servers: readonly NginxServer[]): Ring {
  let count = 0;
  for (const server of servers) count += server.weight * pointsPerWeight;
  if (count > mostPoints) throw new RangeError(`a ring of ${count} points is too large, the limit is ${mostPoints}`);
  const byName = indexesByName(servers);
  // Point and owner in one number sort at once; of points that fall together the first in the configuration stays.
  const points = new Float64Array(count);
  let filled = 0;
  for (const server of servers) {
    const name = serverName(server);
    const owner = byName.get(name)![0]!;
    for (const hash of pointsOf(name, server.weight * pointsPerWeight))
      points[filled++] = hash * servers.length + owner;
  }
  points.sort();
  const hashes: number[] = [];
  const owners: number[] = [];
  for (const point of points) {
    const hash = Math.floor(point / servers.length);
    if (hash === hashes.at(-1)) continue;
    hashes.push(hash);
    owners.push(point % servers.length);
  }
  return { hashes, owners, namesakes: [...byName.values()].filter((indexes) => indexes.length > 1) };
}

function indexesByName(servers: readonly NginxServer[]): Map<string, number[]> {
  const byName = new Map<string, number[]>();
  for (const [index, server] of servers.entries()) {
    const name = serverName(server);
    const indexes = byName.get(name);
    if (indexes === undefined) byName.set(name, [index]);
    else indexes.push(index);
  }
  return byName;
}

/** The servers of a point. */
export function ownersOf(ring: Ring, point: number): readonly number[] {
  const owner = ring.owners[point]!;
  return ring.namesakes.find((indexes) => indexes[0] === owner) ?? [owner];
}

function pointsOf(name: string, count: number): number[] {
  const { host, port } = splitName(name);
  const start = crc32Text(crc32Start, `${host}\0${port}`);
  const hashes: number[] = [];
  for (let hash = 0; hashes.length < count; ) {
    hash = crc32End(crc32Word(start, hash));
    hashes.push(hash);
  }
  return hashes;
}

/** The port is what digits stand behind the last colon; a name without them is all host, a Unix socket its path. */
function splitName(name: string): { readonly host: string; readonly port: string } {
  if (/^unix:/i.test(name)) return { host: name.slice(5), port: "" };
  const match = /^(.*):(\d*)$/s.exec(name);
  return match === null ? { host: name, port: "" } : { host: match[1]!, port: match[2]! };
}

/** The first point at or behind a hash; as many as there are points when there is none (`ngx_http_upstream_find_chash_point`). */
export function findPoint(
  hashes: readonly number[],
  hash: number,
): { readonly point: number; readonly examined: number } {
  let low = 0;
  let high = hashes.length;
  let examined = 0;
  while (low < high) {
    const middle = (low + high) >> 1;
    examined++;
    if (hashes[middle]! < hash) low = middle + 1;
    else high = middle;
  }
  return { point: low, examined };
}
