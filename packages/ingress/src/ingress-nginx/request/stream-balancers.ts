import { type RoundRobinState, roundRobin } from "@kubenetsim/schedulers/ingress-nginx/round-robin";
import { requestFrom, serversOf } from "@kubenetsim/schedulers/servers";
import type { Configuration, StreamService } from "../model/configuration.ts";
import { formatEndpoint } from "../model/endpoint-text.ts";

interface StreamBalancer {
  readonly endpoints: readonly string[];
  readonly state: RoundRobinState;
}

/** The balancers of nginx's ports for TCP and UDP: round robin alone (rootfs/etc/nginx/lua/tcp_udp_balancer.lua). */
export class StreamBalancers {
  readonly #random: () => number;
  #services: readonly StreamService[] = [];
  #balancers = new Map<string, StreamBalancer>();

  /** `random`: numbers in [0, 1). */
  constructor(random: () => number) {
    this.#random = random;
  }

  /** Takes a configuration. New workers begin anew; else a balancer whose endpoints stay goes on. */
  load({ tcpServices, udpServices }: Configuration, { isReload, nowMs }: { isReload: boolean; nowMs: number }): void {
    this.#services = [...tcpServices, ...udpServices];
    const before = isReload ? new Map<string, StreamBalancer>() : this.#balancers;
    this.#balancers = new Map();
    for (const { name, endpoints } of this.#services) {
      const known = this.#balancers.get(name) ?? before.get(name);
      const texts = endpoints.map(formatEndpoint);
      const servers = serversOf(roundRobin, texts);
      const state =
        known === undefined ? roundRobin.start(servers, nowMs) : roundRobin.changed(known.state, servers, nowMs);
      this.#balancers.set(name, { endpoints: texts, state });
    }
  }

  /** The endpoint that a connection, or a client's datagrams, go to: `ip:port`; undefined on a port that is none of these. */
  pick(protocol: string, port: number, nowMs: number): string | undefined {
    const service = this.#services.find((each) => each.port === port && each.protocol === protocol);
    const balancer = service && this.#balancers.get(service.name);
    if (service === undefined || balancer === undefined) return undefined;
    const request = { ...requestFrom("192.0.2.1:1024"), nowMs, random: this.#random };
    const { index, state } = roundRobin.choose(balancer.state, serversOf(roundRobin, balancer.endpoints), request);
    this.#balancers.set(service.name, { ...balancer, state });
    return balancer.endpoints[index];
  }
}
