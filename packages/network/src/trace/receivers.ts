import type { DispositionCode } from "../walk/disposition-code.ts";
import type { KnownWays } from "../walk/known-ways.ts";
import type { RememberingWalker } from "../walk/remembering-walker.ts";
import { processOf, takerOf } from "./taker.ts";

/** Numbers for those who take the packets of one walker; one that goes a known way is looked up by its branch alone. */
export class Receivers {
  readonly names: string[] = [];
  readonly #walker: RememberingWalker;
  readonly #byName: Map<string, number> = new Map();
  /** By host and process, for one list of packets. */
  readonly #known: Map<number, number> = new Map();
  /** By branch of known ways, of one generation: the number plus one, 0 where nobody has asked. */
  #byBranch: Int32Array = new Int32Array(0);
  #generation = -1;
  /** For `renumber`: all zero between two lists. */
  #numbers: Int32Array = new Int32Array(0);

  constructor(walker: RememberingWalker) {
    this.#walker = walker;
  }

  /** For another list of packets: processes may have come and gone. */
  begin(): void {
    this.#known.clear();
  }

  /** Puts numbers of its own in the place of these, in the order of their first packets; -1 stays. Their names. */
  renumber(receivers: Int32Array): string[] {
    const names: string[] = [];
    const taken: number[] = [];
    if (this.#numbers.length < this.names.length) this.#numbers = new Int32Array(2 * this.names.length);
    const numbers = this.#numbers;
    for (let i = 0; i < receivers.length; i++) {
      const receiver = receivers[i]!;
      if (receiver < 0) continue;
      if (numbers[receiver] === 0) {
        numbers[receiver] = names.push(this.names[receiver]!);
        taken.push(receiver);
      }
      receivers[i] = numbers[receiver]! - 1;
    }
    for (const receiver of taken) numbers[receiver] = 0;
    return names;
  }

  /** The one who has taken the walker's last packet; -1 for nobody. */
  last(disposition: DispositionCode): number {
    const { receiver, process, topology } = this.#walker;
    const key = (process + 1) * topology.hosts.length + receiver.id;
    let index = process < 0 ? undefined : this.#known.get(key);
    if (index !== undefined) return index;
    const name = processOf(this.#walker, disposition);
    if (name === undefined) return -1;
    index = this.#number(takerOf(name));
    if (process >= 0) this.#known.set(key, index);
    return index;
  }

  /** The one who takes what goes this branch, which the walker's last packet has gone; -1 for nobody. */
  of(branch: number, known: KnownWays): number {
    if (this.#generation !== known.generation || branch >= this.#byBranch.length) this.#follow(known);
    const index = this.#byBranch[branch]! - 1;
    return index < 0 ? this.#onBranch(branch) : index;
  }

  #onBranch(branch: number): number {
    const index = this.last(this.#walker.endOf(branch, null));
    if (index >= 0) this.#byBranch[branch] = index + 1;
    return index;
  }

  /** Makes room for all branches of the ways that are known now. */
  #follow({ generation, size }: KnownWays): void {
    const before = this.#generation === generation ? this.#byBranch : [];
    this.#byBranch = new Int32Array(2 * size);
    this.#byBranch.set(before);
    this.#generation = generation;
  }

  #number(name: string): number {
    const known = this.#byName.get(name);
    if (known !== undefined) return known;
    const index = this.names.push(name) - 1;
    this.#byName.set(name, index);
    return index;
  }
}
