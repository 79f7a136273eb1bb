import type { Protocol } from "@kubenetsim/core/net/protocol";

/** One port of a protocol. */
export interface Port {
  readonly protocol: Protocol;
  readonly port: number;
}

/** Something that listens on sockets of a host: a container today, a DNS server or a proxy later. */
export interface Process {
  /** As traces show it: `pod default/web-0 container app`. */
  readonly name: string;
  readonly listens: readonly Port[];
}
