import type { ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import { type ObjectKey, objectKey } from "@kubenetsim/core/model/api-object";
import type { EndpointSlice } from "@kubenetsim/core/model/endpoint-slice";
import type { Balancer } from "@kubenetsim/network/balancer/balancer";
import type { LoadBalancer } from "@kubenetsim/network/balancer/load-balancer";
import type { ChangedObjects } from "../dataplane/changed-objects.ts";
import type { BalancerPool } from "./balancer-pool.ts";
import { type DeclaredBalancers, declaredBalancers } from "./declared-balancers.ts";
import { takesBalancedTraffic } from "./node-predicates.ts";
import { targetOf } from "./node-target.ts";
import { type CloudHabits, serviceBalancer } from "./service-balancer.ts";
import { SharedAddresses } from "./shared-addresses.ts";

const serviceNameLabel = "kubernetes.io/service-name";

export interface LoadBalancerSettings extends Omit<CloudHabits, "targets"> {
  readonly pool: BalancerPool;
  /** Those that the options name. */
  readonly declared: DeclaredBalancers;
  /** The only node that they may choose. */
  readonly entryNode?: string | undefined;
}

/**
 * All load balancers as the network has them: those that the options name, and one for each Service with load balancer addresses. A
 * Service's hands connections to the nodes that the service controller gives it, as long as their health checks answer.
 */
export class LoadBalancers {
  readonly #settings: LoadBalancerSettings;
  readonly #habits: CloudHabits;
  readonly #slices = new Map<ObjectKey, Set<EndpointSlice>>();
  readonly #declared: readonly LoadBalancer[];
  readonly #made = new SharedAddresses();

  constructor(state: ClusterState, settings: LoadBalancerSettings) {
    const nodes = state.tables.Node.values().filter(
      ({ metadata }) => settings.entryNode === undefined || metadata.name === settings.entryNode,
    );
    this.#settings = settings;
    this.#habits = { ...settings, targets: nodes.filter(takesBalancedTraffic).map(targetOf) };
    this.#declared = declaredBalancers(settings.declared, nodes);
    for (const slice of state.tables.EndpointSlice.values()) this.#add(slice);
    for (const service of state.tables.Service.values()) {
      const made = serviceBalancer(service, this.#habits);
      if (made !== undefined) this.#made.set(objectKey(service), made);
    }
  }

  /** Those of the options, then those of Services in the order of their names: of two with one address the first has it. */
  values(): Balancer[] {
    const configs = [...this.#declared, ...this.#made.values()];
    const { pool } = this.#settings;
    pool.keep(new Set(configs.map(({ name }) => name)));
    return configs.map((config) => pool.of(config));
  }

  slicesOf(service: ObjectKey): Iterable<EndpointSlice> {
    return this.#slices.get(service) ?? [];
  }

  /** Brings them up to date; true if the network has to be another one, since addresses have come, gone or moved. */
  update(state: ClusterState, changed: ChangedObjects): boolean {
    for (const { before, after } of changed.of("EndpointSlice")) {
      if (before !== undefined) this.#remove(before);
      if (after !== undefined) this.#add(after);
    }
    let isOther = false;
    for (const { key } of changed.of("Service")) {
      const service = state.tables.Service.get(key);
      const made = service === undefined ? undefined : serviceBalancer(service, this.#habits);
      const touched = this.#made.set(key, made);
      if (touched === "places") isOther = true;
      else for (const config of touched) this.#settings.pool.of(config);
    }
    return isOther;
  }

  #add(slice: EndpointSlice): void {
    const key = serviceOf(slice);
    const slices = this.#slices.get(key);
    if (slices === undefined) this.#slices.set(key, new Set([slice]));
    else slices.add(slice);
  }

  #remove(slice: EndpointSlice): void {
    const key = serviceOf(slice);
    const slices = this.#slices.get(key);
    slices?.delete(slice);
    if (slices?.size === 0) this.#slices.delete(key);
  }
}

function serviceOf({ metadata }: EndpointSlice): ObjectKey {
  return `${metadata.namespace}/${metadata.labels?.[serviceNameLabel] ?? ""}`;
}
