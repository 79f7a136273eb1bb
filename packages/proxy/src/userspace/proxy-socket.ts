import type { AddressWords } from "@kubenetsim/core/net/address";
import { formatAddress } from "@kubenetsim/core/net/address";
import type { Clock } from "@kubenetsim/core/runtime/clock";
import type { DialledEndpoint } from "./ports-to-endpoints.ts";
import type { Choice, Client, RoundRobin } from "./round-robin.ts";
import type { ServedPort } from "./served-port.ts";

/** For how long kube-proxy waits for each attempt to dial (EndpointDialTimeouts, pkg/proxy/userspace/proxysocket.go). */
export const dialTimeoutsMs: readonly number[] = [250, 500, 1000, 2000];

/** Whom a connection goes to, and from which port of the node. */
export interface Dialled {
  readonly endpoint: DialledEndpoint;
  readonly sourcePort: number;
  /** Undefined for the socket of a UDP client that is known already. */
  readonly choice: Choice | undefined;
}

interface UdpClient {
  readonly endpoint: DialledEndpoint;
  readonly sourcePort: number;
  dueMs: number;
}

/** What a listening socket takes: a connection or a datagram. */
export interface Accepted {
  readonly source: AddressWords;
  readonly sourcePort: number;
}

export interface SocketSurroundings {
  readonly balancer: RoundRobin;
  readonly clock: Clock;
  /** How long a UDP client is known after its last datagram. */
  readonly udpIdleMs: number;
  /** A port of the node for a new connection. */
  readonly nextSourcePort: () => number;
}

/** The socket on which kube-proxy listens for one port of a Service, and what it does with who comes. */
export class ProxySocket {
  readonly served: ServedPort;
  readonly #around: SocketSurroundings;
  readonly #clients = new Map<string, UdpClient>();

  constructor(served: ServedPort, around: SocketSurroundings) {
    this.served = served;
    this.#around = around;
  }

  /** Whom to dial; undefined for nobody. After a failed attempt the next endpoint takes its turn, affinity or not. */
  dial(accepted: Accepted, attempt: number): Dialled | undefined {
    const isUdp = this.served.protocol === "UDP";
    const known = isUdp && attempt === 0 ? this.#knownClient(accepted) : undefined;
    if (known !== undefined) return { ...known, choice: undefined };
    const choice = this.#around.balancer.next(this.served.name, clientOf(accepted), attempt > 0);
    if (choice === undefined) return undefined;
    const { endpoint } = choice;
    const sourcePort = this.#around.nextSourcePort();
    if (isUdp) this.#clients.set(clientKey(accepted), { endpoint, sourcePort, dueMs: this.#due });
    return { endpoint, sourcePort, choice };
  }

  /** The socket of a UDP client got an ICMP error: it is closed, and the next datagram goes to the next endpoint. */
  refused(accepted: Accepted): void {
    this.#clients.delete(clientKey(accepted));
  }

  fork(around: SocketSurroundings): ProxySocket {
    const copy = new ProxySocket(this.served, around);
    for (const [key, client] of this.#clients) copy.#clients.set(key, { ...client });
    return copy;
  }

  /** Each datagram gives its client as much time again. */
  #knownClient(accepted: Accepted): UdpClient | undefined {
    const client = this.#clients.get(clientKey(accepted));
    if (client === undefined || client.dueMs <= this.#around.clock.nowMs) return undefined;
    client.dueMs = this.#due;
    return client;
  }

  get #due(): number {
    return this.#around.clock.nowMs + this.#around.udpIdleMs;
  }
}

function clientOf({ source }: Accepted): Client {
  return source.length === 1 ? source[0]! : formatAddress(source);
}

function clientKey(accepted: Accepted): string {
  return `${clientOf(accepted)} ${accepted.sourcePort}`;
}
