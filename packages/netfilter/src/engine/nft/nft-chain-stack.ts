import { ParseError } from "@kubenetsim/core/runtime/errors";
import type { Hook } from "../hook.ts";
import { type Tape, tapeKind } from "../tape.ts";
import { type ChainVerdict, chainVerdict } from "../verdict.ts";
import type { NftChainCode } from "./chain-code.ts";

/** NFT_JUMP_STACK_SIZE: the kernel refuses rules that jump deeper. */
const deepest = 16;
/** No packet goes through so many chains but one that runs in a circle of gotos. */
const mostChains = 1 << 20;

/** The chains that a packet is in, where each goes on, and what the tape says when one is entered or left. */
export class NftChainStack {
  code!: NftChainCode;
  /** Where the current chain goes on. */
  at = 0;
  depth = 0;
  entered = 0;
  readonly #codes: NftChainCode[] = [];
  readonly #ats: Int32Array = new Int32Array(deepest);
  readonly #others: Int32Array = new Int32Array(deepest);
  /** Rules compared in this run less the current chain's own. */
  #notOwn = 0;

  begin(code: NftChainCode, hook: Hook, tape: Tape | null): void {
    this.depth = 0;
    this.entered = 0;
    this.#enter(code, 0, hook, tape);
  }

  jump(code: NftChainCode, rules: number, hook: Hook, tape: Tape | null): void {
    if (this.depth === deepest) throw new ParseError(`nft chains jump deeper than ${deepest}: Too many links`);
    this.#codes[this.depth] = this.code;
    this.#ats[this.depth] = this.at;
    this.#others[this.depth] = rules - this.#notOwn;
    this.depth++;
    this.#enter(code, rules, hook, tape);
  }

  goto(code: NftChainCode, rules: number, hook: Hook, tape: Tape | null): void {
    if (tape !== null) this.#recordLeave(tape, rules, hook, chainVerdict.return);
    this.#enter(code, rules, hook, tape);
  }

  /** Back to the chain that jumped last. */
  leave(rules: number, hook: Hook, tape: Tape | null): void {
    if (tape !== null) this.#recordLeave(tape, rules, hook, chainVerdict.return);
    this.#pop(rules);
  }

  /** The run ends in the current chain; every chain on the way out says so on the tape. */
  finish(rules: number, how: ChainVerdict, hook: Hook, tape: Tape): void {
    this.#recordLeave(tape, rules, hook, how);
    while (this.depth > 0) {
      this.#pop(rules);
      this.#recordLeave(tape, rules, hook, how);
    }
  }

  /** The current chain's id as the tape has it: below zero, which tells it from iptables'. */
  get tapeId(): number {
    return ~this.code.id;
  }

  #enter(code: NftChainCode, rules: number, hook: Hook, tape: Tape | null): void {
    this.code = code;
    this.at = 0;
    this.#notOwn = rules;
    if (++this.entered > mostChains) throw new ParseError("nft chains go to each other in a circle");
    if (tape === null) return;
    const record = tape.begin(tapeKind.chainEnter);
    tape.words[record] = hook;
    tape.words[record + 1] = this.tapeId;
  }

  #pop(rules: number): void {
    this.depth--;
    this.code = this.#codes[this.depth]!;
    this.at = this.#ats[this.depth]!;
    this.#notOwn = rules - this.#others[this.depth]!;
  }

  #recordLeave(tape: Tape, rules: number, hook: Hook, how: ChainVerdict): void {
    const record = tape.begin(tapeKind.chainLeave);
    tape.words[record] = hook;
    tape.words[record + 1] = this.tapeId;
    tape.words[record + 2] = rules - this.#notOwn;
    tape.words[record + 3] = how;
  }
}
