import type { Cost } from "./cost.ts";
import type { Disposition } from "./disposition.ts";
import type { PacketHeader } from "./packet-header.ts";
import type { Step } from "./step.ts";

/** What one host did with the packet, from the device it came in by to the one it left by. */
export interface Hop {
  /** `node n1`, `pod default/web-0`, `external 203.0.113.7`. */
  readonly host: string;
  readonly hostKind: "node" | "pod" | "external";
  readonly inDevice: string | undefined;
  readonly outDevice: string | undefined;
  /** The header as it arrived at this host, and as it left. */
  readonly before: PacketHeader;
  readonly after: PacketHeader;
  readonly steps: readonly Step[];
}

/** One direction of a packet's way. */
export interface Path {
  readonly hops: readonly Hop[];
  readonly cost: Cost;
}

/** A packet's whole way: there, and the answer's way back where there is one. */
export interface Trace {
  readonly seed: string;
  readonly mode: string;
  readonly disposition: Disposition;
  /** One sentence: what decided it. */
  readonly reason: string;
  /** As the client sent it. */
  readonly sent: PacketHeader;
  /** As it arrived at the end that answered; undefined when nobody did. */
  readonly received: PacketHeader | undefined;
  /** Who took the packet: `pod default/web-0`. */
  readonly receiver: string | undefined;
  readonly request: Path;
  /** The answer's way; undefined when there is no answer. An ICMP error or RST is an answer. */
  readonly reply: Path | undefined;
  readonly cost: Cost;
  /** What the kube-proxies on the nodes on the way have to say: events, and errors of their logs. Of a whole cluster's traces. */
  readonly warnings?: readonly string[];
}
