import type { GroupReference } from "./pattern-cursor.ts";

/** How often an item stands one after the other; Infinity for without end. */
export interface Repeats {
  readonly least: number;
  readonly most: number;
}

/** A piece of a pattern, as far as its length in a text and in PCRE2's code goes. */
export type PatternItem = PatternPiece | PatternUse | PatternGroup;

interface Repeatable {
  repeats?: Repeats;
}

export interface PatternPiece extends Repeatable {
  readonly kind: "character" | "class" | "sequence" | "assertion";
}

/** A reference back to what a group caught, or another go through it. */
export interface PatternUse extends Repeatable {
  readonly kind: "reference" | "call";
  readonly to: GroupReference;
}

export interface PatternGroup extends Repeatable {
  readonly kind: "group";
  readonly type: "plain" | "ahead" | "behind" | "condition" | "definition";
  /** undefined for one that does not catch. */
  number: number | undefined;
  /** Where PCRE2 stands when it tells of it: mostly its parenthesis. */
  readonly offset: number;
  readonly branches: PatternItem[][];
}
