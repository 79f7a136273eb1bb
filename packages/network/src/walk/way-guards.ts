import type { HostKernel } from "./host-kernel.ts";

/** Kernels on all branches of one way together; a way with more is not remembered. */
const mostKernels = 8;
const guardLength = mostKernels + 1;

/** Which kernels a way has come by, and whether they have stayed as they were. Guard 0 is of no kernel. */
export class WayGuards {
  readonly #kernels: readonly (HostKernel | undefined)[];
  /** By host id, as of when a way came by; -1 for never. */
  readonly #revisions: Int32Array;
  /** Each guard: how many, then their host ids. */
  #words: Int32Array = new Int32Array(64 * guardLength);
  readonly #numbers: Map<string, number> = new Map([["", 0]]);

  constructor(kernels: readonly (HostKernel | undefined)[]) {
    this.#kernels = kernels;
    this.#revisions = new Int32Array(kernels.length).fill(-1);
  }

  clear(): void {
    this.#revisions.fill(-1);
    this.#numbers.clear();
    this.#numbers.set("", 0);
  }

  /** True while no kernel of the guard has changed. */
  holds(guard: number): boolean {
    const words = this.#words;
    const at = guard * guardLength;
    for (let i = words[at]!; i > 0; i--) {
      const host = words[at + i]!;
      if (this.#kernels[host]!.revision !== this.#revisions[host]) return false;
    }
    return true;
  }

  /** False when a kernel on this trail has changed since another way came by. */
  fits(trail: Int32Array, hosts: number): boolean {
    for (let i = 0; i < hosts; i++) {
      const seen = this.#revisions[trail[i]!]!;
      if (seen >= 0 && this.#kernels[trail[i]!]!.revision !== seen) return false;
    }
    return true;
  }

  /** The guard of an older one's kernels and a trail's; -1 when they are too many, or one does not say when it changes. */
  extend(guard: number, trail: Int32Array, hosts: number): number {
    const ids = new Set(
      this.#words.subarray(guard * guardLength + 1, guard * guardLength + 1 + this.#words[guard * guardLength]!),
    );
    for (let i = 0; i < hosts; i++) {
      const id = trail[i]!;
      const kernel = this.#kernels[id];
      if (kernel === undefined) continue;
      if (kernel.revision === undefined) return -1;
      ids.add(id);
    }
    return ids.size > mostKernels ? -1 : this.#intern([...ids].sort((a, b) => a - b));
  }

  #intern(ids: readonly number[]): number {
    const name = ids.join();
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    const guard = this.#numbers.size;
    this.#numbers.set(name, guard);
    if ((guard + 1) * guardLength > this.#words.length) {
      const old = this.#words;
      this.#words = new Int32Array(old.length * 2);
      this.#words.set(old);
    }
    this.#words[guard * guardLength] = ids.length;
    this.#words.set(ids, guard * guardLength + 1);
    for (const id of ids) this.#revisions[id] = this.#kernels[id]!.revision!;
    return guard;
  }
}
