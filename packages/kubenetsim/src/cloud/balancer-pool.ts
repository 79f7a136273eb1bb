import { Balancer } from "@kubenetsim/network/balancer/balancer";
import type { LoadBalancer } from "@kubenetsim/network/balancer/load-balancer";
import type { DataPlane } from "../dataplane/data-plane.ts";
import { TargetHealth } from "./target-health.ts";

/** The load balancers of a cluster at work: whose turn it is outlives the network in which they stand. */
export class BalancerPool {
  readonly health: TargetHealth;
  readonly #balancers = new Map<string, Balancer>();

  constructor(plane: DataPlane, nowMs: () => number) {
    this.health = new TargetHealth(plane, nowMs);
  }

  /** The one of this name, configured so. */
  of(config: LoadBalancer): Balancer {
    const known = this.#balancers.get(config.name);
    if (known?.config.mode === config.mode) {
      known.configure(config);
      return known;
    }
    const made = new Balancer(config, this.health.of);
    this.#balancers.set(config.name, made);
    return made;
  }

  /** All others have gone. */
  keep(names: ReadonlySet<string>): void {
    for (const name of this.#balancers.keys()) if (!names.has(name)) this.#balancers.delete(name);
  }

  drop(name: string): void {
    this.#balancers.delete(name);
  }

  /** Goes on where the load balancers of another cluster stand. */
  follow(other: BalancerPool): void {
    for (const [name, balancer] of other.#balancers) this.#balancers.set(name, balancer.copy(this.health.of));
  }
}
