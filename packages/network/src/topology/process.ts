import type { Protocol } from "@kubenetsim/core/net/protocol";
import type { Relay } from "./relay.ts";

/** One port of a protocol. */
export interface Port {
  readonly protocol: Protocol;
  readonly port: number;
}

/** Something that listens on sockets of a host: a container, a proxy, later a DNS server. */
export interface Process {
  /** As traces show it: `pod default/web-0 container app`. */
  readonly name: string;
  readonly listens: readonly Port[];
  /** For one that does not answer by itself but passes on what it takes. */
  readonly relay?: Relay;
}
