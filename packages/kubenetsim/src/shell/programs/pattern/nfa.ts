import { UnsupportedError } from "@kubenetsim/core/runtime/errors";
import type { CharacterSet, Pattern, Place } from "./pattern.ts";

/** A state of a machine without a memory: what it takes, and where it goes then. */
export type NfaState =
  | { readonly kind: "character"; readonly set: CharacterSet; readonly next: number }
  | { readonly kind: "assertion"; readonly place: Place; readonly next: number }
  | { readonly kind: "split"; next: number; other: number }
  | { readonly kind: "match" };

/** A nondeterministic finite automaton (Thompson, CACM 11:6, 1968); states by their index. */
export interface Nfa {
  readonly states: readonly NfaState[];
  readonly start: number;
}

/** What a line costs grows with the number of states. */
const mostStates = 5000;

/** @throws UnsupportedError for a pattern whose repetitions make it too big */
export function nfaOf(pattern: Pattern): Nfa {
  const builder = new NfaBuilder();
  const end = builder.add({ kind: "match" });
  return { start: builder.build(pattern, end), states: builder.states };
}

/** Builds from the end to the front: a state knows the one behind it. */
class NfaBuilder {
  readonly states: NfaState[] = [];

  add(state: NfaState): number {
    if (this.states.length >= mostStates) {
      throw new UnsupportedError(`a pattern of more than ${mostStates} characters, repetitions written out,`, "grep");
    }
    return this.states.push(state) - 1;
  }

  /** The state at which a pattern begins that goes on at `next`. */
  build(pattern: Pattern, next: number): number {
    switch (pattern.kind) {
      case "character":
        return this.add({ kind: "character", set: pattern.set, next });
      case "assertion":
        return this.add({ kind: "assertion", place: pattern.place, next });
      case "sequence":
        // An empty one is a state, too, so that the number of states bounds the work.
        if (pattern.parts.length === 0) return this.add({ kind: "split", next, other: next });
        return pattern.parts.reduceRight((behind, part) => this.build(part, behind), next);
      case "either":
        return pattern.branches
          .map((branch) => this.build(branch, next))
          .reduceRight((other, one) => this.add({ kind: "split", next: one, other }));
      case "repeat":
        return this.#repeat(pattern, next);
    }
  }

  #repeat({ part, from, to }: Extract<Pattern, { kind: "repeat" }>, end: number): number {
    let start = to === Number.POSITIVE_INFINITY ? this.#loop(part, end) : end;
    const optional = to === Number.POSITIVE_INFINITY ? 0 : to - from;
    for (let i = 0; i < optional; i++) start = this.add({ kind: "split", next: this.build(part, start), other: end });
    for (let i = 0; i < from; i++) start = this.build(part, start);
    return start;
  }

  #loop(part: Pattern, end: number): number {
    const split: NfaState = { kind: "split", next: end, other: end };
    const at = this.add(split);
    split.next = this.build(part, at);
    return at;
  }
}
