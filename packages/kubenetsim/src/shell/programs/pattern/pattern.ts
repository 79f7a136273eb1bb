/** Where in a line an assertion holds; a word's letters are `[A-Za-z0-9_]`. */
export type Place =
  | "line start"
  | "line end"
  | "word start"
  | "word end"
  | "word edge"
  | "no word edge"
  | "not behind a word's letter"
  | "not before a word's letter";

/** Characters by their code points, from and to; `isNegated`: all others. */
export interface CharacterSet {
  readonly ranges: readonly (readonly [from: number, to: number])[];
  readonly isNegated: boolean;
}

/** A regular expression, taken apart. */
export type Pattern =
  | { readonly kind: "character"; readonly set: CharacterSet }
  | { readonly kind: "assertion"; readonly place: Place }
  | { readonly kind: "sequence"; readonly parts: readonly Pattern[] }
  | { readonly kind: "either"; readonly branches: readonly Pattern[] }
  /** `to`: infinite for `*` and `+`. */
  | { readonly kind: "repeat"; readonly part: Pattern; readonly from: number; readonly to: number };

/** What grep says of a pattern that is none; the message is grep's own, without the program's name. */
export class PatternError extends Error {
  override readonly name = "PatternError";
}

/** A text that stands for itself. */
export function literal(text: string): Pattern {
  const parts = [...text].map((char): Pattern => {
    const code = char.codePointAt(0)!;
    return { kind: "character", set: { ranges: [[code, code]], isNegated: false } };
  });
  return { kind: "sequence", parts };
}

/** Whether a pattern finds something where no letter is. */
export function matchesNothing(pattern: Pattern): boolean {
  switch (pattern.kind) {
    case "character":
      return false;
    case "assertion":
      return true;
    case "sequence":
      return pattern.parts.every(matchesNothing);
    case "either":
      return pattern.branches.some(matchesNothing);
    case "repeat":
      return pattern.from === 0 || matchesNothing(pattern.part);
  }
}
