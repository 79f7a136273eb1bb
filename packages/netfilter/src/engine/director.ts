import type { Meter } from "./meter.ts";
import type { Packet } from "./packet.ts";
import type { Tape } from "./tape.ts";
import type { Verdict } from "./verdict.ts";

/**
 * What the kernel's hooks ask of IPVS (`ipvs/director.ts` is the one implementation). The director rewrites the packet in
 * place; conntrack is told by the caller.
 */
export interface Director {
  /** False until it has had a virtual server: packets are none of its business. */
  readonly enabled: boolean;
  /**
   * ip_vs_in at LOCAL_IN and LOCAL_OUT: a packet for a virtual server gets a real server's address. `stolen` when it was
   * rewritten, `accept` when it is none of IPVS's business, `reject` when there is no server to take it (port
   * unreachable), `drop` otherwise.
   */
  incoming(packet: Packet, meter: Meter, tape: Tape | null): Verdict;
  /** ip_vs_out at FORWARD, LOCAL_IN and LOCAL_OUT: an answer of a real server gets the virtual server's address back; true if it did. */
  outgoing(packet: Packet, meter: Meter, tape: Tape | null): boolean;
  /** A copy that goes its own way, on its own clock. */
  fork(clock: { readonly nowMs: number }): Director;
  /** For `-m ipvs`: is this packet of an IPVS connection to this virtual server? Undefined fields match all. */
  belongs(
    packet: Packet,
    vaddr: readonly number[] | undefined,
    vproto: number | undefined,
    vport: number | undefined,
  ): boolean;
}
