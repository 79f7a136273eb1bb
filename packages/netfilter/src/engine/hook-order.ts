/**
 * In which order owners of hook functions have registered: of those with the same priority the kernel runs the newest
 * first (net/netfilter/core.c, nf_hook_entries_grow).
 */
export class HookOrder {
  readonly #numbers: Map<string, number>;
  #next: number;

  constructor(numbers: ReadonlyMap<string, number> = new Map(), next = 1) {
    this.#numbers = new Map(numbers);
    this.#next = next;
  }

  /** The owner's number; one that is not registered yet is now. */
  register(owner: string): number {
    const known = this.#numbers.get(owner);
    if (known !== undefined) return known;
    this.#numbers.set(owner, this.#next);
    return this.#next++;
  }

  unregister(owner: string): void {
    this.#numbers.delete(owner);
  }

  fork(): HookOrder {
    return new HookOrder(this.#numbers, this.#next);
  }
}
