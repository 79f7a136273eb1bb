import type { RecentMatch } from "../ruleset/match.ts";
import type { Packet } from "./packet.ts";

/** The module's defaults: ip_list_tot addresses a list, ip_pkt_list_tot time stamps an address (net/netfilter/xt_recent.c). */
const addressesPerList = 100;
const stampsPerAddress = 20;

interface Entry {
  readonly w0: number;
  readonly w1: number;
  readonly w2: number;
  readonly w3: number;
  /** Milliseconds; the newest is at `newest`. */
  readonly stamps: number[];
  newest: number;
}

/** All `-m recent` lists of a host, by name; entries stand in the order of their last use, oldest first. */
export class RecentLists {
  readonly #lists = new Map<string, Entry[]>();

  /** True when the match holds; it writes down and forgets as the kernel does. */
  evaluate(match: RecentMatch, packet: Packet, nowMs: number): boolean {
    const list = this.#list(match.name);
    const mask = match.mask;
    const source = match.side === "rsource";
    const w0 = (source ? packet.src0 : packet.dst0) & mask[0]!;
    const w1 = packet.v6 ? (source ? packet.src1 : packet.dst1) & mask[1]! : 0;
    const w2 = packet.v6 ? (source ? packet.src2 : packet.dst2) & mask[2]! : 0;
    const w3 = packet.v6 ? (source ? packet.src3 : packet.dst3) & mask[3]! : 0;
    const at = list.findIndex((entry) => entry.w0 === w0 && entry.w1 === w1 && entry.w2 === w2 && entry.w3 === w3);
    if (at < 0) {
      if (match.action !== "set") return match.negated;
      if (list.length >= addressesPerList) list.shift();
      list.push({ w0, w1, w2, w3, stamps: [nowMs], newest: 0 });
      return !match.negated;
    }
    if (match.action === "remove") {
      list.splice(at, 1);
      return !match.negated;
    }
    const entry = list[at]!;
    const hit = match.action === "set" || seen(entry, match, nowMs);
    if (match.reap && match.action !== "set") reap(list, nowMs - (match.seconds ?? 0) * 1000);
    const result = hit !== match.negated;
    if (match.action === "set" || (match.action === "update" && result)) touch(list, entry, nowMs);
    return result;
  }

  #list(name: string): Entry[] {
    const known = this.#lists.get(name);
    if (known !== undefined) return known;
    const list: Entry[] = [];
    this.#lists.set(name, list);
    return list;
  }

  fork(): RecentLists {
    const copy = new RecentLists();
    for (const [name, list] of this.#lists) {
      copy.#lists.set(
        name,
        list.map((entry) => ({ ...entry, stamps: [...entry.stamps] })),
      );
    }
    return copy;
  }
}

function seen(entry: Entry, match: RecentMatch, nowMs: number): boolean {
  const since = match.seconds === undefined ? Number.NEGATIVE_INFINITY : nowMs - match.seconds * 1000;
  const wanted = match.hitcount ?? 0;
  let hits = 0;
  for (const stamp of entry.stamps) {
    if (stamp < since) continue;
    if (wanted === 0 || ++hits >= wanted) return true;
  }
  return false;
}

/** Forgets the address used longest ago if it was not seen since `beforeMs`; one a look-up. */
function reap(list: Entry[], beforeMs: number): void {
  const oldest = list[0];
  if (oldest !== undefined && oldest.stamps[oldest.newest]! < beforeMs) list.shift();
}

function touch(list: Entry[], entry: Entry, nowMs: number): void {
  entry.newest = (entry.newest + 1) % stampsPerAddress;
  entry.stamps[entry.newest] = nowMs;
  const at = list.indexOf(entry);
  if (at >= 0) list.splice(at, 1);
  list.push(entry);
}
