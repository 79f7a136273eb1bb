import { Automaton } from "./automaton.ts";
import { nfaOf } from "./nfa.ts";
import type { Pattern } from "./pattern.ts";

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

  /** All matches one behind the other, but for those without a letter. */
  matches(line: string): string[] {
    const found: string[] = [];
    let isThere = this.#anywhere.isIn(line, 0);
    for (let at = 0; at < line.length && isThere; ) {
      const end = this.#here.longestEnd(line, at) ?? at;
      if (end > at) {
        found.push(line.slice(at, end));
        isThere = this.#anywhere.isIn(line, end);
      }
      at = Math.max(end, at + 1);
    }
    return found;
  }
}
