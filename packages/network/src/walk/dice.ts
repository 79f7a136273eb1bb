import type { Random } from "@kubenetsim/core/runtime/random";

/** A draw as a packet's way met it, apart from the rules: a stream, and which numbers choose which of its outcomes. */
export class Dice {
  readonly chance: Random;
  /** Outcomes: of a cascade one for each rule from where the draw began, and one for none of them. */
  readonly outcomes: number;
  /** The chance that the draw passes its first k rules. */
  readonly #survivals: Float64Array;
  /** For equal stretches of [0, 1), the outcome at the beginning of each: the outcome grows with the number. */
  readonly #starts: Uint32Array;

  constructor(chance: Random, survivals: Float64Array) {
    this.chance = chance;
    this.outcomes = survivals.length;
    this.#survivals = survivals;
    this.#starts = new Uint32Array(2 ** Math.ceil(Math.log2(survivals.length * 4)));
    for (let i = 1; i < this.#starts.length; i++) {
      this.#starts[i] = this.#onward(this.#starts[i - 1]!, i / this.#starts.length);
    }
  }

  /** The outcome that the evaluator's draw chooses with this number. */
  pick(number: number): number {
    return this.#onward(this.#starts[Math.trunc(number * this.#starts.length)]!, number);
  }

  #onward(start: number, number: number): number {
    const survivals = this.#survivals;
    const value = survivals[0]! * (1 - number);
    const last = survivals.length - 1;
    let low = start;
    while (low < last && value <= survivals[low + 1]!) low++;
    return low;
  }
}
