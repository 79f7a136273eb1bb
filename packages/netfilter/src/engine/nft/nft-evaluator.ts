import type { Hook } from "../hook.ts";
import type { HostState } from "../match-evaluator.ts";
import type { Meter } from "../meter.ts";
import type { Packet } from "../packet.ts";
import { natKind, type RuleAnswer } from "../rule-answer.ts";
import { type Tape, tapeKind } from "../tape.ts";
import { type Verdict, verdict } from "../verdict.ts";
import { endpointLength, type NftChainCode, type NftLookup, noElement } from "./chain-code.ts";
import { conditionHolds } from "./conditions.ts";
import type { ElementSet } from "./element-set.ts";
import { readKey } from "./key-reader.ts";
import { NftChainStack } from "./nft-chain-stack.ts";
import { nftHeaderLength, nftOp, nftOpLengths, nftVerdict, nftVerdictBits } from "./nft-code.ts";
import type { NftProgram } from "./nft-program.ts";

/** What a statement makes of the run, beside verdicts: on with the rule, on to the next rule, or on in another chain. */
const proceed = -1;
const broken = -2;
const elsewhere = -3;
const byPolicy = -4;

const kindMask = (1 << nftVerdictBits) - 1;

/** Runs a packet through a base chain and those that it leads to (net/netfilter/nf_tables_core.c, nft_do_chain). */
export class NftEvaluator {
  readonly #program: NftProgram;
  readonly #host: HostState;
  readonly #answer: RuleAnswer;
  readonly #chains: NftChainStack = new NftChainStack();
  /** By width, so that each is as long as the keys of its sets; made for the first key, because most hosts read none. */
  readonly #keys: Int32Array[] = [];

  // What is under way.
  #hook: Hook = 0;
  #packet!: Packet;
  #meter!: Meter;
  #tape: Tape | null = null;
  #rules = 0;
  /** Where the current rule begins, and whether the tape has it. */
  #start = 0;
  #isRecorded = false;

  constructor(program: NftProgram, host: HostState, answer: RuleAnswer) {
    this.#program = program;
    this.#host = host;
    this.#answer = answer;
  }

  /** `accept`, `drop` or `reject`; accept is for this base chain alone. */
  run(base: number, hook: Hook, packet: Packet, meter: Meter, tape: Tape | null): Verdict {
    const chains = this.#chains;
    this.#hook = hook;
    this.#packet = packet;
    this.#meter = meter;
    this.#tape = tape;
    this.#rules = 0;
    this.#answer.nat = natKind.none;
    chains.begin(this.#program.code(base), hook, tape);
    const result = this.#runRules();
    const given = result < 0 ? this.#program.bases.policy(base) : (result as Verdict);
    if (tape !== null) chains.finish(this.#rules, given, hook, tape);
    meter.rulesCompared += this.#rules;
    meter.chainsEntered += chains.entered;
    return given;
  }

  #runRules(): number {
    const chains = this.#chains;
    for (;;) {
      if (chains.at === chains.code.words.length) {
        if (chains.depth === 0) return byPolicy;
        chains.leave(this.#rules, this.#hook, this.#tape);
        continue;
      }
      this.#rules++;
      const result = this.#rule(chains.code);
      if (result >= 0 || result === byPolicy) return result;
    }
  }

  /** The current chain's next rule. */
  #rule(code: NftChainCode): number {
    const { words } = code;
    const start = this.#chains.at;
    const end = words[start]!;
    this.#chains.at = end;
    this.#start = start;
    this.#isRecorded = this.#tape === null;
    for (let at = start + nftHeaderLength; at < end; at += nftOpLengths[words[at]!]!) {
      const op = words[at]!;
      if (op <= nftOp.device) {
        if (!conditionHolds(words, at, this.#packet, this.#host)) return broken;
      } else {
        const result = this.#carryOut(code, op, at);
        if (result !== proceed) return result;
      }
    }
    this.#record(-1);
    return proceed;
  }

  #carryOut(code: NftChainCode, op: number, at: number): number {
    const { words } = code;
    switch (op) {
      case nftOp.lookup:
        return (this.#find(code, code.lookups[words[at + 1]!]!) === noElement) === (words[at + 2] === 1)
          ? proceed
          : broken;
      case nftOp.verdictMap:
        return this.#mapVerdict(code, code.lookups[words[at + 1]!]!);
      case nftOp.verdict:
        this.#record(-1);
        return this.#follow(words[at + 1]!);
      case nftOp.dnatMap:
        return this.#mapEndpoint(code, code.lookups[words[at + 1]!]!);
      case nftOp.updateSet:
        return this.#updateSet(code, code.lookups[words[at + 1]!]!, words[at + 2] === 1);
      case nftOp.markTo: {
        const mark = this.#readKey(code, code.lookups[words[at + 1]!]!)[0]!;
        this.#record(-1);
        return this.#setMark(mark);
      }
      case nftOp.counter: {
        const count = code.counters[words[at + 1]!]!;
        this.#packet.fate.more = true;
        count.packets++;
        count.bytes += this.#packet.bytes;
        return proceed;
      }
      default:
        this.#record(-1);
        return this.#act(words, op, at);
    }
  }

  /** What neither a key nor another chain is needed for. */
  #act(words: Int32Array, op: number, at: number): number {
    const answer = this.#answer;
    const packet = this.#packet;
    switch (op) {
      case nftOp.reject:
        packet.rejection = words[at + 1]!;
        return verdict.reject;
      case nftOp.mark:
        return this.#setMark((packet.mark & words[at + 1]!) ^ words[at + 2]!);
      case nftOp.masquerade:
        answer.nat = natKind.masquerade;
        answer.natRandom = words[at + 1] === 1;
        return verdict.accept;
      default:
        return this.#translate(words, at + 1);
    }
  }

  #setMark(mark: number): number {
    const packet = this.#packet;
    const before = packet.mark;
    packet.mark = mark;
    this.#tape?.write(tapeKind.mark, before, mark);
    return proceed;
  }

  /** DNAT to the four address words and the port at `at`. */
  #translate(words: Int32Array, at: number): number {
    const answer = this.#answer;
    answer.nat = natKind.destination;
    for (let i = 0; i < 4; i++) answer.natAddress[i] = words[at + i]!;
    answer.natPort = words[at + 4]!;
    return verdict.accept;
  }

