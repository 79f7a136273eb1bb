import { search } from "./machine.ts";
import { parsePattern } from "./parse-pattern.ts";
import { PatternSyntaxError } from "./pattern-syntax-error.ts";
import { type Program, programOf } from "./program.ts";

/** What the whole pattern (0) and each of its groups have caught; undefined for a group that took no part. */
export type Caught = readonly (string | undefined)[];

/** A regular expression as Go reads and runs it (RE2: no references back, a time that grows with the text). */
export class GoPattern {
  /** By the number of the group, undefined for those without one. */
  readonly names: readonly (string | undefined)[];
  readonly #program: Program;

  /** @throws PatternSyntaxError in Go's words; UnsupportedError for classes of Unicode characters (`\pL`) */
  constructor(text: string) {
    const { tree, names } = parsePattern(text);
    this.names = names;
    this.#program = programOf(tree);
  }

  /** How many groups it has. */
  get groups(): number {
    return this.names.length - 1;
  }

  test(text: string): boolean {
    return search(this.#program, text) !== undefined;
  }

  /** The leftmost match. @example new GoPattern("(?P<n>b+)").exec("abb") // ["bb", "bb"] */
  exec(text: string): Caught | undefined {
    const slots = search(this.#program, text);
    return slots && this.names.map((_, group) => between(text, slots[2 * group], slots[2 * group + 1]));
  }
}

function between(text: string, begin: number | undefined, end: number | undefined): string | undefined {
  return begin === undefined || end === undefined ? undefined : text.slice(begin, end);
}

/** A pattern of a Corefile. @throws what `fail` makes of it where Go refuses it; UnsupportedError as GoPattern */
export function goPattern(text: string, fail: (problem: string) => Error): GoPattern {
  try {
    return new GoPattern(text);
  } catch (error) {
    if (error instanceof PatternSyntaxError) throw fail(error.message);
    throw error;
  }
}
