import type { Endpoints } from "@kubenetsim/core/model/endpoints";
import type { Clock } from "@kubenetsim/core/runtime/clock";
import type { Random } from "@kubenetsim/core/runtime/random";
import { type DialledEndpoint, portsToEndpoints } from "./ports-to-endpoints.ts";

/** A client as affinity knows it: its IPv4 address as a number, its IPv6 address as text. */
export type Client = number | string;

export interface Choice {
  readonly endpoint: DialledEndpoint;
  readonly by: "round robin" | "affinity";
  /** Its place in the order in which endpoints take turns, from 1; 0 where it was not its turn. */
  readonly position: number;
  readonly count: number;
}

interface Affinity {
  endpoint: DialledEndpoint;
  lastUsedMs: number;
}

interface BalancerState {
  endpoints: readonly DialledEndpoint[];
  /** Whose turn it is. */
  index: number;
  clientIP: boolean;
  readonly ttlSeconds: number;
  readonly affinity: Map<Client, Affinity>;
  /** How often its endpoints have been shuffled. */
  shuffles: number;
}

const defaultAffinitySeconds = 10_800;

/**
 * The load balancer of userspace mode (LoadBalancerRR, pkg/proxy/userspace/roundrobin.go of 1.25): strict turns for each
 * Service port, in an order drawn anew whenever its endpoints change, and stickiness of clients for a time that begins again
 * with each connection.
 *
 * Ports of Services are named `namespace/name:port`. How long clients stick is set when a name is first heard of: by
 * Endpoints that come before their Service it is three hours, whatever the Service says.
 */
export class RoundRobin {
  readonly #random: Random;
  readonly #clock: Clock;
  readonly #services = new Map<string, BalancerState>();

  constructor(random: Random, clock: Clock) {
    this.#random = random;
    this.#clock = clock;
  }

  /** A Service port is served; `clientIP` says whether its clients stick from now on. 0 seconds stand for three hours. */
  newService(name: string, clientIP: boolean, ttlSeconds: number): void {
    this.#stateOf(name, ttlSeconds).clientIP = clientIP;
  }

  deleteService(name: string): void {
    this.#services.delete(name);
  }

  hasEndpoints(name: string): boolean {
    return (this.#services.get(name)?.endpoints.length ?? 0) > 0;
  }

  /** Who is to serve the next connection of a client; `afterFailure` passes over whom it sticks to. Undefined for nobody. */
  next(name: string, client: Client, afterFailure = false): Choice | undefined {
    const state = this.#services.get(name);
    if (state === undefined || state.endpoints.length === 0) return undefined;
    const { endpoints, affinity } = state;
    const count = endpoints.length;
    const stuck = state.clientIP && !afterFailure ? affinity.get(client) : undefined;
    if (stuck !== undefined && !this.#isStale(stuck, state)) {
      stuck.lastUsedMs = this.#clock.nowMs;
      return { endpoint: stuck.endpoint, by: "affinity", position: 0, count };
    }
    const endpoint = endpoints[state.index]!;
    const position = state.index + 1;
    state.index = position % count;
    if (state.clientIP) affinity.set(client, { endpoint, lastUsedMs: this.#clock.nowMs });
    return { endpoint, by: "round robin", position, count };
  }

  addEndpoints(endpoints: Endpoints): void {
    for (const [port, list] of portsToEndpoints(endpoints)) this.#setEndpoints(portName(endpoints, port), list);
  }

  /** Ports whose endpoints are the same in any order keep their order and their turn. */
  updateEndpoints(before: Endpoints, after: Endpoints): void {
    const ports = portsToEndpoints(after);
    for (const [port, list] of ports) {
      const name = portName(after, port);
      const state = this.#services.get(name);
      if (state !== undefined && sameSet(state.endpoints, list)) continue;
      if (state !== undefined) forgetGone(state, list);
      this.#setEndpoints(name, list);
    }
    for (const port of portsToEndpoints(before).keys()) if (!ports.has(port)) this.#reset(portName(before, port));
  }

  deleteEndpoints(endpoints: Endpoints): void {
    for (const port of portsToEndpoints(endpoints).keys()) this.#reset(portName(endpoints, port));
  }

  /** Forgets the clients of a Service port that have not come for too long. */
  forgetStale(name: string): void {
    const state = this.#services.get(name);
    if (state === undefined) return;
    for (const [client, affinity] of state.affinity) if (this.#isStale(affinity, state)) state.affinity.delete(client);
  }

  /** A copy that goes its own way from here. */
  fork(random: Random, clock: Clock): RoundRobin {
    const copy = new RoundRobin(random, clock);
    for (const [name, state] of this.#services) {
      const affinity = new Map([...state.affinity].map(([client, one]) => [client, { ...one }]));
      copy.#services.set(name, { ...state, affinity });
    }
    return copy;
  }

  #stateOf(name: string, ttlSeconds: number): BalancerState {
    const known = this.#services.get(name);
    if (known !== undefined) return known;
    const state: BalancerState = {
      endpoints: [],
      index: 0,
      clientIP: false,
      ttlSeconds: ttlSeconds || defaultAffinitySeconds,
      affinity: new Map(),
      shuffles: 0,
    };
    this.#services.set(name, state);
    return state;
  }

  #setEndpoints(name: string, endpoints: readonly DialledEndpoint[]): void {
    const state = this.#stateOf(name, 0);
    state.endpoints = shuffled(endpoints, this.#random.fork(`${name}/${state.shuffles++}`));
    state.index = 0;
  }

  #reset(name: string): void {
    const state = this.#services.get(name);
    if (state === undefined) return;
    state.endpoints = [];
    state.index = 0;
    state.affinity.clear();
  }

  #isStale({ lastUsedMs }: Affinity, { ttlSeconds }: BalancerState): boolean {
    return Math.trunc((this.#clock.nowMs - lastUsedMs) / 1000) >= ttlSeconds;
  }
}

function portName({ metadata }: Endpoints, port: string): string {
  const service = `${metadata.namespace ?? ""}/${metadata.name}`;
  return port === "" ? service : `${service}:${port}`;
}

/** As many of each, in any order. */
function sameSet(a: readonly DialledEndpoint[], b: readonly DialledEndpoint[]): boolean {
  if (a.length !== b.length) return false;
  const texts = b.map(({ text }) => text).sort();
  return a
    .map(({ text }) => text)
    .sort()
    .every((text, i) => text === texts[i]);
}

/** Clients of endpoints that are gone stick to nobody. */
function forgetGone(state: BalancerState, left: readonly DialledEndpoint[]): void {
  const stays = new Set(left.map(({ text }) => text));
  for (const [client, { endpoint }] of state.affinity) if (!stays.has(endpoint.text)) state.affinity.delete(client);
}

/** Every order with the same chance (math/rand's Perm). */
function shuffled<T>(list: readonly T[], random: Random): T[] {
  const order: number[] = [];
  for (let i = 0; i < list.length; i++) {
    const j = random.below(i + 1);
    order[i] = order[j] ?? i;
    order[j] = i;
  }
  const result = [...list];
  for (const [i, j] of order.entries()) result[j] = list[i]!;
  return result;
}
