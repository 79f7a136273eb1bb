import { Fate } from "./fate.ts";
import { Quote } from "./icmp-error.ts";

/** `Packet.ctState`: what conntrack made of the packet. */
export const ctState = { untracked: 0, new: 1, established: 2, related: 3, invalid: 4 } as const;
export type CtState = (typeof ctState)[keyof typeof ctState];

/** `Packet.tcpFlags`, as they stand in the TCP header. */
export const tcpFlag = { FIN: 1, SYN: 2, RST: 4, ACK: 16 } as const;

/** `Packet.ctStatus`: which addresses NAT has changed, and which of the two it has decided about (IPS_SRC_NAT, …). */
export const ctStatus = { sourceNat: 1, destinationNat: 2, sourceDone: 4, destinationDone: 8 } as const;

/** Whoever moves packets from hook to hook. */
export interface Router {
  /**
   * Finds the way to the destination that the packet has now (ip_route_me_harder); false when there is none. What is left of
   * the hook still sees the device by which it was to leave before.
   */
  reroute(): boolean;
}

/**
 * A packet inside a kernel: registers that hooks read and write in place. Numbers only, one object for a packet's whole
 * way: a hop allocates nothing. Addresses are signed 32-bit words, most significant first; IPv4 uses word 0 alone.
 */
export class Packet {
  v6 = false;
  /** IANA number. */
  protocol = 0;
  src0 = 0;
  src1 = 0;
  src2 = 0;
  src3 = 0;
  dst0 = 0;
  dst1 = 0;
  dst2 = 0;
  dst3 = 0;
  /** 0 for ICMP. */
  sourcePort = 0;
  destinationPort = 0;
  /** TCP: FIN 1, SYN 2, RST 4, ACK 16, as in the header. A packet that opens a connection unless somebody says otherwise. */
  tcpFlags = 2;
  /** Length in bytes, for counters only. */
  bytes = 60;
  /** An ICMP error: type << 8 | code; -1 for every other packet. `quote` is what it is about. */
  icmpError = -1;
  /** No host tracks its connection: each takes it for the first packet of one, and keeps nothing of it. */
  stateless = false;
  readonly quote: Quote = new Quote();
  /** After a verdict `reject`: the ICMP error to answer with, or `tcpReset`. */
  rejection = 0;
  /** What its way has hung on; the caller begins it anew for each packet if it wants to know. */
  readonly fate: Fate = new Fate();
  /** Asked as soon as something in OUTPUT gives the packet another destination; with none its way stays the caller's affair. */
  router: Router | undefined = undefined;

  // What the kernel that holds it right now knows about it (skb metadata); reset when it enters a host.
  /** Index in the kernel's list of devices; -1 for none (locally made, or not yet routed). */
  inDevice = -1;
  outDevice = -1;
  /** The router by which it leaves; undefined where the destination itself is the next hop. */
  gateway: ArrayLike<number> | undefined = undefined;
  mark = 0;
  /** It entered by a bridge port (`-m physdev --physdev-is-in`). */
  bridged = false;
  ctState: CtState = ctState.untracked;
  /** It runs against the direction of its connection's first packet. */
  ctReply = false;
  /** Slot in the host's conntrack table; -1 for none. */
  ctEntry = -1;
  /** Bits of `ctStatus` of its connection, for `--ctstate SNAT,DNAT`. */
  ctStatus = 0;
  /** Index of its IPVS connection; -1 for none. Set once the director has rewritten it (`skb->ipvs_property`). */
  ipvsConnection = -1;

  /**
   * It has become the kernel's own answer to what it was (nf_conntrack_attach): of the same connection, the other way, even
   * if conntrack has not confirmed that one. Where there is none, conntrack looks for it.
   */
  attachAnswer(): void {
    const { ctState: state, ctReply, ctEntry, ctStatus } = this;
    this.resetMetadata();
    if (state === ctState.untracked || state === ctState.invalid) return;
    this.ctState = ctState.related;
    this.ctReply = !ctReply;
    this.ctEntry = ctEntry;
    this.ctStatus = ctStatus;
  }

  resetMetadata(): void {
    this.inDevice = -1;
    this.outDevice = -1;
    this.gateway = undefined;
    this.mark = 0;
    this.bridged = false;
    this.ctState = ctState.untracked;
    this.ctReply = false;
    this.ctEntry = -1;
    this.ctStatus = 0;
    this.ipvsConnection = -1;
  }
}
