import { conditions4, conditions6 } from "./address-conditions.ts";
import { draw } from "./cascade-draw.ts";
import { ChainStack } from "./chain-stack.ts";
import {
  cascadeField,
  cascadeRule,
  conditionFlags,
  destinationFlags,
  headerLength,
  lastOp,
  opCode,
  ruleFlag,
  targetCode,
  targetShift,
} from "./code-layout.ts";
import type { Hook } from "./hook.ts";
import { type HostState, matchHolds } from "./match-evaluator.ts";
import type { Meter } from "./meter.ts";
import type { Packet } from "./packet.ts";
import type { Program } from "./program.ts";
import { natKind, type RuleAnswer } from "./rule-answer.ts";
import { type Tape, tapeKind } from "./tape.ts";
import { type Verdict, verdict } from "./verdict.ts";

/** How the rule that comes next is found: by comparing each, or by passing over those that cannot match. */
export type Engine = "index" | "walk";

/** What a target makes of the walk, beside verdicts: on to the next rule, or on in another chain. */
const next = -1;
const elsewhere = -2;
const byPolicy = -3;

/**
 * Runs a packet through a chain and those that it jumps to. Index and walk are one loop; they differ in how they come to
 * the next rule that is compared, never in what a rule does. Both count the same.
 */
export class Evaluator {
  readonly #program: Program;
  readonly #host: HostState;
  readonly #indexed: boolean;
  readonly #v4: boolean;
  /** Flags of records from which the next rule is sought. */
  readonly #special: number;
  readonly #chains: ChainStack;
  readonly #answer: RuleAnswer;

  /** The rule that the last draw of a cascade chose, if that draw still stands. */
  #pick = -1;
  #drawn = false;
  // What the last `#seek` passed over, and matches evaluated in vain.
  #passedRules = 0;
  #matches = 0;
  /** Rules of cascades passed over; the kernel draws for each. */
  #passedDraws = 0;

  constructor(program: Program, host: HostState, engine: Engine, answer: RuleAnswer) {
    this.#program = program;
    this.#host = host;
    this.#answer = answer;
    this.#indexed = engine === "index";
    this.#v4 = program.registry.family === "IPv4";
    this.#chains = new ChainStack(program, this.#v4 ? 0 : 1);
    this.#special = ruleFlag.cascade | ruleFlag.cascadeMember | (this.#indexed ? ruleFlag.runMember : 0);
  }

  /** Runs the built-in chain `base`, whose policy is `policy`; `accept`, `drop` or `reject`. */
  run(base: number, policy: Verdict, hook: Hook, packet: Packet, meter: Meter, tape: Tape | null): Verdict {
    const chains = this.#chains;
    const special = this.#special;
    const plainDestination = this.#v4 ? ruleFlag.destination : -1;
    const walked = this.#indexed ? 0 : ruleFlag.runMember;
    const destination = packet.dst0;
    let pc = this.#begin(base, hook, tape);
    let end = chains.end;
    let code = this.#program.words;
    let rules = 0;
    let matches = 0;
    let result: number = next;
    for (;;) {
      if (pc === end) {
        if (chains.depth === 0) break;
        pc = chains.leave(rules, hook, tape);
        end = chains.end;
        this.#drawn = false;
        continue;
      }
      let flags = code[pc]!;
      if ((flags & special) !== 0) {
        pc = this.#seek(code, pc, flags, packet);
        rules += this.#passedRules;
        if (pc < 0) {
          pc = ~pc;
          continue;
        }
        flags = code[pc]!;
      }
      rules++;
      let at = pc + headerLength;
      let conditions = flags & conditionFlags;
      if ((flags & destinationFlags) === plainDestination) {
        if (code[at] !== destination) {
          if ((flags & walked) === 0) pc += flags >>> 16;
          else {
            pc = this.#walk(code, pc, destination);
            rules += this.#passedRules;
          }
          continue;
        }
        at++;
        conditions &= ~destinationFlags;
      }
      if (conditions !== 0) at = this.#conditions(code, at, conditions, packet);
      if (at >= 0 && (flags & ruleFlag.matches) !== 0) at = this.#matchAll(code, at, pc, packet, meter, tape);
      if (at < 0) {
        pc += flags >>> 16;
        continue;
      }
      matches += code[pc + 1]! >>> 24;
      this.#count(pc, packet);
      if (tape !== null) chains.record(tape, hook, code[pc + 1]! & 0xffffff);
      pc += flags >>> 16;
      result = this.#act((flags >>> targetShift) & 15, code, at, pc, rules, hook, packet, tape);
      if (result === next) continue;
      if (result !== elsewhere) break;
      pc = chains.pc;
      end = chains.end;
      code = this.#program.words;
    }
    const given = result < 0 ? policy : (result as Verdict);
    if (tape !== null) chains.finish(rules, given, hook, tape);
    meter.rulesCompared += rules;
    meter.matchesEvaluated += matches + this.#matches;
    meter.chainsEntered += chains.entered;
    meter.randomDraws += this.#passedDraws;
    return given;
  }

