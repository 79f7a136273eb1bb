import type { Clock } from "@kubenetsim/core/runtime/clock";
import { ConntrackTable, entryStatus } from "./conntrack-table.ts";
import { ctState, type Packet, tcpFlag } from "./packet.ts";
import { isPossibleSegment, nextTcpState, tcpIgnored, tcpInvalid, tcpState } from "./tcp-tracking.ts";

/** Seconds that an entry lives without a packet, by what its connection has come to (sysctls net.netfilter.nf_conntrack_*_timeout*). */
export interface ConntrackTimeouts {
  readonly tcpNew: number;
  readonly tcpEstablished: number;
  readonly tcpFinWait: number;
  readonly tcpCloseWait: number;
  readonly tcpLastAck: number;
  readonly tcpTimeWait: number;
  readonly tcpReset: number;
  readonly udp: number;
  readonly udpReplied: number;
  readonly sctpNew: number;
  readonly sctpEstablished: number;
  readonly other: number;
}

/** The kernel's own. */
export const defaultTimeouts: ConntrackTimeouts = {
  tcpNew: 120,
  tcpEstablished: 432_000,
  tcpFinWait: 120,
  tcpCloseWait: 60,
  tcpLastAck: 30,
  tcpTimeWait: 120,
  tcpReset: 10,
  udp: 30,
  udpReplied: 120,
  sctpNew: 3,
  sctpEstablished: 210,
  other: 30,
};

/**
 * Connection tracking of one family on one host (net/netfilter/nf_conntrack_core.c). Coarser than the kernel in this: TCP
 * segments have no sequence numbers, so none is out of its window; a UDP flow counts as a stream from its first answer on.
 */
export class Conntrack {
  readonly table: ConntrackTable;
  readonly #clock: Clock;
  #timeouts: ConntrackTimeouts;
  readonly #key: Int32Array;
  /** The entry of the packet under way that is not confirmed yet. A packet that came to nothing leaves it for the next. */
  #pending = -1;
  /** What the last packet has opened and confirmed; -1 for nothing. */
  lastOpened = -1;

  constructor(v6: boolean, clock: Clock, timeouts: ConntrackTimeouts, table?: ConntrackTable) {
    this.table = table ?? new ConntrackTable(v6 ? 4 : 1);
    this.#clock = clock;
    this.#timeouts = timeouts;
    this.#key = new Int32Array(this.table.tupleLength);
  }

  /** From now on; an entry that is there has its new time with its next packet. */
  setTimeouts(timeouts: Partial<ConntrackTimeouts>): void {
    this.#timeouts = { ...this.#timeouts, ...timeouts };
  }

