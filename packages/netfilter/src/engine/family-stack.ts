import type { RestoreInput } from "../ruleset/ruleset.ts";
import type { AddressBook } from "./address-book.ts";
import { tableNames } from "./chain-registry.ts";
import type { Conntrack } from "./conntrack.ts";
import type { Director } from "./director.ts";
import type { Evaluator } from "./evaluator.ts";
import { type Hook, hook, hookNames } from "./hook.ts";
import type { HookOrder } from "./hook-order.ts";
import { builtinStations, type HookPlan, plansOf, type Station, stage, tableStation } from "./hook-plan.ts";
import type { Meter } from "./meter.ts";
import type { Manip } from "./nat.ts";
import type { NatHook } from "./nat-hook.ts";
import type { NftEvaluator } from "./nft/nft-evaluator.ts";
import type { NftProgram } from "./nft/nft-program.ts";
import { ctState, type Packet } from "./packet.ts";
import type { Program } from "./program.ts";
import { natKind, type RuleAnswer } from "./rule-answer.ts";
import { type Tape, tapeKind } from "./tape.ts";
import { type Verdict, verdict } from "./verdict.ts";

const hookCount = hookNames.length;
const { accept } = verdict;

export interface StackParts {
  readonly program: Program;
  readonly evaluator: Evaluator;
  /** Tables of both families; the evaluator is this family's. */
  readonly nft: NftProgram;
  readonly nftEvaluator: NftEvaluator;
  /** Where the evaluators leave what a rule asked for. */
  readonly answer: RuleAnswer;
  readonly order: HookOrder;
  readonly conntrack: Conntrack;
  readonly natHook: NatHook;
  readonly addresses: AddressBook;
  readonly director: Director | undefined;
}

/** The hooks of one family on one host, in the kernel's order (enum nf_ip_hook_priorities). */
export class FamilyStack {
  readonly #parts: StackParts;
  readonly #policies: Uint8Array = new Uint8Array(tableNames.length * hookCount);
  /** By hook, all but the chains of NAT; these, which NAT asks, by hook as well. */
  #plans: readonly HookPlan[] = [];
  #natPlans: readonly HookPlan[] = [];

  constructor(parts: StackParts) {
    this.#parts = parts;
    this.refresh();
  }

  get program(): Program {
    return this.#parts.program;
  }

  get conntrack(): Conntrack {
    return this.#parts.conntrack;
  }

  /** After the rules have changed. */
  refresh(): void {
    const { natHook, director } = this.#parts;
    const filters: Station[] = [];
    const nats: Station[] = [];
    this.#addTables(filters, nats);
    this.#addBaseChains(filters, nats);
    const natOrder = nats.reduce((oldest, { order }) => Math.min(oldest, order), Number.MAX_SAFE_INTEGER);
    filters.push(...builtinStations(natOrder, director !== undefined));
    this.#plans = plansOf(filters);
    this.#natPlans = plansOf(nats);
    natHook.active = nats.length > 0;
  }

