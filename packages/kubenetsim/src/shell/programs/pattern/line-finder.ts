import { Automaton } from "./automaton.ts";
import { nfaOf } from "./nfa.ts";
import type { Pattern } from "./pattern.ts";

/** A match: its first index, and the one behind it. */
export interface Found {
  readonly start: number;
  readonly end: number;
}

/** Finds a pattern in lines: the leftmost match, and of those the longest. */
export class LineFinder {
  readonly #anywhere: Automaton;
  readonly #here: Automaton;

  /** @throws UnsupportedError for a pattern that is too big */
  constructor(pattern: Pattern, ignoresCase: boolean) {
    const nfa = nfaOf(pattern);
    this.#anywhere = new Automaton(nfa, { ignoresCase, isFloating: true });
    this.#here = new Automaton(nfa, { ignoresCase, isFloating: false });
  }

  isIn(line: string): boolean {
    return this.#anywhere.isIn(line, 0);
  }

  /** The first match from this index on. */
  find(line: string, from: number): Found | undefined {
    if (from > line.length || !this.#anywhere.isIn(line, from)) return undefined;
    for (let start = from; start <= line.length; start++) {
      const end = this.#here.longestEnd(line, start);
      if (end !== undefined) return { start, end };
    }
    return undefined;
  }

  /** All matches one behind the other, but for those without a letter. */
  matches(line: string): string[] {
    const found: string[] = [];
    for (let one = this.find(line, 0); one !== undefined; one = this.find(line, Math.max(one.end, one.start + 1))) {
      if (one.end > one.start) found.push(line.slice(one.start, one.end));
    }
    return found;
  }
}
