import type { Random } from "@kubenetsim/core/runtime/random";

/** Random choices in a row. */
export class Draws {
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  below(count: number): number {
    return this.#random.below(count);
  }

  one<T>(choices: readonly T[]): T {
    return choices[this.#random.below(choices.length)]!;
  }

  /** True once in so many times. */
  onceIn(times: number): boolean {
    return this.#random.below(times) === 0;
  }

  /** So many members or fewer, each once. */
  some<T>(choices: readonly T[], most: number): T[] {
    const count = this.#random.below(most + 1);
    return [...new Set(Array.from({ length: count }, () => this.one(choices)))];
  }
}
