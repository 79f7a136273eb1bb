import { ParseError } from "@kubenetsim/core/runtime/errors";
import type { Hook } from "./hook.ts";
import type { Program } from "./program.ts";
import { type Tape, tapeKind } from "./tape.ts";
import { type ChainVerdict, chainVerdict } from "./verdict.ts";

/** Deeper than any kube-proxy goes; a loop of jumps ends here. */
const deepest = 64;
const frameLength = 4;
/** No packet goes through so many chains but one that runs in a circle of gotos. */
const mostChains = 1 << 20;

/**
 * The chains that a packet is in: where each goes on, and what the tape says when one is entered or left. `rules` is always
 * how many rules the run has compared so far; from it comes how many of them were a chain's own.
 */
export class ChainStack {
  /** Where the current chain goes on and ends. */
  pc = 0;
  end = 0;
  depth = 0;
  /** Chains entered in this run. */
  entered = 0;
  readonly #program: Program;
  readonly #stack: Int32Array = new Int32Array(deepest * frameLength);
  /** Chain numbers on the tape: both families of a host share them, this bit tells which. */
  readonly #familyBit: number;
  #start = 0;
  /** `rules` less the current chain's own. */
  #others = 0;

  constructor(program: Program, familyBit: number) {
    this.#program = program;
    this.#familyBit = familyBit;
  }

  begin(base: number, hook: Hook, tape: Tape | null): number {
    this.depth = 0;
    this.entered = 0;
    this.#enter(this.#program.start(base), 0, hook, tape);
    return this.pc;
  }

  /** To the chain that the argument at `at` names; false when it is empty and the packet is back already. */
  jump(at: number, after: number, rules: number, hook: Hook, tape: Tape | null): boolean {
    const program = this.#program;
    let start = program.words[at]!;
    const known = start >= 0 && program.words[start - 1]! >= 0;
    if (!known) start = program.resolve(at);
    if (known && tape === null && program.words[start - 1] === start) {
      this.entered++;
      return false;
    }
    const top = this.depth * frameLength;
    if (this.depth === deepest) this.#refuseLoop();
    this.#stack[top] = after;
    this.#stack[top + 1] = this.end;
    this.#stack[top + 2] = this.#start;
    this.#stack[top + 3] = rules - this.#others;
    this.depth++;
    this.#enter(start, rules, hook, tape);
    return true;
  }

  goto(at: number, rules: number, hook: Hook, tape: Tape | null): void {
    if (tape !== null) this.#recordLeave(tape, rules, hook, chainVerdict.return);
    this.#enter(this.#program.resolve(at), rules, hook, tape);
  }

  /** Back to the chain below: where it goes on. */
  leave(rules: number, hook: Hook, tape: Tape | null): number {
    if (tape !== null) this.#recordLeave(tape, rules, hook, chainVerdict.return);
    this.#pop(rules);
    return this.pc;
  }

  /** The run ends in the current chain; every chain on the way out says so on the tape. */
  finish(rules: number, how: ChainVerdict, hook: Hook, tape: Tape | null): void {
    if (tape === null) return;
    this.#recordLeave(tape, rules, hook, how);
    while (this.depth > 0) {
      this.#pop(rules);
      this.#recordLeave(tape, rules, hook, how);
    }
  }

  /** A rule of the current chain matched. */
  record(tape: Tape, hook: Hook, rule: number): void {
    const at = tape.begin(tapeKind.rule);
    tape.words[at] = hook;
    tape.words[at + 1] = this.#tapeId();
    tape.words[at + 2] = rule;
  }

  #enter(start: number, rules: number, hook: Hook, tape: Tape | null): void {
    this.#start = start;
    this.pc = start;
    this.end = this.#program.words[start - 1]!;
    this.#others = rules;
    if (++this.entered > mostChains) this.#refuseLoop();
    if (tape !== null) {
      const at = tape.begin(tapeKind.chainEnter);
      tape.words[at] = hook;
      tape.words[at + 1] = this.#tapeId();
    }
  }

  #pop(rules: number): void {
    const top = --this.depth * frameLength;
    this.pc = this.#stack[top]!;
    this.end = this.#stack[top + 1]!;
    this.#start = this.#stack[top + 2]!;
    this.#others = rules - this.#stack[top + 3]!;
  }

  #recordLeave(tape: Tape, rules: number, hook: Hook, how: ChainVerdict): void {
    const at = tape.begin(tapeKind.chainLeave);
    tape.words[at] = hook;
    tape.words[at + 1] = this.#tapeId();
    tape.words[at + 2] = rules - this.#others;
    tape.words[at + 3] = how;
  }

  #tapeId(): number {
    return (this.#program.words[this.#start - 2]! << 1) | this.#familyBit;
  }

  /** Of rules that were not read from a text, which is refused: the first packet that goes round finds the loop. */
  #refuseLoop(): never {
    const { table, chain } = this.#program.registry.nameOf(this.#program.words[this.#start - 2]!);
    throw new ParseError(`chains jump in a loop, or deeper than ${deepest}: table ${table}, chain ${chain}`);
  }
}
