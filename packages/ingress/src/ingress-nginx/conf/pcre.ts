import { UnsupportedError } from "@kubenetsim/core/runtime/errors";

/**
 * A regular expression of nginx (PCRE over bytes, `~*` or `(?i)`: without regard to case) as one of JavaScript; undefined for one that
 * does not compile.
 *
 * @throws UnsupportedError for what JavaScript has no word for, and for a repetition of a repetition, whose time nobody
 * bounds.
 */
export function compilePcre(pattern: string): RegExp | undefined {
  const foreign = foreignPart(pattern);
  if (foreign !== undefined) throw new UnsupportedError(`the regular expression ${pattern}: ${foreign}`, "a path");
  const compiled = compileInJavaScript(pattern);
  if (compiled === undefined || !repeatsRepetition(pattern)) return compiled;
  throw new UnsupportedError(`the repetition of a repetition in ${pattern}`, "a path");
}

/** Whether nginx takes a pattern; one with what JavaScript does not know is believed. */
export function isPcre(pattern: string): boolean {
  return foreignPart(pattern) !== undefined || compileInJavaScript(pattern) !== undefined;
}

function foreignPart(pattern: string): string | undefined {
  return /\(\?(?:>|#|R|&|P|\||[0-9+-]|<?[^<=!:>]*\()|\\[AzZGKhHRXQE]|[*+?}]\+|\[\[:|\(\*/.exec(pattern)?.[0];
}

function compileInJavaScript(pattern: string): RegExp | undefined {
  try {
    return new RegExp(pattern, "i");
  } catch {
    return undefined;
  }
}

const unbounded = /^(?:[*+]|\{\d+,\})/;

/** Whether a group that holds an endless repetition is itself repeated without end. */
function repeatsRepetition(pattern: string): boolean {
  /** For each open group whether it holds an endless repetition. */
  const groups: boolean[] = [false];
  for (let i = 0; i < pattern.length; i++) {
    const character = pattern[i]!;
    if (character === "\\") i++;
    else if (character === "[") i = endOfClass(pattern, i);
    else if (character === "(") groups.push(false);
    else if (character === ")") {
      const holds = groups.pop() ?? false;
      const isRepeated = unbounded.test(pattern.slice(i + 1));
      if (holds && isRepeated) return true;
      groups[groups.length - 1] = groups.at(-1)! || holds || isRepeated;
    } else if (unbounded.test(pattern.slice(i))) groups[groups.length - 1] = true;
  }
  return false;
}

/** The place of the `]` that closes a class, or the last character. */
function endOfClass(pattern: string, start: number): number {
  for (let i = start + 1; i < pattern.length; i++) {
    if (pattern[i] === "\\") i++;
    else if (pattern[i] === "]" && i > start + 1) return i;
  }
  return pattern.length - 1;
}
