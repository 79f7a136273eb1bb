import type { Nfa, NfaState } from "./nfa.ts";
import type { CharacterSet, Place } from "./pattern.ts";

/** What stands on one side of a place in a line. */
type Side = "edge" | "letter" | "other";

/** Where the machine may be, all at once, and what it has just read. */
interface State {
  readonly states: readonly number[];
  readonly before: Side;
  /** By the character that comes; `lineEnd` behind the last. */
  readonly steps: Map<number, Step>;
}

interface Step {
  /** A match ends before the character. */
  readonly isMatch: boolean;
  readonly next: State;
}

const lineEnd = -1;
/** More are forgotten: what is kept is there for speed alone. */
const mostKept = 2000;

/**
 * Runs a pattern over lines in time that grows with their length, whatever the pattern: the sets of states in which it can be are
 * made once, as they are needed (Aho, Sethi, Ullman, Compilers, 3.7, the lazily built DFA).
 */
export class Automaton {
  readonly #nfa: Nfa;
  readonly #ignoresCase: boolean;
  /** Looks for a match from every place on. */
  readonly #isFloating: boolean;
  #kept = new Map<string, State>();

  constructor(nfa: Nfa, { ignoresCase, isFloating }: { readonly ignoresCase: boolean; readonly isFloating: boolean }) {
    this.#nfa = nfa;
    this.#ignoresCase = ignoresCase;
    this.#isFloating = isFloating;
  }

  /** Whether a match begins at this index, or behind it where the automaton floats. */
  isIn(line: string, from: number): boolean {
    return this.#run(line, from, true) !== undefined;
  }

  /** Where the longest match ends that begins at this index. */
  longestEnd(line: string, from: number): number | undefined {
    return this.#run(line, from, false);
  }

  #run(line: string, from: number, takesFirst: boolean): number | undefined {
    let state = this.#state([this.#nfa.start], from === 0 ? "edge" : sideOf(line.codePointAt(from - 1)!));
    let end: number | undefined;
    for (let at = from; at <= line.length; ) {
      const code = line.codePointAt(at) ?? lineEnd;
      const { isMatch, next } = state.steps.get(code) ?? this.#step(state, code);
      if (isMatch) end = at;
      if ((isMatch && takesFirst) || next.states.length === 0) return end;
      state = next;
      at += code > 0xffff ? 2 : 1;
    }
    return end;
  }

  #step(state: State, code: number): Step {
    const here = this.#closure(state, code);
    const reached = new Set<number>();
    for (const one of here) {
      const nfaState = this.#nfa.states[one]!;
      if (nfaState.kind === "character" && code !== lineEnd && this.#takes(nfaState.set, code))
        reached.add(nfaState.next);
    }
    if (this.#isFloating) reached.add(this.#nfa.start);
    const isMatch = here.some((one) => this.#nfa.states[one]!.kind === "match");
    const next = this.#state(
      [...reached].sort((a, b) => a - b),
      sideOf(code),
    );
    const step = { isMatch, next };
    state.steps.set(code, step);
    return step;
  }

  #state(states: readonly number[], before: Side): State {
    const key = `${before} ${states.join()}`;
    const kept = this.#kept.get(key);
    if (kept !== undefined) return kept;
    if (this.#kept.size >= mostKept) this.#kept = new Map();
    const made: State = { states, before, steps: new Map() };
    this.#kept.set(key, made);
    return made;
  }

  /** All states that are reached without a character, before this one. */
  #closure({ states, before }: State, code: number): number[] {
    const after = sideOf(code);
    const seen = new Set(states);
    const open = [...states];
    for (let one = open.pop(); one !== undefined; one = open.pop()) {
      for (const next of emptySteps(this.#nfa.states[one]!, before, after)) {
        if (seen.has(next)) continue;
        seen.add(next);
        open.push(next);
      }
    }
    return [...seen];
  }

  #takes({ ranges, isNegated }: CharacterSet, code: number): boolean {
    const isIn = (one: number): boolean => ranges.some(([from, to]) => from <= one && one <= to);
    if (isIn(code)) return !isNegated;
    if (!this.#ignoresCase) return isNegated;
    const char = String.fromCodePoint(code);
    const isOther = [char.toLowerCase(), char.toUpperCase()].some((one) => isIn(one.codePointAt(0)!));
    return isOther !== isNegated;
  }
}

function emptySteps(state: NfaState, before: Side, after: Side): readonly number[] {
  if (state.kind === "split") return [state.next, state.other];
  return state.kind === "assertion" && holds(state.place, before, after) ? [state.next] : [];
}

function sideOf(code: number): Side {
  if (code === lineEnd) return "edge";
  return /\w/.test(String.fromCodePoint(code)) ? "letter" : "other";
}

function holds(place: Place, before: Side, after: Side): boolean {
  switch (place) {
    case "line start":
      return before === "edge";
    case "line end":
      return after === "edge";
    case "word start":
      return before !== "letter" && after === "letter";
    case "word end":
      return before === "letter" && after !== "letter";
    case "word edge":
      return (before === "letter") !== (after === "letter");
    case "no word edge":
      return (before === "letter") === (after === "letter");
    case "not behind a word's letter":
      return before !== "letter";
    case "not before a word's letter":
      return after !== "letter";
  }
}
