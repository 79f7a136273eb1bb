import type { AddressWords } from "@kubenetsim/core/net/address";
import type { RelayStep } from "@kubenetsim/core/trace/step";
import type { Packet } from "@kubenetsim/netfilter/engine/packet";

/** How an endpoint came to be chosen, as the tape has it: the index is the code. */
export const relayChoices: readonly RelayStep["by"][] = [
  "round robin",
  "affinity",
  "known client",
  "nobody",
  "random",
  "load balancer",
];
export const relayChoice = { roundRobin: 0, affinity: 1, knownClient: 2, nobody: 3, random: 4, balanced: 5 } as const;
export type RelayChoice = (typeof relayChoice)[keyof typeof relayChoice];

/** Whom a process dials for a connection that it has accepted: written by its `Relay`, one object for all dials of a walk. */
export class Dial {
  destination: AddressWords = [0];
  destinationPort = 0;
  /** Port of the new connection at the process's own host. */
  sourcePort = 0;
  by: RelayChoice = relayChoice.roundRobin;
  /** Which of the endpoints it is, from 1, in the order in which they take turns; 0 where that does not matter. */
  position = 0;
  /** How many endpoints there are. */
  count = 0;
}

/**
 * What a process does with the connections that it accepts: for each it opens one of its own, from its host's own address, and
 * copies bytes between the two. For UDP the first datagram of a client is the connection.
 */
export interface Relay {
  /** Whom it serves, as its steps say it: `default/web:http`. */
  readonly servicePort: string;
  /** How long it waits for each attempt to dial, in milliseconds; after the last one it closes what it had accepted. */
  readonly dialTimeoutsMs: readonly number[];
  /**
   * Chooses whom to dial for a connection; false when there is nobody. `accepted` is the packet as it came to the socket,
   * `attempt` counts from 0.
   */
  next(accepted: Packet, attempt: number, dial: Dial): boolean;
  /** The endpoint of a client's datagrams has answered that nothing listens there. */
  refused(accepted: Packet): void;
}
