/** Words of a way in the table: the key's four, then these. */
export const wayField = { kind: 4, base: 5, guard: 6, opener: 7 } as const;

const wayLength = 8;
const firstCapacity = 1024;

/** Ways by (host, source, destination, protocol and port): open addressing, never more than half full. `kind` 0 is a free place. */
export class WayTable {
  words: Int32Array = new Int32Array(firstCapacity * wayLength);
  #mask = firstCapacity - 1;
  #count = 0;

  /** Where a way stands or would stand. */
  find(host: number, source: number, destination: number, service: number): number {
    const words = this.words;
    let slot = hash(host, source, destination, service) & this.#mask;
    for (;;) {
      const at = slot * wayLength;
      if (words[at + wayField.kind] === 0) return at;
      if (
        words[at + 2] === destination &&
        words[at + 1] === source &&
        words[at] === host &&
        words[at + 3] === service
      ) {
        return at;
      }
      slot = (slot + 1) & this.#mask;
    }
  }

  /** Fills the free place that `find` gave; other places are void from here on. */
  put(at: number, key: ArrayLike<number>, kind: number, base: number, guard: number, opener: number): void {
    const words = this.words;
    for (let i = 0; i < 4; i++) words[at + i] = key[i]!;
    words[at + wayField.kind] = kind;
    words[at + wayField.base] = base;
    words[at + wayField.guard] = guard;
    words[at + wayField.opener] = opener;
    if (++this.#count * 2 > this.#mask) this.#grow();
  }

  clear(): void {
    this.words.fill(0);
    this.#count = 0;
  }

  #grow(): void {
    const old = this.words;
    this.words = new Int32Array(old.length * 2);
    this.#mask = this.#mask * 2 + 1;
    for (let at = 0; at < old.length; at += wayLength) {
      if (old[at + wayField.kind] === 0) continue;
      const to = this.find(old[at]!, old[at + 1]!, old[at + 2]!, old[at + 3]!);
      for (let i = 0; i < wayLength; i++) this.words[to + i] = old[at + i]!;
    }
  }
}

function hash(host: number, source: number, destination: number, service: number): number {
  let word = Math.imul(host, 0x9e3779b1) ^ Math.imul(source, 0x27d4eb2f) ^ Math.imul(service, 0x165667b1) ^ destination;
  word = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
  return word ^ (word >>> 16);
}
