import type { AddressBook } from "./address-book.ts";
import { tableNumbers } from "./chain-registry.ts";
import type { Conntrack } from "./conntrack.ts";
import type { Director } from "./director.ts";
import { type Evaluator, natKind } from "./evaluator.ts";
import { type Hook, hook, hookNames } from "./hook.ts";
import type { Meter } from "./meter.ts";
import { type Manip, manip } from "./nat.ts";
import type { NatHook } from "./nat-hook.ts";
import { ctState, type Packet } from "./packet.ts";
import type { Program } from "./program.ts";
import { type Tape, tapeKind } from "./tape.ts";
import { type Verdict, verdict } from "./verdict.ts";

const hookCount = hookNames.length;
/** What a built-in chain needs: nothing (it is not there), a count (it is empty and accepts), or a run. */
const phase = { absent: 0, empty: 1, run: 2 } as const;
const { accept } = verdict;

export interface StackParts {
  readonly program: Program;
  readonly evaluator: Evaluator;
  readonly conntrack: Conntrack;
  readonly natHook: NatHook;
  readonly addresses: AddressBook;
  readonly director: Director | undefined;
  /** Nothing is remembered: every packet is the first of its connection. */
  readonly stateless: boolean;
}

/** The hooks of one family on one host, in the kernel's order (enum nf_ip_hook_priorities). */
export class FamilyStack {
  readonly #parts: StackParts;
  readonly #phases: Uint8Array = new Uint8Array(5 * hookCount);
  readonly #policies: Uint8Array = new Uint8Array(5 * hookCount);

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

  get rejectId(): number {
    return this.#parts.evaluator.rejectId;
  }

  /** After the rules have changed. */
  refresh(): void {
    const { registry } = this.#parts.program;
    for (const [at, base] of registry.bases.entries()) {
      const chain = base < 0 ? undefined : registry.chainOf(base);
      const isEmpty = chain?.rules.length === 0 && chain.policy !== "DROP";
      this.#phases[at] = chain === undefined ? phase.absent : isEmpty ? phase.empty : phase.run;
      this.#policies[at] = chain?.policy === "DROP" ? verdict.drop : accept;
    }
    const nat = this.#phases.subarray(tableNumbers.nat * hookCount, (tableNumbers.nat + 1) * hookCount);
    this.#parts.natHook.active = nat.some((value) => value !== phase.absent);
  }

  runHook(at: Hook, packet: Packet, meter: Meter, tape: Tape | null): Verdict {
    switch (at) {
      case hook.PREROUTING:
        return this.#prerouting(packet, meter, tape);
      case hook.INPUT:
        return this.#input(packet, meter, tape);
      case hook.FORWARD:
        return this.#forward(packet, meter, tape);
      case hook.OUTPUT:
        return this.#output(packet, meter, tape);
      default:
        return this.#postrouting(packet, meter, tape);
    }
  }

