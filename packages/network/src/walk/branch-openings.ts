import { type Openings, openingLength } from "@kubenetsim/netfilter/engine/openings";
import type { HostKernel } from "./host-kernel.ts";

/** Hosts on which one way may open connections; a way with more walks. Two fill a line of the cache, beside the branch's own. */
const mostOpenings = 2;
/** Before each opening its host's id plus one, in the low bits; above them how many there are from here on. 0 where there are none. */
const hostBits = 24;
const hostMask = (1 << hostBits) - 1;
const recordLength = openingLength + 1;
/** Words of all openings of a branch. */
export const openingsLength: number = mostOpenings * recordLength;

/** The connections that packets open on branches of known ways; `words` and `at` say where a branch's are. */
export class BranchOpenings {
  readonly #kernels: readonly (HostKernel | undefined)[];
  /** The host on which the last packet opened its last connection, and that one's entry. */
  #host = -1;
  #entry = -1;

  constructor(kernels: readonly (HostKernel | undefined)[]) {
    this.#kernels = kernels;
  }

  /**
   * Writes down what the packet that has just walked has opened, `count` connections: the first one's host plus one, 0 where nothing was
   * opened; -1 where it cannot be opened again like this.
   */
  write(words: Int32Array, at: number, walked: OpenedWay): number {
    const { trail, hosts, count, sourcePort } = walked;
    if (count > mostOpenings) return -1;
    let left = count;
    let to = at;
    let first = 0;
    for (let i = 0; i < hosts; i++) {
      const openings = this.#kernels[trail[i]!]?.openings;
      if (openings === undefined) continue;
      if (left === 0 || !openings.write(words, to + 1, sourcePort)) return -1;
      words[to] = (left-- << hostBits) | (trail[i]! + 1);
      if (first === 0) first = trail[i]! + 1;
      to += recordLength;
    }
    return left === 0 ? first : -1;
  }

  /** Opens the connections of a branch, on all of its hosts or, where another one is in the way, on none. */
  open(words: Int32Array, at: number, sourcePort: number): boolean {
    this.#host = -1;
    this.#entry = -1;
    const end = at + (words[at]! >>> hostBits) * recordLength;
    let there = 0;
    for (let of = at; of < end; of += recordLength) there |= this.#on(words[of]!).approach(words, of + 1, sourcePort);
    if (there !== 0) {
      for (let of = at; of < end; of += recordLength) if (!this.#on(words[of]!).isFree(of === at)) return false;
    }
    for (let of = at; of < end; of += recordLength) {
      this.#host = (words[of]! & hostMask) - 1;
      this.#entry = this.#on(words[of]!).open();
    }
    return true;
  }

  /** The entry that the last packet opened on the host that it reached; -1 for none. */
  entryOn(host: number): number {
    return host === this.#host ? this.#entry : -1;
  }

  #on(word: number): Openings {
    return this.#kernels[(word & hostMask) - 1]!.openings!;
  }
}

/** What a walked packet has opened: `count` connections on hosts of its trail. */
export interface OpenedWay {
  readonly trail: Int32Array;
  readonly hosts: number;
  readonly count: number;
  readonly sourcePort: number;
}
