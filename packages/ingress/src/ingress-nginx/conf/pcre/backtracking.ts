/** How much a search that tries one way after the other may have to try. */
export interface Backtracking {
  /** What is repeated holds a choice itself: the ways multiply with each character. */
  readonly isExplosive: boolean;
  /** Repetitions that may end at any place of the text. */
  readonly repetitions: number;
  /** Bars and question marks: each doubles the ways. */
  readonly choices: number;
  /** A group catches something within what is repeated: what it holds after the last round is a matter of the language. */
  readonly catchesInRepetition: boolean;
}

interface OpenGroup {
  readonly catches: boolean;
  /** There are several ways through it. */
  hasChoice: boolean;
  /** A group within it catches something. */
  holdsCatching: boolean;
}

const repetition = /(?:[*+]|\{\d+(?:,\d*)?\})/y;
const open = /^(?:[*+]|\{\d+,)/;

/** Reads a pattern for what makes searches long. */
export function backtrackingOf(pattern: string): Backtracking {
  const groups: OpenGroup[] = [{ catches: false, hasChoice: false, holdsCatching: false }];
  let [isExplosive, catchesInRepetition] = [false, false];
  let [repetitions, choices] = [0, 0];
  for (let i = 0; i < pattern.length; i++) {
    const character = pattern[i]!;
    const group = groups.at(-1)!;
    const repeated = repetitionAt(pattern, i);
    if (character === "\\") i++;
    else if (character === "[") i = endOfClass(pattern, i);
    else if (character === "(") {
      const isSpecial = pattern[i + 1] === "?";
      groups.push({ catches: !isSpecial || isNamed(pattern, i), hasChoice: false, holdsCatching: false });
      if (isSpecial) i++;
    } else if (character === ")") {
      const closed = groups.pop()!;
      const outer = groups.at(-1) ?? group;
      const isRepeated = repetitionAt(pattern, i + 1) !== undefined;
      isExplosive ||= isRepeated && closed.hasChoice;
      catchesInRepetition ||= isRepeated && closed.holdsCatching;
      outer.hasChoice ||= closed.hasChoice;
      outer.holdsCatching ||= closed.holdsCatching || closed.catches;
    } else if (character === "|" || character === "?") {
      choices++;
      group.hasChoice = true;
    } else if (repeated !== undefined) {
      if (open.test(repeated)) repetitions++;
      group.hasChoice = true;
      i += repeated.length - 1;
      // A question mark behind it only says which way is tried first.
      if (pattern[i + 1] === "?") i++;
    }
  }
  return { isExplosive, repetitions, choices, catchesInRepetition };
}

function repetitionAt(pattern: string, at: number): string | undefined {
  repetition.lastIndex = at;
  return repetition.exec(pattern)?.[0];
}

function isNamed(pattern: string, at: number): boolean {
  return /^\(\?P?<[^=!]/.test(pattern.slice(at, at + 5));
}

/** The place of the `]` that closes a class, or the last character. */
function endOfClass(pattern: string, start: number): number {
  for (let i = start + 1; i < pattern.length; i++) {
    if (pattern[i] === "\\") i++;
    else if (pattern[i] === "]" && i > start + 1) return i;
  }
  return pattern.length - 1;
}
