import { UnsupportedError } from "../runtime/errors.ts";
import { takerOf } from "./character-set.ts";
import type { PatternTree, Place, Repetition } from "./pattern-tree.ts";

/** One instruction; others are named by their index. Of a split the first way is preferred. */
export type Instruction =
  | { readonly kind: "character"; readonly takes: (code: number) => boolean; readonly next: number }
  | { readonly kind: "place"; readonly place: Place; readonly next: number }
  | { readonly kind: "save"; readonly slot: number; readonly next: number }
  | { readonly kind: "split"; first: number; second: number }
  | { readonly kind: "match" };

export interface Program {
  readonly instructions: readonly Instruction[];
  readonly start: number;
}

/** What a match costs grows with them. */
const mostInstructions = 200_000;

/**
 * The program for a machine that runs in all its states at once (Thompson 1968, Pike 1987; Go regexp/syntax/compile.go).
 *
 * @throws UnsupportedError for a pattern whose repetitions make it too big
 */
export function programOf(tree: PatternTree): Program {
  if (tree.size > mostInstructions) {
    throw new UnsupportedError(`a regular expression of ${tree.size} instructions`, `${mostInstructions} are allowed`);
  }
  const builder = new ProgramBuilder();
  const start = builder.build(tree, builder.add({ kind: "match" }));
  return { instructions: builder.instructions, start };
}

/** Builds from the end to the front: an instruction knows the one behind it. */
class ProgramBuilder {
  readonly instructions: Instruction[] = [];
  readonly #takers = new Map<object, (code: number) => boolean>();

  add(instruction: Instruction): number {
    return this.instructions.push(instruction) - 1;
  }

  /** Where a part begins that goes on at `next`. */
  build(tree: PatternTree, next: number): number {
    switch (tree.kind) {
      case "character":
        return this.add({ kind: "character", takes: this.#takerOf(tree), next });
      case "place":
        return this.add({ kind: "place", place: tree.place, next });
      case "sequence":
        return tree.parts.reduceRight((behind, part) => this.build(part, behind), next);
      case "either":
        return tree.branches
          .map((branch) => this.build(branch, next))
          .reduceRight((second, first) => this.add({ kind: "split", first, second }));
      case "repeat":
        return this.#repeat(tree.part, tree.times, next);
      case "group": {
        const close = this.add({ kind: "save", slot: 2 * tree.index + 1, next });
        return this.add({ kind: "save", slot: 2 * tree.index, next: this.build(tree.part, close) });
      }
    }
  }

  #takerOf(tree: Extract<PatternTree, { kind: "character" }>): (code: number) => boolean {
    const known = this.#takers.get(tree.set);
    const taker = known ?? takerOf(tree.set);
    this.#takers.set(tree.set, taker);
    return taker;
  }

  /** `x{2,4}` is `xx(x(x)?)?`; `x{2,}` is `xx+`; `x*` is `(x+)?`, as it matters for an x that matches nothing. */
  #repeat(part: PatternTree, { from, to, isLazy }: Repetition, end: number): number {
    const isEndless = to === Number.POSITIVE_INFINITY;
    let start = end;
    if (!isEndless) {
      for (let i = from; i < to; i++) start = this.#fork(this.build(part, start), end, isLazy);
      for (let i = 0; i < from; i++) start = this.build(part, start);
      return start;
    }
    start = this.#atLeastOnce(part, end, isLazy);
    if (from === 0) return this.#fork(start, end, isLazy);
    for (let i = 1; i < from; i++) start = this.build(part, start);
    return start;
  }

  #atLeastOnce(part: PatternTree, end: number, isLazy: boolean): number {
    const again = this.#fork(end, end, isLazy);
    const start = this.build(part, again);
    const split = this.instructions[again] as Extract<Instruction, { kind: "split" }>;
    if (isLazy) split.second = start;
    else split.first = start;
    return start;
  }

  #fork(inside: number, end: number, isLazy: boolean): number {
    return this.add({ kind: "split", first: isLazy ? end : inside, second: isLazy ? inside : end });
  }
}
