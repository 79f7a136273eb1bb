import type { Random } from "../../runtime/random.ts";
import type { ClusterState } from "../cluster-state.ts";
import type { Write } from "../kinds/rules.ts";

/** Before the first port that a dry run shows. */
const firstStandIn = 32_768;

/**
 * The node ports that one write takes and gives back, over those that the state holds. Ports that are given back stay
 * taken until the write is done, as in the API server.
 */
export class PortOperation {
  readonly #state: ClusterState;
  readonly #random: Random;
  readonly #dryRun: boolean;
  readonly #taken = new Set<number>();

  constructor(state: ClusterState, { random, dryRun }: Write) {
    this.#state = state;
    this.#random = random;
    this.#dryRun = dryRun;
  }

  /** Takes that port, or says why it is not to be had. */
  take(port: number): string | undefined {
    const { first, last } = this.#state.settings.nodePortRange;
    if (!this.#dryRun && (port < first || port > last)) {
      return `provided port is not in the valid range. The range of valid ports is ${first}-${last}`;
    }
    if (!this.#isFree(port)) return "provided port is already allocated";
    this.#taken.add(port);
    return undefined;
  }

  /** Takes any port: a random one of the upper band and from there the next free one, then the lower band. */
  takeAny(): number | undefined {
    if (this.#dryRun) return this.#takeStandIn();
    const { first, last } = this.#state.settings.nodePortRange;
    const middle = first + staticPorts(last - first + 1);
    const port = this.#scan(middle, last) ?? this.#scan(first, middle - 1);
    if (port !== undefined) this.#taken.add(port);
    return port;
  }

  /** A dry run shows ports of which it says nothing. */
  #takeStandIn(): number {
    const port = Math.max(...(this.#taken.size === 0 ? [firstStandIn] : this.#taken)) + 1;
    this.#taken.add(port);
    return port;
  }

  /** What can be done where no port is left. */
  fullHint(): string {
    const { first, last } = this.#state.settings.nodePortRange;
    return (
      `all ${last - first + 1} node ports of ${first}-${last} are taken: delete Services of type NodePort or ` +
      "LoadBalancer, or give LoadBalancers allocateLoadBalancerNodePorts: false"
    );
  }

  #scan(first: number, last: number): number | undefined {
    const count = last - first + 1;
    if (count <= 0) return undefined;
    const start = this.#random.below(count);
    for (let step = 0; step < count; step++) {
      const port = first + ((start + step) % count);
      if (this.#isFree(port)) return port;
    }
    return undefined;
  }

  #isFree(port: number): boolean {
    return !this.#taken.has(port) && !this.#state.allocations.nodePorts.has(String(port));
  }
}

/** How many ports at the beginning of the range are left to those who ask for one (KEP-3668). */
export function staticPorts(size: number): number {
  if (size <= 16) return 0;
  return Math.min(Math.max(16, Math.floor(size / 32)), 128);
}
