type Range = readonly [from: number, to: number];

/** Some characters, or all but these. */
export interface Characters {
  readonly ranges: readonly Range[];
  readonly isNegated: boolean;
}

/** What one place of a text may hold: characters of any of the parts, or of none of them. */
export interface CharacterSet {
  readonly parts: readonly Characters[];
  readonly isNegated: boolean;
  readonly ignoresCase: boolean;
}

const anyCharacter: Range = [0, 0x10ffff];
export const everything: Characters = { ranges: [anyCharacter], isNegated: false };
export const allButLineFeed: Characters = { ranges: [[10, 10]], isNegated: true };

const digit: readonly Range[] = [[48, 57]];
const upper: readonly Range[] = [[65, 90]];
const lower: readonly Range[] = [[97, 122]];
const word: readonly Range[] = [...digit, ...upper, [95, 95], ...lower];

const perlClasses: ReadonlyMap<string, readonly Range[]> = new Map<string, readonly Range[]>([
  ["d", digit],
  [
    "s",
    [
      [9, 10],
      [12, 13],
      [32, 32],
    ],
  ],
  ["w", word],
]);

const namedClasses: ReadonlyMap<string, readonly Range[]> = new Map<string, readonly Range[]>([
  ["alnum", [...digit, ...upper, ...lower]],
  ["alpha", [...upper, ...lower]],
  ["ascii", [[0, 127]]],
  [
    "blank",
    [
      [9, 9],
      [32, 32],
    ],
  ],
  [
    "cntrl",
    [
      [0, 31],
      [127, 127],
    ],
  ],
  ["digit", digit],
  ["graph", [[33, 126]]],
  ["lower", lower],
  ["print", [[32, 126]]],
  [
    "punct",
    [
      [33, 47],
      [58, 64],
      [91, 96],
      [123, 126],
    ],
  ],
  [
    "space",
    [
      [9, 13],
      [32, 32],
    ],
  ],
  ["upper", upper],
  ["word", word],
  ["xdigit", [...digit, [65, 70], [97, 102]]],
]);

/** What `\d`, `\D` and their like stand for, by the letter: ASCII alone (regexp/syntax/perl_groups.go). */
export function perlClass(letter: string | undefined): Characters | undefined {
  const ranges = letter === undefined ? undefined : perlClasses.get(letter.toLowerCase());
  return ranges === undefined ? undefined : { ranges, isNegated: letter !== letter!.toLowerCase() };
}

/** What `[:alpha:]`, `[:^alpha:]` and their like stand for, by the name between the colons. */
export function namedClass(name: string): Characters | undefined {
  const isNegated = name.startsWith("^");
  const ranges = namedClasses.get(isNegated ? name.slice(1) : name);
  return ranges === undefined ? undefined : { ranges, isNegated };
}

/** A test for one character (a code point). */
export function takerOf({ parts, isNegated, ignoresCase }: CharacterSet): (code: number) => boolean {
  const takers = parts.map((part) => {
    const isIn = ignoresCase ? folded(part.ranges) : within(part.ranges);
    return (code: number): boolean => isIn(code) !== part.isNegated;
  });
  if (takers.length === 1 && !isNegated) return takers[0]!;
  return (code) => takers.some((takes) => takes(code)) !== isNegated;
}

function within(ranges: readonly Range[]): (code: number) => boolean {
  return (code) => ranges.some(([from, to]) => from <= code && code <= to);
}

/** Characters that differ in case alone are the same (Unicode's simple case folding, which Go and RegExp have alike). */
function folded(ranges: readonly Range[]): (code: number) => boolean {
  const escaped = (code: number): string => `\\u{${code.toString(16)}}`;
  const one = new RegExp(`[${ranges.map(([from, to]) => `${escaped(from)}-${escaped(to)}`).join("")}]`, "iu");
  return (code) => one.test(String.fromCodePoint(code));
}
