import type { Clock } from "@kubenetsim/core/runtime/clock";
import type { Random } from "@kubenetsim/core/runtime/random";
import type { AddressBook } from "./address-book.ts";
import { dnatStateBit, opCode, snatStateBit } from "./code-layout.ts";
import type { ConditionNames } from "./condition-names.ts";
import type { Director } from "./director.ts";
import type { Meter } from "./meter.ts";
import { ctStatus, type Packet } from "./packet.ts";
import type { RecentLists } from "./recent-lists.ts";
import { type Tape, tapeKind } from "./tape.ts";

/** The range of a side whose port a rule leaves open. */
const anyPort = 0xffff;

/** What matches may ask of the host. */
export interface HostState {
  readonly names: ConditionNames;
  readonly addresses: AddressBook;
  readonly recents: RecentLists;
  readonly clock: Clock;
  /** Draws of `-m statistic --mode random`. */
  readonly chance: Random;
  readonly director: Director | undefined;
}

/** Evaluates one match operation at `at`; the cascade's is the evaluator's own. */
export function matchHolds(
  code: Int32Array,
  at: number,
  packet: Packet,
  host: HostState,
  meter: Meter,
  tape: Tape | null,
): boolean {
  switch (code[at]! & 0x7f) {
    case opCode.destinationPort:
      return ((packet.protocol << 16) | packet.destinationPort) === code[at + 1];
    case opCode.transport:
      return transportHolds(code, at, packet);
    case opCode.addrtype:
      return (
        typeHolds(code[at + 1]!, code[at + 1]! < 0 ? 0 : host.addresses.sourceType(packet)) &&
        typeHolds(code[at + 2]!, code[at + 2]! < 0 ? 0 : host.addresses.destinationType(packet))
      );
    case opCode.conntrack:
      return ((stateBits(packet) & code[at + 1]!) !== 0) !== (code[at + 2] === 1);
    case opCode.mark:
      return ((packet.mark & code[at + 2]!) === code[at + 1]) !== (code[at + 3] === 1);
    case opCode.random: {
      packet.fate.more = true;
      meter.randomDraws++;
      const probability31 = code[at + 1]! * 65536 + code[at + 2]!;
      const chosen =
        packet.fate.chooser?.happens(probability31, 2 ** 31) ?? host.chance.next() * 2 ** 31 < probability31;
      return chosen !== (code[at + 3] === 1);
    }
    case opCode.nth:
      packet.fate.more = true;
      return nthHolds(code, at, host.names);
    case opCode.recent:
      packet.fate.more = true;
      return host.recents.evaluate(host.names.recent(code[at + 1]!), packet, host.clock.nowMs);
    case opCode.set:
      return setHolds(code, at, packet, host, meter, tape);
    case opCode.nfacct:
      packet.fate.more = true;
      host.names.account(code[at + 1]!, packet.bytes);
      return true;
    case opCode.physdev:
      return packet.bridged !== (code[at + 1] === 1);
    case opCode.ipvs: {
      packet.fate.more = true;
      const match = host.names.ipvs(code[at + 1]!);
      return host.director?.belongs(packet, match.vaddr, match.vproto, match.vport) ?? false;
    }
    default:
      return false;
  }
}

function transportHolds(code: Int32Array, at: number, packet: Packet): boolean {
  if (packet.protocol !== code[at + 1]) return false;
  const negations = code[at + 4]!;
  if (code[at + 2] !== anyPort || (negations & 1) !== 0) packet.fate.more = true;
  const source = inRange(packet.sourcePort, code[at + 2]!) !== ((negations & 1) !== 0);
  return source && inRange(packet.destinationPort, code[at + 3]!) !== ((negations & 2) !== 0);
}

function inRange(port: number, range: number): boolean {
  return port >= range >>> 16 && port <= (range & 0xffff);
}

function typeHolds(wanted: number, type: number): boolean {
  return wanted < 0 || ((wanted & 255) === type) !== ((wanted & 256) !== 0);
}

/** `ctState` as a bit, and what NAT did to the connection (net/netfilter/xt_conntrack.c). */
function stateBits(packet: Packet): number {
  const state = 1 << packet.ctState;
  if (packet.ctStatus === 0) return state;
  return (
    state |
    ((packet.ctStatus & ctStatus.sourceNat) === 0 ? 0 : snatStateBit) |
    ((packet.ctStatus & ctStatus.destinationNat) === 0 ? 0 : dnatStateBit)
  );
}

/** It holds where the count comes round to 0 (net/netfilter/xt_statistic.c). */
function nthHolds(code: Int32Array, at: number, names: ConditionNames): boolean {
  const count = names.countNth(code[at + 2]!, (code[at + 1]! >>> 0) - 1);
  return (count === 0) !== (code[at + 3] === 1);
}

function setHolds(
  code: Int32Array,
  at: number,
  packet: Packet,
  host: HostState,
  meter: Meter,
  tape: Tape | null,
): boolean {
  const set = code[at + 1]!;
  const hit = host.names.sets.contains(set, code[at + 2]!, packet);
  meter.setLookups++;
  packet.fate.more = true;
  if (tape !== null) tape.write(tapeKind.setLookup, set, hit ? 1 : 0, code[at + 2]!);
  return hit !== (code[at + 3] === 1);
}
