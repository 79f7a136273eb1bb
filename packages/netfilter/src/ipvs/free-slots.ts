/** Which slots of a table that grows may be taken: what was given back last comes first, then those that never were taken. */
export class FreeSlots {
  #givenBack: number[] = [];
  #unused = 0;

  take(): number {
    return this.#givenBack.pop() ?? this.#unused++;
  }

  giveBack(slot: number): void {
    this.#givenBack.push(slot);
  }

  /** Those that were given back, in the order in which they will be taken. */
  list(): number[] {
    return this.#givenBack.toReversed();
  }

  /** From now on gives these one after the other, then those above all that are or were taken. */
  reset(slots: readonly number[]): void {
    this.#givenBack = slots.toReversed();
    this.#unused = slots.reduce((unused, slot) => Math.max(unused, slot + 1), this.#unused);
  }
}
