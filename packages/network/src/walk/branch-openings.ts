import { openingLength } from "@kubenetsim/netfilter/engine/openings";
import type { HostKernel } from "./host-kernel.ts";

/** Hosts on which one way may open connections; a way with more walks. Two fill a line of the cache. */
const mostOpenings = 2;
/** Before each opening its host's id plus one, in the low bits; above them how many there are from here on. 0 where there are none. */
const hostBits = 24;
const hostMask = (1 << hostBits) - 1;
const recordLength = openingLength + 1;
const branchWords = mostOpenings * recordLength;

/** The connections that packets open on branches of known ways. There is no memory for them before the first. */
export class BranchOpenings {
  readonly #kernels: readonly (HostKernel | undefined)[];
  #words: Int32Array = new Int32Array(0);
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
  write(branch: number, trail: Int32Array, hosts: number, count: number, sourcePort: number): number {
    if (count > mostOpenings) return -1;
    this.#reserve(branch, count);
    let left = count;
    let at = branch * branchWords;
    let first = 0;
    for (let i = 0; i < hosts; i++) {
      const openings = this.#kernels[trail[i]!]?.openings;
      if (openings === undefined) continue;
      if (left === 0 || !openings.write(this.#words, at + 1, sourcePort)) return -1;
      this.#words[at] = (left-- << hostBits) | (trail[i]! + 1);
      if (first === 0) first = trail[i]! + 1;
      at += recordLength;
    }
    return left === 0 ? first : -1;
  }

  /** Opens the connections of a branch, on all of its hosts or, where another one is in the way, on none. */
  open(branch: number, sourcePort: number): boolean {
    const words = this.#words;
    const start = branch * branchWords;
    this.#host = -1;
    this.#entry = -1;
    if (start >= words.length) return true;
    const end = start + (words[start]! >>> hostBits) * recordLength;
    for (let at = start; at < end; at += recordLength) {
      const openings = this.#kernels[(words[at]! & hostMask) - 1]!.openings!;
      if (!openings.isFree(words, at + 1, sourcePort, at === start)) return false;
    }
    for (let at = start; at < end; at += recordLength) {
      this.#host = (words[at]! & hostMask) - 1;
      this.#entry = this.#kernels[this.#host]!.openings!.open(words, at + 1, sourcePort);
    }
    return true;
  }

  /** The entry that the last packet opened on the host that it reached; -1 for none. */
  entryOn(host: number): number {
    return host === this.#host ? this.#entry : -1;
  }

  clear(): void {
    this.#words.fill(0);
  }

  #reserve(branch: number, count: number): void {
    const needed = (branch + 1) * branchWords;
    if (needed <= this.#words.length || (count === 0 && this.#words.length === 0)) {
      this.#words.fill(0, branch * branchWords, needed);
      return;
    }
    const larger = new Int32Array(Math.max(needed, this.#words.length * 2, 1024 * branchWords));
    larger.set(this.#words);
    this.#words = larger;
  }
}