  #prerouting(packet: Packet, meter: Meter, tape: Tape | null): Verdict {
    let result = this.#table(tableNumbers.raw, hook.PREROUTING, packet, meter, tape);
    if (result !== accept) return result;
    this.#track(packet, meter, tape);
    result = this.#table(tableNumbers.mangle, hook.PREROUTING, packet, meter, tape);
    return result === accept ? this.#nat(manip.destination, hook.PREROUTING, packet, meter, tape) : result;
  }

  #input(packet: Packet, meter: Meter, tape: Tape | null): Verdict {
    let result = this.#filter(hook.INPUT, packet, meter, tape);
    if (result === accept) result = this.#direct(packet, meter, tape);
    if (result === accept) result = this.#nat(manip.source, hook.INPUT, packet, meter, tape);
    if (result === accept) this.#confirm(packet);
    return result;
  }

  #forward(packet: Packet, meter: Meter, tape: Tape | null): Verdict {
    const result = this.#filter(hook.FORWARD, packet, meter, tape);
    const { director } = this.#parts;
    if (result === accept && director !== undefined) {
      packet.fate.more = true;
      director.outgoing(packet, meter, tape);
    }
    return result;
  }

  #output(packet: Packet, meter: Meter, tape: Tape | null): Verdict {
    let result = this.#table(tableNumbers.raw, hook.OUTPUT, packet, meter, tape);
    if (result !== accept) return result;
    this.#track(packet, meter, tape);
    result = this.#table(tableNumbers.mangle, hook.OUTPUT, packet, meter, tape);
    if (result === accept) result = this.#nat(manip.destination, hook.OUTPUT, packet, meter, tape);
    if (result === accept) result = this.#direct(packet, meter, tape);
    if (result === accept) result = this.#table(tableNumbers.filter, hook.OUTPUT, packet, meter, tape);
    return result === accept ? this.#table(tableNumbers.security, hook.OUTPUT, packet, meter, tape) : result;
  }

  #postrouting(packet: Packet, meter: Meter, tape: Tape | null): Verdict {
    let result = this.#table(tableNumbers.mangle, hook.POSTROUTING, packet, meter, tape);
    if (result === accept) result = this.#nat(manip.source, hook.POSTROUTING, packet, meter, tape);
    if (result === accept) this.#confirm(packet);
    return result;
  }

  #filter(at: Hook, packet: Packet, meter: Meter, tape: Tape | null): Verdict {
    let result = this.#table(tableNumbers.mangle, at, packet, meter, tape);
    if (result === accept) result = this.#table(tableNumbers.filter, at, packet, meter, tape);
    return result === accept ? this.#table(tableNumbers.security, at, packet, meter, tape) : result;
  }

  #table(table: number, at: Hook, packet: Packet, meter: Meter, tape: Tape | null): Verdict {
    const slot = table * hookCount + at;
    const what = this.#phases[slot];
    if (what === phase.absent) return accept;
    if (what === phase.empty) {
      meter.chainsEntered++;
      return accept;
    }
    const { program, evaluator } = this.#parts;
    return evaluator.run(program.registry.bases[slot]!, this.#policies[slot] as Verdict, at, packet, meter, tape);
  }

  /** Once for each packet on a host: one that comes by again (loopback, IPVS) still knows its connection. */
  #track(packet: Packet, meter: Meter, tape: Tape | null): void {
    if (packet.ctState !== ctState.untracked) return;
    meter.conntrackLookups++;
    if (this.#parts.stateless) packet.ctState = ctState.new;
    else {
      packet.fate.more = true;
      this.#parts.conntrack.track(packet);
    }
    if (tape !== null) tape.write(tapeKind.conntrack, packet.ctState, packet.ctReply ? 1 : 0);
  }

  #nat(side: Manip, at: Hook, packet: Packet, meter: Meter, tape: Tape | null): Verdict {
    const { natHook } = this.#parts;
    if (!natHook.active || packet.ctState === ctState.invalid) return accept;
    if (natHook.undecided(side, packet)) {
      const result = this.#natChain(at, packet, meter, tape);
      if (result !== accept) return result;
      if (this.#parts.evaluator.nat !== natKind.none) meter.natBindings++;
      if (!natHook.decide(side, at, packet, tape)) return verdict.drop;
    }
    natHook.rewrite(side, packet, tape);
    return accept;
  }

  #natChain(at: Hook, packet: Packet, meter: Meter, tape: Tape | null): Verdict {
    this.#parts.evaluator.nat = 0;
    return this.#table(tableNumbers.nat, at, packet, meter, tape);
  }

  /** IPVS at LOCAL_IN and LOCAL_OUT: answers of real servers first, then packets for virtual servers. */
  #direct(packet: Packet, meter: Meter, tape: Tape | null): Verdict {
    const { director, addresses, conntrack, stateless } = this.#parts;
    if (director === undefined) return accept;
    packet.fate.more = true;
    if (director.outgoing(packet, meter, tape)) return accept;
    const result = director.incoming(packet, meter, tape);
    if (result !== verdict.stolen) return result;
    if (!stateless) conntrack.expectReplyFrom(packet);
    // A real server on this host: the packet goes on from here.
    return addresses.destinationType(packet) === 2 ? accept : result;
  }

  #confirm(packet: Packet): void {
    if (!this.#parts.stateless) this.#parts.conntrack.confirm(packet);
  }
}
