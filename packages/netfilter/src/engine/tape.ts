/**
 * What a record on the tape says. The slots after the kind, by kind:
 *
 * - `hopIn` host, device (-1 for a packet made here) · `hopOut` host, device (-1 for a packet that stays)
 * - `header` v6, protocol, src0–3, source port, dst0–3, destination port: as the packet stands now
 * - `conntrack` state (`ctState`), reply
 * - `chainEnter` hook, chain id (below zero for nft's: ~id) · `chainLeave` hook, chain id, rules compared of its own, verdict
 * - `rule` hook, chain id, rule index
 * - `setLookup` set id, hit, directions (two bits for each dimension, lowest first: 1 src, 2 dst)
 * - `dnat`, `snat` by (0 rule, 1 conntrack, 2 IPVS); a `header` record before and one after it stand for the rewrite
 * - `mark` before, after
 * - `ipvs` virtual server index, real server index (-1 for none), by (0 scheduler, 1 connection, 2 persistence)
 * - `route` decision (0 local, 1 forward, 2 none), device, words of the gateway (0 for none, 1, 4), the gateway's four words
 * - `socket` port, listening, process id
 * - `relay` process id, by (0 round robin, 1 affinity, 2 known client, 3 nobody), position (from 1, or 0), endpoints, attempt (from 0)
 * - `end` disposition, reason (both codes of the walk)
 * - `nftRule` hook, chain id, rule index, verdict word that a map gave or -1 (`nftVerdict`; its chain id above)
 * - `nftLookup` set id, hit, verdict word of the element found or -1 (no verdict map, or nothing found), words of the key, up to ten of them
 * - `numgen` mode (0 random, 1 increment, 2 jhash), modulus, number
 * - `icmpError` v6 | quoted protocol << 8 | code << 16 | type << 24, quoted ports (source << 16 | destination), src0–3, dst0–3
 *   (the quoted source as well), quoted destination: a header like `header`
 * - `knownWay` branch, source port: stands for all records of a way that the walker remembers under that number
 * - `balance` what a load balancer decided (its verdict), number of its listener's view or -1, index of the target or -1, mode
 */
export const tapeKind = {
  hopIn: 1,
  hopOut: 2,
  header: 3,
  conntrack: 4,
  chainEnter: 5,
  chainLeave: 6,
  rule: 7,
  setLookup: 8,
  dnat: 9,
  snat: 10,
  mark: 11,
  ipvs: 12,
  route: 13,
  socket: 14,
  end: 15,
  knownWay: 16,
  nftRule: 17,
  nftLookup: 18,
  numgen: 19,
  relay: 20,
  icmpError: 21,
  balance: 22,
} as const;
export type TapeKind = (typeof tapeKind)[keyof typeof tapeKind];

/** How many slots a record of each kind uses (0: there is no such kind). */
export const slotCounts: readonly number[] = [0, 2, 2, 12, 2, 2, 4, 3, 3, 1, 1, 2, 3, 7, 3, 2, 2, 4, 14, 3, 5, 14, 4];

/** Integers of one record: the kind and up to fifteen slots. */
export const recordLength = 16;

/**
 * The numeric trace of a packet: fixed-length records in one preallocated ring. `Trace` objects and texts are made from
 * it when somebody reads them.
 */
export class Tape {
  readonly words: Int32Array;
  /** Next record to write, counted since the last `rewind`; the ring holds the last `capacity` of them. */
  length = 0;
  readonly capacity: number;
  readonly #mask: number;

  /** `capacity` is in records and becomes the next power of two. */
  constructor(capacity = 4096) {
    this.capacity = 2 ** Math.ceil(Math.log2(capacity));
    this.words = new Int32Array(this.capacity * recordLength);
    this.#mask = this.capacity - 1;
  }

  rewind(): void {
    this.length = 0;
  }

  /** Starts a record and returns the offset in `words` of its first slot; the caller fills as many as it uses. */
  begin(kind: TapeKind): number {
    const offset = (this.length++ & this.#mask) * recordLength;
    this.words[offset] = kind;
    return offset + 1;
  }

  write(kind: TapeKind, a = 0, b = 0, c = 0, d = 0): void {
    const offset = this.begin(kind);
    const words = this.words;
    words[offset] = a;
    words[offset + 1] = b;
    words[offset + 2] = c;
    words[offset + 3] = d;
  }
}
