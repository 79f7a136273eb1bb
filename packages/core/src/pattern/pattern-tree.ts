import type { CharacterSet } from "./character-set.ts";

export type Place = "text start" | "text end" | "line start" | "line end" | "word edge" | "no word edge";

/** How big a part is, by what Go limits (regexp/syntax/parse.go, calcHeight, calcSize, repeatIsValid). */
interface Measures {
  readonly height: number;
  /** Instructions, repetitions written out. */
  readonly size: number;
  /** How often the innermost part is written out, at most. */
  readonly copies: number;
}

/** A regular expression, read. */
export type PatternTree = Measures &
  (
    | { readonly kind: "character"; readonly set: CharacterSet }
    | { readonly kind: "place"; readonly place: Place }
    | { readonly kind: "sequence"; readonly parts: readonly PatternTree[] }
    | { readonly kind: "either"; readonly branches: readonly PatternTree[] }
    | { readonly kind: "repeat"; readonly part: PatternTree; readonly times: Repetition }
    | { readonly kind: "group"; readonly part: PatternTree; readonly index: number }
  );

export interface Repetition {
  readonly from: number;
  /** Infinity for no end. */
  readonly to: number;
  /** As few as possible come first. */
  readonly isLazy: boolean;
}

const leaf: Measures = { height: 1, size: 1, copies: 1 };

export function characterOf(set: CharacterSet): PatternTree {
  return { ...leaf, kind: "character", set };
}

export function placeOf(place: Place): PatternTree {
  return { ...leaf, kind: "place", place };
}

export function sequenceOf(parts: readonly PatternTree[]): PatternTree {
  return parts.length === 1 ? parts[0]! : { ...around(parts, 0), kind: "sequence", parts };
}

export function eitherOf(branches: readonly PatternTree[]): PatternTree {
  return branches.length === 1 ? branches[0]! : { ...around(branches, branches.length - 1), kind: "either", branches };
}

export function groupOf(part: PatternTree, index: number): PatternTree {
  return { ...around([part], 2), kind: "group", part, index };
}

export function repeatOf(part: PatternTree, times: Repetition): PatternTree {
  const { from, to } = times;
  const { height } = around([part], 0);
  const isEndless = to === Number.POSITIVE_INFINITY;
  const size = isEndless ? 2 + Math.max(from, 1) * part.size : Math.max(1, to * part.size + to - from);
  const copies = to === 0 ? 1 : part.copies * Math.max(isEndless ? from : to, 1);
  return { height, size, copies, kind: "repeat", part, times };
}

function around(parts: readonly PatternTree[], own: number): Measures {
  let [height, size, copies] = [0, own, 1];
  for (const part of parts) {
    height = Math.max(height, part.height);
    size += part.size;
    copies = Math.max(copies, part.copies);
  }
  return { height: height + 1, size: Math.max(size, 1), copies };
}