  /** Finds or makes the packet's entry and sets its registers. */
  track(packet: Packet): void {
    const { fate } = packet;
    this.lastOpened = -1;
    if (packet.icmpError >= 0) {
      fate.met = true;
      this.#relate(packet);
      return;
    }
    const table = this.table;
    this.#writeKey(packet);
    const found = table.find(this.#key, this.#clock.nowMs);
    const tcp = packet.protocol === 6 ? this.#follow(found, packet.tcpFlags) : tcpState.none;
    // Of TCP only a SYN always opens a connection in the same way.
    if (found >= 0 || (packet.protocol === 6 && packet.tcpFlags !== tcpFlag.SYN)) fate.met = true;
    if (tcp === tcpInvalid) {
      packet.ctState = ctState.invalid;
      return;
    }
    if (found >= 0 && !this.#isReopened(found, tcp)) {
      this.#known(found, tcp, packet);
      return;
    }
    if (found >= 0) table.remove(found >> 1);
    fate.opened++;
    packet.ctEntry = this.#create();
    table.setTcpState(packet.ctEntry, tcp);
    packet.ctState = ctState.new;
    packet.ctReply = false;
    packet.ctStatus = 0;
  }

  /** Puts the packet's entry into the table, at the end of its way through this host. */
  confirm(packet: Packet): void {
    const entry = packet.ctEntry;
    // An answer of this host's own to a packet that came to nothing does not confirm its connection.
    if (entry < 0 || packet.ctReply || (this.table.status(entry) & entryStatus.confirmed) !== 0) return;
    this.#refresh(entry, packet.protocol);
    this.table.confirm(entry, this.#clock.nowMs);
    if (this.#pending === entry) this.#pending = -1;
    packet.fate.confirmed++;
    this.lastOpened = entry;
  }

  /** Is there no confirmed connection with this tuple? One that has ended goes. */
  isFree(tuple: Int32Array, hash: number): boolean {
    return this.table.find(tuple, this.#clock.nowMs, hash) < 0;
  }

  /** The same for a new packet's tuple: if it is free, its entry is there from now on, as when `track` makes it. */
  isNew(tuple: Int32Array, hash: number): boolean {
    const isNew = this.isFree(tuple, hash);
    if (isNew && this.#pending < 0) this.#pending = this.table.allocate();
    return isNew;
  }

  /** Opens and confirms a connection, when nothing is left to decide: both tuples one after the other, their hashes, and its status. */
  open(tuples: Int32Array, original: number, reply: number, status: number): number {
    const { table } = this;
    const entry = this.#pending < 0 ? table.allocate() : this.#pending;
    this.#pending = -1;
    const { data } = table;
    const at = table.tuple(entry, 0);
    for (let i = 0; i < tuples.length; i++) data[at + i] = tuples[i]!;
    data[at + tuples.length] = status & ~entryStatus.confirmed;
    this.#refresh(entry, tuples[table.tupleLength - 1]!);
    table.confirm(entry, this.#clock.nowMs, original, reply);
    return entry;
  }

  /**
   * The answer to this packet will come from its present destination (ip_vs_update_conntrack): IPVS rewrote it, conntrack
   * only learns of it. Nothing happens to a connection that is confirmed.
   */
  expectReplyFrom(packet: Packet): void {
    const { table } = this;
    const entry = packet.ctEntry;
    if (entry < 0 || packet.ctReply || (table.status(entry) & entryStatus.confirmed) !== 0) return;
    const reply = table.tuple(entry, 1);
    table.data[reply] = packet.dst0;
    if (table.width === 4) {
      table.data[reply + 1] = packet.dst1;
      table.data[reply + 2] = packet.dst2;
      table.data[reply + 3] = packet.dst3;
    }
    const ports = reply + 2 * table.width;
    table.data[ports] = (packet.destinationPort << 16) | (table.data[ports]! & 0xffff);
  }

  /** Is there a confirmed connection, other than `entry`, with this tuple? */
  taken(tuple: Int32Array, entry: number): boolean {
    const found = this.table.find(tuple, this.#clock.nowMs);
    return found >= 0 && found >> 1 !== entry;
  }

  clear(): void {
    this.table.clear();
    this.#pending = -1;
  }

  fork(clock: Clock): Conntrack {
    const copy = new Conntrack(this.table.width === 4, clock, this.#timeouts, this.table.fork());
    copy.#pending = this.#pending;
    return copy;
  }

  /** What the state of a TCP connection is after a segment; `found` -1 for a new one. */
  #follow(found: number, flags: number): number {
    if (!isPossibleSegment(flags)) return tcpInvalid;
    return found < 0
      ? nextTcpState(tcpState.none, false, flags)
      : nextTcpState(this.table.tcpState(found >> 1), (found & 1) === 1, flags);
  }

  /** A SYN on a connection that has ended opens a new one, in whichever direction. */
  #isReopened(found: number, tcp: number): boolean {
    return tcp === tcpState.synSent && this.table.tcpState(found >> 1) >= tcpState.timeWait;
  }

  #known(found: number, tcp: number, packet: Packet): void {
    const { table } = this;
    const entry = found >> 1;
    const isReply = (found & 1) === 1;
    const wasAnswered = (table.status(entry) & entryStatus.seenReply) !== 0;
    if (isReply) table.addStatus(entry, entryStatus.seenReply);
    packet.ctEntry = entry;
    packet.ctReply = isReply;
    packet.ctState = isReply || wasAnswered ? ctState.established : ctState.new;
    packet.ctStatus = table.status(entry) & 15;
    if (tcp === tcpIgnored) return;
    if (packet.protocol === 6) table.setTcpState(entry, tcp);
    // Nobody else is to meet a connection that was refused; this packet still belongs to it.
    if (tcp === tcpState.close && !wasAnswered) table.expiresMs[entry] = this.#clock.nowMs;
    else this.#refresh(entry, packet.protocol);
  }

  /** An ICMP error is of the connection whose other direction runs against what it quotes (nf_conntrack_inet_error). */
  #relate(packet: Packet): void {
    const { table } = this;
    this.#writeAgainstQuote(packet);
    const found = table.find(this.#key, this.#clock.nowMs);
    packet.ctState = found < 0 ? ctState.invalid : ctState.related;
    if (found < 0) return;
    packet.ctEntry = found >> 1;
    packet.ctReply = (found & 1) === 1;
    packet.ctStatus = table.status(found >> 1) & 15;
  }

  #create(): number {
    const table = this.table;
    if (this.#pending < 0) this.#pending = table.allocate();
    const entry = this.#pending;
    const width = table.width;
    const key = this.#key;
    const original = table.tuple(entry, 0);
    const reply = table.tuple(entry, 1);
    table.data.set(key, original);
    for (let i = 0; i < width; i++) {
      table.data[reply + i] = key[width + i]!;
      table.data[reply + width + i] = key[i]!;
    }
    table.data[reply + 2 * width] = swapPorts(key[2 * width]!);
    table.data[reply + 2 * width + 1] = key[2 * width + 1]!;
    table.data[reply + 2 * width + 2] = 0;
    return entry;
  }

  #refresh(entry: number, protocol: number): void {
    const { table } = this;
    const seconds = this.#seconds(protocol, table.status(entry), table.tcpState(entry));
    table.expiresMs[entry] = this.#clock.nowMs + seconds * 1000;
  }

  #seconds(protocol: number, status: number, tcp: number): number {
    const timeouts = this.#timeouts;
    const replied = (status & entryStatus.seenReply) !== 0;
    if (protocol === 6) return tcpSeconds(tcp, replied, timeouts);
    if (protocol === 17) return replied ? timeouts.udpReplied : timeouts.udp;
    if (protocol === 132) return replied ? timeouts.sctpEstablished : timeouts.sctpNew;
    return timeouts.other;
  }

  #writeAgainstQuote({ quote, dst0, dst1, dst2, dst3 }: Packet): void {
    const key = this.#key;
    const { width } = this.table;
    const words =
      width === 1 ? [quote.dst0, dst0] : [quote.dst0, quote.dst1, quote.dst2, quote.dst3, dst0, dst1, dst2, dst3];
    key.set(words);
    key[2 * width] = (quote.destinationPort << 16) | quote.sourcePort;
    key[2 * width + 1] = quote.protocol;
  }

  #writeKey(packet: Packet): void {
    const key = this.#key;
    key[0] = packet.src0;
    if (this.table.width === 1) {
      key[1] = packet.dst0;
      key[2] = (packet.sourcePort << 16) | packet.destinationPort;
      key[3] = packet.protocol;
      return;
    }
    key[1] = packet.src1;
    key[2] = packet.src2;
    key[3] = packet.src3;
    key[4] = packet.dst0;
    key[5] = packet.dst1;
    key[6] = packet.dst2;
    key[7] = packet.dst3;
    key[8] = (packet.sourcePort << 16) | packet.destinationPort;
    key[9] = packet.protocol;
  }
}

export function swapPorts(ports: number): number {
  return (ports << 16) | (ports >>> 16);
}

/** A connection that has been answered once counts as established: the client's ACK is not walked. */
function tcpSeconds(tcp: number, replied: boolean, timeouts: ConntrackTimeouts): number {
  switch (tcp) {
    case tcpState.finWait:
      return timeouts.tcpFinWait;
    case tcpState.closeWait:
      return timeouts.tcpCloseWait;
    case tcpState.lastAck:
      return timeouts.tcpLastAck;
    case tcpState.timeWait:
      return timeouts.tcpTimeWait;
    case tcpState.close:
      return timeouts.tcpReset;
    default:
      return replied ? timeouts.tcpEstablished : timeouts.tcpNew;
  }
}
