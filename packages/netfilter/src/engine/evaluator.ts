import { ParseError } from "@kubenetsim/core/runtime/errors";
import { conditions4, conditions6 } from "./address-conditions.ts";
import { headerLength, lastOp, opCode, ruleFlag, targetCode, targetShift } from "./code-layout.ts";
import type { Hook } from "./hook.ts";
import { type HostState, matchHolds } from "./match-evaluator.ts";
import type { Meter } from "./meter.ts";
import type { Packet } from "./packet.ts";
import { cascadeLength, type Program } from "./program.ts";
import { type Tape, tapeKind } from "./tape.ts";
import { type ChainVerdict, chainVerdict, type Verdict, verdict } from "./verdict.ts";

/** How the rule that comes next is found: by comparing each, or by passing over those that cannot match. */
export type Engine = "index" | "walk";

/** What a nat rule asks for. */
export const natKind = { none: 0, destination: 1, masquerade: 2, redirect: 3 } as const;

/** Deeper than any kube-proxy goes; a loop of chains ends here. */
const deepest = 64;
const frameLength = 4;
/** No packet goes through so many chains but one that runs in a circle of gotos. */
const mostChains = 1 << 20;
const conditionFlags = ruleFlag.destination | ruleFlag.source | ruleFlag.protocol | ruleFlag.devices;

/**
 * Runs a packet through a chain and those that it jumps to. Index and walk are one loop; they differ in how they come to
 * the next rule that is compared, never in what a rule does. Both count the same.
 */
export class Evaluator {
  readonly #program: Program;
  readonly #host: HostState;
  readonly #indexed: boolean;
  readonly #v4: boolean;
  readonly #stack: Int32Array = new Int32Array(deepest * frameLength);
  /** Chain numbers on the tape: both families of a host share them, this bit tells which. */
  readonly #familyBit: number;

  // What the last run left beside its verdict.
  /** `natKind`, and its address, port (-1: as it is) and whether the port is to be random. */
  nat = 0;
  readonly natAddress: Int32Array = new Int32Array(4);
  natPort = -1;
  natRandom = false;
  /** Id of the reject type. */
  rejectId = 0;

  // Where the packet stands in the chain.
  #pc = 0;
  #end = 0;
  #chain = 0;
  #depth = 0;
  /** Rules compared of the current chain. */
  #own = 0;
  /** The rule that the last draw of a cascade chose; -1 for none. */
  #pick = -1;
  #drawn = false;
  #rules = 0;
  #matches = 0;
  #chains = 0;
  /** Rules with a random `statistic`, which the kernel draws for one by one. */
  #draws = 0;

  constructor(program: Program, host: HostState, engine: Engine) {
    this.#program = program;
    this.#host = host;
    this.#indexed = engine === "index";
    this.#v4 = program.registry.family === "IPv4";
    this.#familyBit = this.#v4 ? 0 : 1;
  }

  /** Runs the built-in chain `base`, whose policy is `policy`; `accept`, `drop` or `reject`. */
  run(base: number, policy: Verdict, hook: Hook, packet: Packet, meter: Meter, tape: Tape | null): Verdict {
    this.nat = natKind.none;
    this.#depth = 0;
    this.#rules = 0;
    this.#matches = 0;
    this.#chains = 0;
    this.#draws = 0;
    this.#enter(base, hook, tape);
    let result: number = -1;
    while (result < 0) {
      if (this.#pc === this.#end) result = this.#leave(chainVerdict.return, policy, hook, tape);
      else result = this.#rule(policy, hook, packet, meter, tape);
    }
    meter.rulesCompared += this.#rules;
    meter.matchesEvaluated += this.#matches;
    meter.chainsEntered += this.#chains;
    meter.randomDraws += this.#draws;
    return result as Verdict;
  }

  /** Compares the rule at the program counter and does what it says; a verdict, or -1 to go on. */
  #rule(policy: Verdict, hook: Hook, packet: Packet, meter: Meter, tape: Tape | null): number {
    const code = this.#program.code;
    let pc = this.#pc;
    let flags = code[pc]!;
    let at = pc + headerLength;
    if ((flags & (ruleFlag.runMember | ruleFlag.cascadeMember)) !== 0) {
      if (!this.#findNext(code, flags, packet)) return -1;
      pc = this.#pc;
      flags = code[pc]!;
      at = pc + headerLength + 1;
    }
    this.#pc = pc + (flags >>> 16);
    this.#rules++;
    this.#own++;
    if ((flags & conditionFlags) !== 0) {
      const names = this.#host.names;
      at = this.#v4 ? conditions4(code, at, flags, packet, names) : conditions6(code, at, flags, packet, names);
      if (at < 0) return -1;
    }
    if ((flags & ruleFlag.matches) !== 0) {
      at = this.#matchAll(code, at, pc, packet, meter, tape);
      if (at < 0) return -1;
    }
    this.#matches += code[pc + 1]! >>> 24;
    return this.#matched(code, pc, at, policy, hook, packet, tape);
  }

  /** Evaluates the match operations; where the target's arguments start, or -1. */
  #matchAll(code: Int32Array, start: number, pc: number, packet: Packet, meter: Meter, tape: Tape | null): number {
    let at = start;
    for (;;) {
      const op = code[at]!;
      const kind = op & 0x7f;
      const holds =
        kind === opCode.destinationPort
          ? ((packet.protocol << 16) | packet.destinationPort) === code[at + 1]
          : kind === opCode.cascade
            ? this.#isPicked(pc)
            : matchHolds(code, at, packet, this.#host, meter, tape);
      if (!holds) {
        this.#matches += (op >>> 8) & 0xff;
        return -1;
      }
      at += op >>> 16;
      if ((op & lastOp) !== 0) return at;
    }
  }

  #isPicked(pc: number): boolean {
    this.#draws++;
    return pc === this.#pick;
  }

