import type { Clock } from "@kubenetsim/core/runtime/clock";
import { ConntrackTable, entryStatus } from "./conntrack-table.ts";
import { ctState, type Packet, tcpFlag } from "./packet.ts";

/** Seconds that an entry lives without a packet: the kernel's defaults, TCP established as kube-proxy sets it. */
export interface ConntrackTimeouts {
  readonly tcpNew: number;
  readonly tcpEstablished: number;
  readonly tcpFinished: number;
  readonly tcpReset: number;
  readonly udp: number;
  readonly udpReplied: number;
  readonly sctpNew: number;
  readonly sctpEstablished: number;
  readonly other: number;
}

export const defaultTimeouts: ConntrackTimeouts = {
  tcpNew: 120,
  tcpEstablished: 86_400,
  tcpFinished: 120,
  tcpReset: 10,
  udp: 30,
  udpReplied: 120,
  sctpNew: 3,
  sctpEstablished: 210,
  other: 30,
};

/**
 * Connection tracking of one family on one host (net/netfilter/nf_conntrack_core.c). Coarser than the kernel in this: TCP
 * knows new, replied to, FIN seen and reset, not every state of the handshake; a UDP flow counts as a stream from its first
 * answer on.
 */
export class Conntrack {
  readonly table: ConntrackTable;
  readonly #clock: Clock;
  readonly #timeouts: ConntrackTimeouts;
  readonly #key: Int32Array;
  /** The entry of the packet under way that is not confirmed yet. A packet that came to nothing leaves it for the next. */
  #pending = -1;

  constructor(v6: boolean, clock: Clock, timeouts: ConntrackTimeouts, table?: ConntrackTable) {
    this.table = table ?? new ConntrackTable(v6 ? 4 : 1);
    this.#clock = clock;
    this.#timeouts = timeouts;
    this.#key = new Int32Array(this.table.tupleLength);
  }

  /** Finds or makes the packet's entry and sets its registers. */
  track(packet: Packet): void {
    if (packet.icmpError >= 0) {
      this.#relate(packet);
      return;
    }
    const table = this.table;
    this.#writeKey(packet);
    const found = table.find(this.#key, this.#clock.nowMs);
    if (found >= 0 && !this.#reopens(found, packet)) {
      this.#known(found >> 1, (found & 1) === 1, packet);
      return;
    }
    if (found >= 0) table.remove(found >> 1);
    if (isStray(packet)) {
      packet.ctState = ctState.invalid;
      return;
    }
    packet.ctEntry = this.#create();
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
    return new Conntrack(this.table.width === 4, clock, this.#timeouts, this.table.fork());
  }

  #known(entry: number, reply: boolean, packet: Packet): void {
    const table = this.table;
    let bits = reply ? entryStatus.seenReply : 0;
    if (packet.protocol === 6 && (packet.tcpFlags & tcpFlag.RST) !== 0) bits |= entryStatus.reset;
    if (packet.protocol === 6 && (packet.tcpFlags & tcpFlag.FIN) !== 0) bits |= entryStatus.finished;
    table.addStatus(entry, bits);
    const status = table.status(entry);
    packet.ctEntry = entry;
    packet.ctReply = reply;
    packet.ctState = (status & entryStatus.seenReply) === 0 ? ctState.new : ctState.established;
    packet.ctStatus = status & 15;
    this.#refresh(entry, packet.protocol);
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

  /** A SYN in the original direction on a connection that has ended opens a new one. */
  #reopens(found: number, packet: Packet): boolean {
    if (packet.protocol !== 6 || (found & 1) === 1 || (packet.tcpFlags & tcpFlag.SYN) === 0) return false;
    return (this.table.status(found >> 1) & (entryStatus.reset | entryStatus.finished)) !== 0;
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
    this.table.expiresMs[entry] = this.#clock.nowMs + this.#seconds(protocol, this.table.status(entry)) * 1000;
  }

  #seconds(protocol: number, status: number): number {
    const timeouts = this.#timeouts;
    const replied = (status & entryStatus.seenReply) !== 0;
    if (protocol === 6) {
      if ((status & entryStatus.reset) !== 0) return timeouts.tcpReset;
      if ((status & entryStatus.finished) !== 0) return timeouts.tcpFinished;
      return replied ? timeouts.tcpEstablished : timeouts.tcpNew;
    }
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

/**
 * A TCP segment that cannot open a connection: SYN with ACK, RST or FIN of one that is not known. A bare ACK may (the
 * kernel picks connections up in the middle unless nf_conntrack_tcp_loose is 0).
 */
function isStray(packet: Packet): boolean {
  if (packet.protocol !== 6) return false;
  const flags = packet.tcpFlags;
  if ((flags & (tcpFlag.RST | tcpFlag.FIN)) !== 0) return true;
  return (flags & tcpFlag.SYN) !== 0 && (flags & tcpFlag.ACK) !== 0;
}