  #addTables(filters: Station[], nats: Station[]): void {
    const { program, order } = this.#parts;
    const { registry } = program;
    for (const [slot, base] of registry.bases.entries()) {
      const chain = base < 0 ? undefined : registry.chainOf(base);
      if (chain === undefined) continue;
      const table = tableNames[Math.floor(slot / hookCount)]!;
      const isEmpty = chain.rules.length === 0 && chain.policy !== "DROP";
      const number = order.register(`${registry.family} ${table}`);
      const station = tableStation(table, (slot % hookCount) as Hook, isEmpty, number);
      (table === "nat" ? nats : filters).push(station);
      this.#policies[slot] = chain.policy === "DROP" ? verdict.drop : accept;
    }
  }

  #addBaseChains(filters: Station[], nats: Station[]): void {
    const { program, nft } = this.#parts;
    for (const chain of nft.bases.of(program.registry.family === "IPv4" ? "ip" : "ip6")) {
      const { hook, priority, order } = chain;
      (chain.type === "nat" ? nats : filters).push({ hook, priority, order, stage: stage.nft, argument: chain.id });
    }
  }

  /** @throws RestoreError, with the tables before taken */
  restore(input: RestoreInput): void {
    try {
      this.program.restore(input);
    } finally {
      this.refresh();
    }
  }

  runHook(at: Hook, packet: Packet, meter: Meter, tape: Tape | null): Verdict {
    const plan = this.#plans[at]!;
    for (let i = 0; i < plan.length; i += 2) {
      const result = this.#runStage(plan[i]!, plan[i + 1]!, at, packet, meter, tape);
      if (result !== accept) return result;
    }
    return accept;
  }

  #runStage(what: number, argument: number, at: Hook, packet: Packet, meter: Meter, tape: Tape | null): Verdict {
    switch (what) {
      case stage.track:
        this.#track(packet, meter, tape);
        return accept;
      case stage.nat:
        if (at === hook.OUTPUT) return this.#natLocally(argument as Manip, packet, meter, tape);
        return this.#nat(argument as Manip, at, packet, meter, tape);
      case stage.director:
        return this.#direct(at, packet, meter, tape);
      case stage.outgoing:
        this.#leaveDirector(packet, meter, tape);
        return accept;
      case stage.confirm:
        this.#confirm(packet);
        return accept;
      default:
        return this.#runChain(what, argument, at, packet, meter, tape);
    }
  }

  #runChain(what: number, argument: number, at: Hook, packet: Packet, meter: Meter, tape: Tape | null): Verdict {
    if (what === stage.emptyChain) {
      meter.chainsEntered++;
      return accept;
    }
    const { program, evaluator, nftEvaluator } = this.#parts;
    if (what === stage.nft) return nftEvaluator.run(argument, at, packet, meter, tape);
    const base = program.registry.bases[argument]!;
    return evaluator.run(base, this.#policies[argument] as Verdict, at, packet, meter, tape);
  }

  /** Once for each packet on a host: one that comes by again (loopback, IPVS) still knows its connection. */
  #track(packet: Packet, meter: Meter, tape: Tape | null): void {
    if (packet.ctState !== ctState.untracked) return;
    meter.conntrackLookups++;
    if (packet.stateless) packet.ctState = packet.icmpError >= 0 ? ctState.related : ctState.new;
    else this.#parts.conntrack.track(packet);
    if (tape !== null) tape.write(tapeKind.conntrack, packet.ctState, packet.ctReply ? 1 : 0);
  }

  /** Another destination may lie another way; a packet without any goes no further (nf_nat_ipv4_local_fn). */
  #natLocally(side: Manip, packet: Packet, meter: Meter, tape: Tape | null): Verdict {
    const { dst0, dst1, dst2, dst3 } = packet;
    const result = this.#nat(side, hook.OUTPUT, packet, meter, tape);
    if (result !== accept || packet.router === undefined) return result;
    if (dst0 === packet.dst0 && dst1 === packet.dst1 && dst2 === packet.dst2 && dst3 === packet.dst3) return accept;
    return packet.router.reroute() ? accept : verdict.drop;
  }

  #nat(side: Manip, at: Hook, packet: Packet, meter: Meter, tape: Tape | null): Verdict {
    const { natHook } = this.#parts;
    if (!natHook.active || packet.ctState === ctState.invalid) return accept;
    if (natHook.undecided(side, packet)) {
      const result = this.#askForNat(at, packet, meter, tape);
      if (result !== accept) return result;
      if (this.#parts.answer.nat !== natKind.none) meter.natBindings++;
      if (!natHook.decide(side, at, packet, tape)) return verdict.drop;
    }
    natHook.rewrite(side, packet, tape);
    return accept;
  }

  /** NAT's chains one after the other, until one decides (nf_nat_inet_fn). */
  #askForNat(at: Hook, packet: Packet, meter: Meter, tape: Tape | null): Verdict {
    const { answer } = this.#parts;
    const plan = this.#natPlans[at]!;
    answer.nat = natKind.none;
    for (let i = 0; i < plan.length; i += 2) {
      const result = this.#runChain(plan[i]!, plan[i + 1]!, at, packet, meter, tape);
      if (result !== accept || answer.nat !== natKind.none) return result;
    }
    return accept;
  }

  /** IPVS at FORWARD: only answers of real servers. */
  #leaveDirector(packet: Packet, meter: Meter, tape: Tape | null): void {
    const { director } = this.#parts;
    if (director === undefined || !director.enabled) return;
    packet.fate.more = true;
    director.outgoing(packet, meter, tape);
  }

  /** IPVS at LOCAL_IN and LOCAL_OUT: answers of real servers first, then packets for virtual servers. */
  #direct(at: Hook, packet: Packet, meter: Meter, tape: Tape | null): Verdict {
    const { director, addresses, conntrack } = this.#parts;
    if (director === undefined || !director.enabled) return accept;
    packet.fate.more = true;
    if (director.outgoing(packet, meter, tape)) return accept;
    const result = director.incoming(packet, meter, tape);
    if (result !== verdict.stolen) return result;
    if (!packet.stateless) conntrack.expectReplyFrom(packet);
    // A real server on this host: the packet goes on from here.
    if (addresses.destinationType(packet) !== 2) return result;
    if (at === hook.OUTPUT) packet.router?.reroute();
    return accept;
  }

  #confirm(packet: Packet): void {
    if (!packet.stateless) this.#parts.conntrack.confirm(packet);
  }
}