  /** Counts the match and carries out the target. */
  #matched(
    code: Int32Array,
    pc: number,
    at: number,
    policy: Verdict,
    hook: Hook,
    packet: Packet,
    tape: Tape | null,
  ): number {
    this.#drawn = false;
    code[pc + 2]!++;
    const bytes = code[pc + 3]! + packet.bytes;
    code[pc + 3] = bytes & 0x3fffffff;
    code[pc + 4]! += bytes >>> 30;
    if (tape !== null) this.#record(tape, hook, code[pc + 1]! & 0xffffff);
    switch ((code[pc]! >>> targetShift) & 15) {
      case targetCode.none:
        return -1;
      case targetCode.ACCEPT:
        return this.#finish(verdict.accept, hook, tape);
      case targetCode.DROP:
        return this.#finish(verdict.drop, hook, tape);
      case targetCode.RETURN:
        return this.#leave(chainVerdict.return, policy, hook, tape);
      case targetCode.jump:
        this.#push();
        this.#enter(code[at]!, hook, tape);
        return -1;
      case targetCode.goto:
        if (tape !== null) this.#recordLeave(tape, hook, chainVerdict.return);
        this.#enter(code[at]!, hook, tape);
        return -1;
      case targetCode.REJECT:
        this.rejectId = code[at]!;
        return this.#finish(verdict.reject, hook, tape);
      case targetCode.MARK: {
        const before = packet.mark;
        packet.mark = (before & ~code[at + 1]!) ^ code[at]!;
        if (tape !== null) tape.write(tapeKind.mark, before, packet.mark);
        return -1;
      }
      default:
        this.#askForNat(code, pc, at);
        return this.#finish(verdict.accept, hook, tape);
    }
  }

  #askForNat(code: Int32Array, pc: number, at: number): void {
    const target = (code[pc]! >>> targetShift) & 15;
    if (target === targetCode.DNAT) {
      const width = this.#v4 ? 1 : 4;
      for (let i = 0; i < width; i++) this.natAddress[i] = code[at + i]!;
      this.nat = natKind.destination;
      this.natPort = code[at + width]!;
    } else if (target === targetCode.MASQUERADE) {
      this.nat = natKind.masquerade;
      this.natRandom = code[at] === 1;
    } else {
      this.nat = natKind.redirect;
      this.natPort = code[at]!;
    }
  }

  // --- from rule to rule

  /** Brings a member of a run or cascade to the rule that is compared next; false when none of it is. */
  #findNext(code: Int32Array, flags: number, packet: Packet): boolean {
    const pc = this.#pc;
    if ((flags & ruleFlag.cascadeMember) !== 0) return this.#draw(code, pc);
    if (!this.#indexed) return true;
    const run = this.#program.runs[code[pc + headerLength]!]!;
    const from = (code[pc + 1]! & 0xffffff) - run.firstRule;
    const found = run.find(packet, from);
    this.#rules += found - from;
    this.#own += found - from;
    this.#matches += run.skippedMatches;
    this.#pc = run.pcs[found]!;
    return found < run.count;
  }

  /**
   * One draw decides a whole cascade: with u from [0, 1), v = S(i) · (1 − u), where S(k) is the chance that the draw passes
   * the first k rules and i the rule at which the packet comes in; the first rule j with v > S(j + 1) is the one. Each rule
   * is chosen with exactly the chance that separate draws would give it.
   */
  #draw(code: Int32Array, pc: number): boolean {
    const cascades = this.#program.cascades;
    const base = code[pc + headerLength]! * cascadeLength;
    const first = cascades[base + 4]!;
    const from = (code[pc + 1]! & 0xffffff) - first;
    if (from > 0 && this.#drawn && !this.#indexed) return true;
    const count = cascades[base + 2]!;
    const survivals = this.#program.survivals;
    const offset = cascades[base + 3]!;
    const value = survivals[offset + from]! * (1 - this.#host.chance.next());
    const chosen = choose(survivals, offset, from, count, value);
    this.#drawn = true;
    this.#pick = chosen === count ? -1 : cascades[base]! + chosen * cascades[base + 1]!;
    if (!this.#indexed) return true;
    const passed = chosen - from;
    this.#rules += passed;
    this.#own += passed;
    this.#draws += passed;
    this.#matches += passed * cascades[base + 5]!;
    this.#pc = cascades[base]! + chosen * cascades[base + 1]!;
    return chosen < count;
  }

  #enter(chain: number, hook: Hook, tape: Tape | null): void {
    const program = this.#program;
    if (program.starts[chain]! < 0 || program.starts[chain] === undefined) program.compile(chain);
    this.#chain = chain;
    this.#pc = program.starts[chain]!;
    this.#end = program.ends[chain]!;
    this.#own = 0;
    if (++this.#chains > mostChains) this.#refuseLoop();
    this.#drawn = false;
    if (tape !== null) tape.write(tapeKind.chainEnter, hook, (chain << 1) | this.#familyBit);
  }

  /** The kernel refuses loops when the rules are loaded; here the first packet that goes round finds them. */
  #refuseLoop(): never {
    const { table, chain } = this.#program.registry.nameOf(this.#chain);
    throw new ParseError(`chains jump in a loop, or deeper than ${deepest}: table ${table}, chain ${chain}`);
  }

  #push(): void {
    const top = this.#depth * frameLength;
    if (this.#depth === deepest) this.#refuseLoop();
    this.#stack[top] = this.#pc;
    this.#stack[top + 1] = this.#end;
    this.#stack[top + 2] = this.#chain;
    this.#stack[top + 3] = this.#own;
    this.#depth++;
  }

  /** Back to the calling chain, or the policy when there is none. */
  #leave(how: ChainVerdict, policy: Verdict, hook: Hook, tape: Tape | null): number {
    if (this.#depth === 0) {
      if (tape !== null) this.#recordLeave(tape, hook, policy);
      return policy;
    }
    if (tape !== null) this.#recordLeave(tape, hook, how);
    this.#pop();
    return -1;
  }

  #pop(): void {
    const top = --this.#depth * frameLength;
    this.#pc = this.#stack[top]!;
    this.#end = this.#stack[top + 1]!;
    this.#chain = this.#stack[top + 2]!;
    this.#own = this.#stack[top + 3]!;
    this.#drawn = false;
  }

  /** Ends the run; every chain on the way out says so on the tape. */
  #finish(result: Verdict, hook: Hook, tape: Tape | null): Verdict {
    if (tape === null) return result;
    this.#recordLeave(tape, hook, result);
    while (this.#depth > 0) {
      this.#pop();
      this.#recordLeave(tape, hook, result);
    }
    return result;
  }

  #record(tape: Tape, hook: Hook, rule: number): void {
    const at = tape.begin(tapeKind.rule);
    tape.words[at] = hook;
    tape.words[at + 1] = (this.#chain << 1) | this.#familyBit;
    tape.words[at + 2] = rule;
  }

  #recordLeave(tape: Tape, hook: Hook, how: ChainVerdict): void {
    tape.write(tapeKind.chainLeave, hook, (this.#chain << 1) | this.#familyBit, this.#own, how);
  }
}

/** The first rule j from `from` on with value > S(j + 1); `count` for none. S falls, so halving finds it. */
function choose(survivals: Float64Array, offset: number, from: number, count: number, value: number): number {
  let low = from;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (value > survivals[offset + middle + 1]!) high = middle;
    else low = middle + 1;
  }
  return low;
}