  #mapVerdict(code: NftChainCode, lookup: NftLookup): number {
    const action = this.#find(code, lookup);
    if (action === noElement) return broken;
    if ((action & kindMask) !== nftVerdict.continue) this.#record(action);
    return this.#follow(action);
  }

  #mapEndpoint(code: NftChainCode, lookup: NftLookup): number {
    const action = this.#find(code, lookup);
    if (action === noElement) return broken;
    this.#record(-1);
    return this.#translate(lookup.endpoints, action * endpointLength);
  }

  /** A set that is full breaks the rule off. */
  #updateSet(code: NftChainCode, lookup: NftLookup, refresh: boolean): number {
    const key = this.#readKey(code, lookup);
    this.#meter.setLookups++;
    this.#packet.fate.more = true;
    return this.#setOf(lookup).update(key, refresh, this.#host.clock.nowMs) ? proceed : broken;
  }

  #follow(word: number): number {
    const chains = this.#chains;
    const chain = word >> nftVerdictBits;
    switch (word & kindMask) {
      case nftVerdict.accept:
        return verdict.accept;
      case nftVerdict.drop:
        return verdict.drop;
      case nftVerdict.continue:
        return proceed;
      case nftVerdict.return:
        if (chains.depth === 0) return byPolicy;
        chains.leave(this.#rules, this.#hook, this.#tape);
        return elsewhere;
      case nftVerdict.jump:
        chains.jump(this.#program.code(chain), this.#rules, this.#hook, this.#tape);
        return elsewhere;
      default:
        chains.goto(this.#program.code(chain), this.#rules, this.#hook, this.#tape);
        return elsewhere;
    }
  }

  /** The action of the element that the packet's key belongs to, or `noElement`. */
  #find(code: NftChainCode, lookup: NftLookup): number {
    const key = this.#readKey(code, lookup);
    this.#meter.setLookups++;
    if (lookup.numbers !== undefined) return lookup.numbers[(key[0]! >>> 0) - lookup.offset]!;
    const set = this.#setOf(lookup);
    const slot = set.find(key, this.#host.clock.nowMs);
    const action = slot < 0 ? noElement : set.actions[slot]!;
    if (set.limits.isLive) this.#packet.fate.more = true;
    if (this.#tape !== null && lookup.set >= 0) recordLookup(this.#tape, lookup.set, key, action);
    return action;
  }

  #setOf(lookup: NftLookup): ElementSet {
    return lookup.own ?? this.#program.set(lookup.set);
  }

  #readKey(code: NftChainCode, { key, width }: NftLookup): Int32Array {
    this.#keys[width] ??= new Int32Array(width);
    return readKey(code, key, this.#keys[width], this.#packet, this.#host, this.#meter, this.#tape);
  }

  /** The current rule holds; `action` is the verdict that a map gave, or -1. Once a rule, before what it does. */
  #record(action: number): void {
    if (this.#isRecorded) return;
    this.#isRecorded = true;
    const tape = this.#tape!;
    const { words } = tape;
    const at = tape.begin(tapeKind.nftRule);
    words[at] = this.#hook;
    words[at + 1] = this.#chains.tapeId;
    words[at + 2] = this.#chains.code.words[this.#start + 1]!;
    words[at + 3] = action;
  }
}

function recordLookup(tape: Tape, id: number, key: Int32Array, action: number): void {
  const at = tape.begin(tapeKind.nftLookup);
  const { words } = tape;
  words[at] = id;
  words[at + 1] = action === noElement ? 0 : 1;
  words[at + 2] = Math.max(-1, action);
  words[at + 3] = key.length;
  for (let i = 0; i < key.length; i++) words[at + 4 + i] = key[i]!;
}
