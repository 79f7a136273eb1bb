import { UnsupportedError } from "@kubenetsim/core/runtime/errors";
import { invariant } from "@kubenetsim/core/runtime/invariant";
import type { Chooser } from "@kubenetsim/netfilter/engine/chooser";
import { one, type Ratio, ratio } from "./ratio.ts";

/** One question of chance on a way, and which answer is being followed. */
interface Fork {
  readonly part: number;
  /** How many answers there are, each 1 / whole; 0 where the answers are part / whole and the rest. */
  readonly answers: number;
  readonly whole: number;
  answer: number;
}

const mostWays = 1_000_000;

/**
 * Goes through all ways that chance allows: the same walk is done again and again, and each time the last fork that has
 * another way to offer takes that one (depth first, the likely-named branch before the rest).
 *
 * @example
 * const branches = new Branches();
 * do {
 *   branches.begin();
 *   // … walk, with branches as the chooser
 *   branches.chance(); // of the way just walked
 * } while (branches.next());
 */
export class Branches implements Chooser {
  readonly #forks: Fork[] = [];
  /** Forks met on the present walk. */
  #met = 0;
  #ways = 0;

  /** A walk starts. @throws UnsupportedError when there are more than a million. */
  begin(): void {
    this.#met = 0;
    if (++this.#ways > mostWays) {
      throw new UnsupportedError(`exact shares over more than ${mostWays} ways`, "the rules that the packet meets");
    }
  }

  happens(part: number, whole: number): boolean {
    if (part <= 0 || part >= whole) return part > 0;
    return this.#meet(part, whole, 0).answer === 0;
  }

  below(bound: number): number {
    return bound <= 1 ? 0 : this.#meet(1, bound, bound).answer;
  }

  /** The chance of the way just walked. */
  chance(): Ratio {
    let numerator = 1n;
    let denominator = 1n;
    for (const { part, whole, answers, answer } of this.#forks) {
      numerator *= BigInt(answers > 0 || answer === 0 ? part : whole - part);
      denominator *= BigInt(whole);
    }
    return this.#forks.length === 0 ? one : ratio(numerator, denominator);
  }

  /** On to the next way; false when all have been walked. */
  next(): boolean {
    invariant(this.#met === this.#forks.length, "a walk that is done again meets the same forks");
    for (let last = this.#forks.at(-1); last !== undefined; last = this.#forks.at(-1)) {
      if (++last.answer < (last.answers || 2)) return true;
      this.#forks.pop();
    }
    return false;
  }

  #meet(part: number, whole: number, answers: number): Fork {
    const known = this.#forks[this.#met++];
    if (known !== undefined) {
      const isSame = known.part === part && known.whole === whole && known.answers === answers;
      invariant(isSame, "a walk that is done again meets the same forks");
      return known;
    }
    const fork = { part, whole, answers, answer: 0 };
    this.#forks.push(fork);
    return fork;
  }
}
