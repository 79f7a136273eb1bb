/** Positions within a tuple of `width`-word addresses: source, destination, ports (source << 16 | destination), protocol. */
export interface TupleLayout {
  /** Words of one address: 1 for IPv4, 4 for IPv6. */
  readonly width: number;
  readonly length: number;
}

export const entryStatus = {
  sourceNat: 1,
  destinationNat: 2,
  sourceDone: 4,
  destinationDone: 8,
  confirmed: 16,
  seenReply: 32,
} as const;

/** The status word's bits from 8 on hold the state of a TCP connection. */
const tcpShift = 8;

const deleted = -1;

/** A table grows by itself; in a large cluster most hosts have a few connections at most. */
const firstSlots = 64;
const firstEntries = 16;

/**
 * Conntrack entries of one family: two tuples each, found by open addressing in typed arrays. Numbers stay with an entry
 * until it is removed; entries that are not confirmed are in nobody's way.
 */
export class ConntrackTable {
  readonly width: number;
  readonly tupleLength: number;
  /** Entry after entry: original tuple, reply tuple, status. */
  data: Int32Array;
  /** When each entry ends, in virtual milliseconds. */
  expiresMs: Float64Array;
  readonly stride: number;
  /** (entry << 1 | direction) + 1, 0 empty, -1 deleted; and the tuple's hash, which keeps other entries unread. */
  #slots: Int32Array;
  #used = 0;
  #free: number[] = [];
  #next = 0;
  #live = 0;

  constructor(width: number, slots: number = firstSlots) {
    this.width = width;
    this.tupleLength = 2 * width + 2;
    this.stride = 2 * this.tupleLength + 1;
    this.data = new Int32Array(this.stride * firstEntries);
    this.expiresMs = new Float64Array(firstEntries);
    this.#slots = new Int32Array(slots * 2);
  }

  /** Confirmed entries, expired ones that nobody met included. */
  get size(): number {
    return this.#live;
  }

  /** Offset in `data` of a tuple; direction 0 original, 1 reply. */
  tuple(entry: number, direction: number): number {
    return entry * this.stride + direction * this.tupleLength;
  }

  status(entry: number): number {
    return this.data[entry * this.stride + 2 * this.tupleLength]!;
  }

  addStatus(entry: number, bits: number): void {
    this.data[entry * this.stride + 2 * this.tupleLength]! |= bits;
  }

  tcpState(entry: number): number {
    return this.status(entry) >>> tcpShift;
  }

  setTcpState(entry: number, state: number): void {
    const at = entry * this.stride + 2 * this.tupleLength;
    this.data[at] = (this.data[at]! & ((1 << tcpShift) - 1)) | (state << tcpShift);
  }

  /** An entry that is not yet confirmed; both tuples are for the caller to fill. */
  allocate(): number {
    const entry = this.#free.pop() ?? this.#next++;
    if (entry >= this.expiresMs.length) this.#growEntries();
    this.data[entry * this.stride + 2 * this.tupleLength] = 0;
    this.expiresMs[entry] = 0;
    return entry;
  }

  /** entry << 1 | direction of the confirmed entry with this tuple, or -1. Ended ones are removed on the way. */
  find(key: Int32Array, nowMs: number, hash: number = this.hash(key, 0)): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    for (let slot = (hash * 2) & mask; slots[slot] !== 0; slot = (slot + 2) & mask) {
      const value = slots[slot]!;
      if (value === deleted || slots[slot + 1] !== hash || !this.#equals(value - 1, key)) continue;
      if (this.expiresMs[(value - 1) >> 1]! > nowMs) return value - 1;
      this.remove((value - 1) >> 1);
      return -1;
    }
    return -1;
  }

  /** What stands where a tuple with this hash is looked for first; 0 when there is none with it. */
  home(hash: number): number {
    const slots = this.#slots;
    return slots[(hash * 2) & (slots.length - 1)]!;
  }

