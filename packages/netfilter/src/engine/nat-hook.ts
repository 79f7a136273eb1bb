import type { AddressBook } from "./address-book.ts";
import type { Conntrack } from "./conntrack.ts";
import { type Hook, hook } from "./hook.ts";
import { type Manip, manip, type Nat, setDestination, setSource } from "./nat.ts";
import { ctState, ctStatus, type Packet } from "./packet.ts";
import { recordHeader } from "./packet-header.ts";
import { natKind, type RuleAnswer } from "./rule-answer.ts";
import { type Tape, tapeKind } from "./tape.ts";

/** `by` of a `dnat` or `snat` record. */
const byRule = 0;
const byConntrack = 1;

/**
 * NAT as the hooks see it (nf_nat_inet_fn): what the nat chain asked for becomes the connection's for good, then the packet
 * is rewritten. Without state the decision goes straight into the packet.
 */
export class NatHook {
  /** False while there is no nat table. */
  active = false;
  readonly #answer: RuleAnswer;
  readonly #addresses: AddressBook;
  readonly #nat: Nat;
  readonly #conntrack: Conntrack;
  /** Who rewrites: the rule just met or the connection's earlier decision. */
  #by: number = byConntrack;

  constructor(answer: RuleAnswer, addresses: AddressBook, nat: Nat, conntrack: Conntrack) {
    this.#answer = answer;
    this.#addresses = addresses;
    this.#nat = nat;
    this.#conntrack = conntrack;
  }

  /** True while nobody has decided about this side of the packet's connection: then the nat chain is asked. */
  undecided(side: Manip, packet: Packet): boolean {
    this.#by = byConntrack;
    if (packet.icmpError >= 0) return false;
    if (packet.ctState !== ctState.new && packet.ctState !== ctState.related) return false;
    return (packet.ctStatus & (side === manip.source ? ctStatus.sourceDone : ctStatus.destinationDone)) === 0;
  }

  /** Takes over what the chain asked for; false when it cannot be done (no address to masquerade with). */
  decide(side: Manip, at: Hook, packet: Packet, tape: Tape | null): boolean {
    const { nat, natPort, natAddress } = this.#answer;
    this.#by = byRule;
    if (nat === natKind.none) this.#keep(side, packet);
    else if (nat === natKind.destination) this.#toDestination(packet, natAddress, natPort, tape);
    else if (nat === natKind.redirect) return this.#redirect(at, packet, natPort, tape);
    else return this.#masquerade(packet, tape);
    return true;
  }

  /** Rewrites the packet as its connection says. */
  rewrite(side: Manip, packet: Packet, tape: Tape | null): void {
    const entry = packet.ctEntry;
    if (packet.stateless || entry < 0) return;
    packet.ctStatus = this.#conntrack.table.status(entry) & 15;
    if ((packet.ctStatus & (ctStatus.sourceNat | ctStatus.destinationNat)) === 0) return;
    const before = tape === null ? 0 : this.#startRecord(tape, packet);
    const isError = packet.icmpError >= 0;
    if (isError ? this.#nat.applyToError(packet, side) : this.#nat.apply(packet, side)) {
      if (tape !== null) this.#endRecord(tape, side, packet);
    } else if (tape !== null) tape.length = before;
  }

  #keep(side: Manip, packet: Packet): void {
    packet.ctStatus |= side === manip.source ? ctStatus.sourceDone : ctStatus.destinationDone;
    if (packet.stateless) return;
    if (side === manip.source) packet.fate.met = this.#nat.setSource(packet.ctEntry, null, false) || packet.fate.met;
    else this.#nat.keepDestination(packet.ctEntry);
  }

  #toDestination(packet: Packet, address: ArrayLike<number>, port: number, tape: Tape | null): void {
    if (!packet.stateless) {
      this.#nat.setDestination(packet.ctEntry, address, port);
      return;
    }
    const before = tape === null ? 0 : this.#startRecord(tape, packet);
    const changed = setDestination(packet, address, 0, port < 0 ? packet.destinationPort : port);
    packet.ctStatus |= ctStatus.destinationDone | (changed ? ctStatus.destinationNat : 0);
    if (tape !== null && changed) this.#endRecord(tape, manip.destination, packet);
    else if (tape !== null) tape.length = before;
  }

  /** To the host itself: the address of the device that it came in by, or loopback for a packet made here. */
  #redirect(at: Hook, packet: Packet, port: number, tape: Tape | null): boolean {
    const loopback = packet.v6 ? [0, 0, 0, 1] : [0x7f000001];
    const address = at === hook.OUTPUT ? loopback : this.#addresses.redirectAddress(packet);
    if (address === undefined) return false;
    this.#toDestination(packet, address, port, tape);
    return true;
  }

  #masquerade(packet: Packet, tape: Tape | null): boolean {
    const address = this.#addresses.masqueradeFor(packet);
    if (address === undefined) return false;
    const { natRandom } = this.#answer;
    if (natRandom) packet.fate.more = true;
    if (!packet.stateless) {
      packet.fate.met = this.#nat.setSource(packet.ctEntry, address, natRandom) || packet.fate.met;
      return true;
    }
    const before = tape === null ? 0 : this.#startRecord(tape, packet);
    const port = natRandom && packet.sourcePort > 0 ? this.#nat.randomPort(packet.sourcePort) : packet.sourcePort;
    const changed = setSource(packet, address, 0, port);
    packet.ctStatus |= ctStatus.sourceDone | (changed ? ctStatus.sourceNat : 0);
    if (tape !== null && changed) this.#endRecord(tape, manip.source, packet);
    else if (tape !== null) tape.length = before;
    return true;
  }

  /** The header before the rewrite; `length` goes back to the returned value if there was none. */
  #startRecord(tape: Tape, packet: Packet): number {
    const before = tape.length;
    recordHeader(tape, packet);
    return before;
  }

  #endRecord(tape: Tape, side: Manip, packet: Packet): void {
    tape.write(side === manip.source ? tapeKind.snat : tapeKind.dnat, this.#by);
    recordHeader(tape, packet);
  }
}
