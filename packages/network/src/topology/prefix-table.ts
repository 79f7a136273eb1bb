import { type Cidr, wordMask } from "@kubenetsim/core/net/cidr";
import { AddressTable } from "./address-table.ts";

interface Level {
  readonly prefix: number;
  readonly masks: readonly [number, number, number, number];
  readonly networks: AddressTable;
}

/**
 * Longest-prefix match for both families: one hash look-up for each prefix length in use, longest first. Hosts know few
 * lengths, so it does not matter how many routes there are.
 */
export class PrefixTable {
  readonly #v4: Level[] = [];
  readonly #v6: Level[] = [];

  /** Stores a value ≥ 0 for a range; the first one stored for it stays. */
  add(range: Cidr, value: number): void {
    const levels = range.words.length === 4 ? this.#v6 : this.#v4;
    let level = levels.find((other) => other.prefix === range.prefix);
    if (level === undefined) {
      const masks = [0, 1, 2, 3].map((word) => wordMask(range.prefix, word)) as [number, number, number, number];
      level = { prefix: range.prefix, masks, networks: new AddressTable() };
      levels.push(level);
      levels.sort((a, b) => b.prefix - a.prefix);
    }
    level.networks.add(range.words, value);
  }

  /** Takes a range out, if it has this value. */
  remove(range: Cidr, value: number): void {
    const levels = range.words.length === 4 ? this.#v6 : this.#v4;
    levels.find((level) => level.prefix === range.prefix)?.networks.remove(range.words, value);
  }

  /** The value stored for this very range, or -1. */
  get({ words, prefix }: Cidr): number {
    const levels = words.length === 4 ? this.#v6 : this.#v4;
    return levels.find((level) => level.prefix === prefix)?.networks.get(words) ?? -1;
  }

  /** The value of the longest range that holds the address, or -1. */
  find(v6: boolean, a: number, b: number, c: number, d: number): number {
    const levels = v6 ? this.#v6 : this.#v4;
    for (let i = 0; i < levels.length; i++) {
      const { masks, networks } = levels[i]!;
      const value = networks.find(v6, a & masks[0], b & masks[1], c & masks[2], d & masks[3]);
      if (value >= 0) return value;
    }
    return -1;
  }
}