  /** Makes both tuples findable. */
  confirm(
    entry: number,
    nowMs: number,
    original: number = this.hash(this.data, this.tuple(entry, 0)),
    reply: number = this.hash(this.data, this.tuple(entry, 1)),
  ): void {
    if ((this.#used + 2) * 4 > this.#slots.length) this.#rebuild(nowMs);
    this.addStatus(entry, entryStatus.confirmed);
    this.#insert(entry << 1, original);
    this.#insert((entry << 1) | 1, reply);
    this.#live++;
  }

  remove(entry: number): void {
    if ((this.status(entry) & entryStatus.confirmed) !== 0) {
      this.#erase(entry << 1);
      this.#erase((entry << 1) | 1);
      this.#live--;
    }
    this.data[entry * this.stride + 2 * this.tupleLength] = 0;
    this.#free.push(entry);
  }

  /** Confirmed entries that have not ended. */
  *entries(nowMs: number): Generator<number> {
    for (let entry = 0; entry < this.#next; entry++) {
      if ((this.status(entry) & entryStatus.confirmed) !== 0 && this.expiresMs[entry]! > nowMs) yield entry;
    }
  }

  clear(): void {
    this.#slots.fill(0);
    this.data.fill(0);
    this.#free = [];
    this.#used = 0;
    this.#next = 0;
    this.#live = 0;
  }

  fork(): ConntrackTable {
    const copy = new ConntrackTable(this.width, 2);
    copy.data = this.data.slice();
    copy.expiresMs = this.expiresMs.slice();
    copy.#slots = this.#slots.slice();
    copy.#free = [...this.#free];
    copy.#used = this.#used;
    copy.#next = this.#next;
    copy.#live = this.#live;
    return copy;
  }

  #equals(value: number, key: Int32Array): boolean {
    const data = this.data;
    const at = this.tuple(value >> 1, value & 1);
    for (let i = 0; i < key.length; i++) if (data[at + i] !== key[i]) return false;
    return true;
  }

  /** Of a tuple that begins there. */
  hash(words: Int32Array, at: number): number {
    let hash = 0x9e3779b1;
    for (let i = 0; i < this.tupleLength; i++) {
      hash = Math.imul(hash ^ words[at + i]!, 0x85ebca6b);
      hash ^= hash >>> 15;
    }
    hash = Math.imul(hash, 0xc2b2ae35);
    return hash ^ (hash >>> 16);
  }

  #insert(value: number, hash: number): void {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = (hash * 2) & mask;
    while (slots[slot]! > 0) slot = (slot + 2) & mask;
    if (slots[slot] === 0) this.#used++;
    slots[slot] = value + 1;
    slots[slot + 1] = hash;
  }

  #erase(value: number): void {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = (this.hash(this.data, this.tuple(value >> 1, value & 1)) * 2) & mask;
    while (slots[slot] !== 0 && slots[slot] !== value + 1) slot = (slot + 2) & mask;
    if (slots[slot] !== 0) slots[slot] = deleted;
  }

  /** Twice as many slots, or as many without the deleted ones; ended entries go. */
  #rebuild(nowMs: number): void {
    for (let entry = 0; entry < this.#next; entry++) {
      if ((this.status(entry) & entryStatus.confirmed) !== 0 && this.expiresMs[entry]! <= nowMs) this.remove(entry);
    }
    const needed = 2 ** Math.ceil(Math.log2(this.#live * 8));
    this.#slots = new Int32Array(Math.max(needed, firstSlots) * 2);
    this.#used = 0;
    for (let entry = 0; entry < this.#next; entry++) {
      if ((this.status(entry) & entryStatus.confirmed) === 0) continue;
      this.#insert(entry << 1, this.hash(this.data, this.tuple(entry, 0)));
      this.#insert((entry << 1) | 1, this.hash(this.data, this.tuple(entry, 1)));
    }
  }

  #growEntries(): void {
    const capacity = this.expiresMs.length * 2;
    const data = new Int32Array(capacity * this.stride);
    data.set(this.data);
    this.data = data;
    const expires = new Float64Array(capacity);
    expires.set(this.expiresMs);
    this.expiresMs = expires;
  }
}