  #begin(base: number, hook: Hook, tape: Tape | null): number {
    this.#answer.nat = natKind.none;
    this.#matches = 0;
    this.#passedDraws = 0;
    this.#drawn = false;
    return this.#chains.begin(base, hook, tape);
  }

  #conditions(code: Int32Array, at: number, flags: number, packet: Packet): number {
    const { names } = this.#host;
    return this.#v4 ? conditions4(code, at, flags, packet, names) : conditions6(code, at, flags, packet, names);
  }

  /** All of a rule has matched: its counters, and no draw stands any longer. */
  #count(pc: number, { bytes, fate }: Packet): void {
    const { counters } = this.#program;
    counters.count(pc, bytes);
    if (fate.journal !== undefined) fate.journal.note(counters, pc);
    this.#drawn = false;
  }

  /** Evaluates a rule's matches: where the target's arguments stand, or -1. */
  #matchAll(code: Int32Array, start: number, pc: number, packet: Packet, meter: Meter, tape: Tape | null): number {
    for (let at = start; ; ) {
      const op = code[at]!;
      if (!this.#holds(code, at, op & 0x7f, pc, packet, meter, tape)) {
        this.#matches += (op >>> 8) & 0xff;
        return -1;
      }
      at += op >>> 16;
      if ((op & lastOp) !== 0) return at;
    }
  }

  #holds(
    code: Int32Array,
    at: number,
    kind: number,
    pc: number,
    packet: Packet,
    meter: Meter,
    tape: Tape | null,
  ): boolean {
    if (kind === opCode.destinationPort) return ((packet.protocol << 16) | packet.destinationPort) === code[at + 1];
    if (kind === opCode.cascade) {
      meter.randomDraws++;
      return pc === this.#pick;
    }
    return matchHolds(code, at, packet, this.#host, meter, tape);
  }

  /**
   * From a member of a run or a cascade (or a cascade's own record) to the rule that is compared next; ~pc when the packet
   * goes on at pc without one. Counts what it passes.
   */
  #seek(code: Int32Array, pc: number, flags: number, packet: Packet): number {
    this.#passedRules = 0;
    if ((flags & ruleFlag.runMember) !== 0) {
      const run = this.#program.runs[code[pc + 2]!]!;
      const from = (code[pc + 1]! & 0xffffff) - run.firstRule;
      const found = run.find(packet, from);
      this.#passedRules = found - from;
      this.#matches += run.skippedMatches;
      return found < run.count ? run.pcs[found]! : ~run.pcs[found]!;
    }
    const whole = (flags & ruleFlag.cascade) !== 0;
    const cascade = whole ? pc : code[pc + 2]!;
    if (this.#drawn && !whole && !this.#indexed) return pc;
    const from = whole ? 0 : (code[pc + 1]! & 0xffffff) - code[cascade + cascadeField.firstRule]!;
    const count = code[cascade + cascadeField.count]!;
    const chosen = draw(code, cascade, from, this.#host.chance, packet.fate);
    const target = cascadeRule(code, cascade, chosen);
    this.#drawn = true;
    this.#pick = chosen < count ? target : -1;
    if (!this.#indexed) return whole ? ~cascadeRule(code, pc, 0) : pc;
    this.#passedRules = chosen - from;
    this.#passedDraws += chosen - from;
    this.#matches += (chosen - from) * code[cascade + cascadeField.cost]!;
    return chosen < count ? target : ~target;
  }

  /**
   * From a member of a run that is not for the packet's destination: where the next one stands that is, or what comes behind
   * the run's last (a cascade's record it may be, where the draw is made). Counts those between: compared, and no match.
   */
  #walk(code: Int32Array, pc: number, destination: number): number {
    const run = this.#program.runs[code[pc + 2]!]!;
    const from = (code[pc + 1]! & 0xffffff) - run.firstRule + 1;
    const found = run.walk(code, destination, from);
    this.#passedRules = found - from;
    if (found < run.count) return run.pcs[found]!;
    const last = run.pcs[found - 1]!;
    return last + (code[last]! >>> 16);
  }

  /** Carries out the target of a rule that matched; `after` is where the next rule begins. */
  #act(
    target: number,
    code: Int32Array,
    at: number,
    after: number,
    rules: number,
    hook: Hook,
    packet: Packet,
    tape: Tape | null,
  ): number {
    switch (target) {
      case targetCode.jump:
        return this.#chains.jump(at, after, rules, hook, tape) ? elsewhere : next;
      case targetCode.none:
        return next;
      case targetCode.MARK: {
        const before = packet.mark;
        packet.mark = (before & ~code[at + 1]!) ^ code[at]!;
        if (tape !== null) tape.write(tapeKind.mark, before, packet.mark);
        return next;
      }
      case targetCode.RETURN:
        if (this.#chains.depth === 0) return byPolicy;
        this.#chains.leave(rules, hook, tape);
        return elsewhere;
      case targetCode.goto:
        this.#chains.goto(at, rules, hook, tape);
        return elsewhere;
      case targetCode.ACCEPT:
        return verdict.accept;
      case targetCode.DROP:
        return verdict.drop;
      case targetCode.REJECT:
        packet.rejection = code[at]!;
        return verdict.reject;
      default:
        this.#askForNat(target, code, at);
        return verdict.accept;
    }
  }

  #askForNat(target: number, code: Int32Array, at: number): void {
    const answer = this.#answer;
    if (target === targetCode.DNAT) {
      const width = this.#v4 ? 1 : 4;
      for (let i = 0; i < width; i++) answer.natAddress[i] = code[at + i]!;
      answer.nat = natKind.destination;
      answer.natPort = code[at + width]!;
    } else if (target === targetCode.MASQUERADE) {
      answer.nat = natKind.masquerade;
      answer.natRandom = code[at] === 1;
    } else {
      answer.nat = natKind.redirect;
      answer.natPort = code[at]!;
    }
  }
}
