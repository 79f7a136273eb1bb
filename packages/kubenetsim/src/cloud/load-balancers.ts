import type { ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import type { ObjectKey } from "@kubenetsim/core/model/api-object";
import type { EndpointSlice } from "@kubenetsim/core/model/endpoint-slice";
import type { Service } from "@kubenetsim/core/model/service";
import { parseAddress } from "@kubenetsim/core/net/address";
import type { LoadBalancer } from "@kubenetsim/network/topology/input";
import type { ChangedObjects } from "../dataplane/changed-objects.ts";
import { ingressOf } from "./load-balancer-controller.ts";

const serviceNameLabel = "kubernetes.io/service-name";

/**
 * The cloud's boxes as the network sees them: one for each Service with load balancer addresses. It hands connections to
 * the nodes with their destination unchanged (ipMode VIP), to all of them, or, where the Service asks for the nodes of its
 * own endpoints (externalTrafficPolicy: Local), to those whose health check answers.
 */
export class LoadBalancers {
  /** Those that it may choose. */
  readonly #nodes: readonly string[];
  readonly #slices = new Map<ObjectKey, Set<EndpointSlice>>();
  readonly #made = new Map<ObjectKey, LoadBalancer>();

  constructor(state: ClusterState, nodes: readonly string[]) {
    this.#nodes = nodes;
    for (const slice of state.tables.EndpointSlice.values()) this.#add(slice);
    for (const service of state.tables.Service.values()) this.#make(serviceKey(service), service);
  }

  /** In the order of their Services' names: of two with one address the first has it. */
  values(): LoadBalancer[] {
    return [...this.#made].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, balancer]) => balancer);
  }

  /** Brings them up to date; true if one of them is another now. */
  update(state: ClusterState, changed: ChangedObjects): boolean {
    const touched = new Set<ObjectKey>();
    for (const { before, after } of changed.of("EndpointSlice")) {
      if (before !== undefined) touched.add(this.#remove(before));
      if (after !== undefined) touched.add(this.#add(after));
    }
    for (const { key } of changed.of("Service")) touched.add(key);
    let isOther = false;
    for (const key of touched) {
      const before = JSON.stringify(this.#made.get(key));
      this.#make(key, state.tables.Service.get(key));
      if (JSON.stringify(this.#made.get(key)) !== before) isOther = true;
    }
    return isOther;
  }

  #add(slice: EndpointSlice): ObjectKey {
    const key = serviceOf(slice);
    const slices = this.#slices.get(key);
    if (slices === undefined) this.#slices.set(key, new Set([slice]));
    else slices.add(slice);
    return key;
  }

  #remove(slice: EndpointSlice): ObjectKey {
    const key = serviceOf(slice);
    const slices = this.#slices.get(key);
    slices?.delete(slice);
    if (slices?.size === 0) this.#slices.delete(key);
    return key;
  }

  #make(key: ObjectKey, service: Service | undefined): void {
    const addresses = service?.spec.type === "LoadBalancer" ? balancedAddresses(service) : [];
    if (addresses.length === 0) {
      this.#made.delete(key);
      return;
    }
    const isLocal = service!.spec.externalTrafficPolicy === "Local";
    const healthy = isLocal ? nodesWithEndpoints(this.#slices.get(key) ?? []) : undefined;
    const nodes = this.#nodes.filter((name) => healthy === undefined || healthy.has(name));
    this.#made.set(key, { addresses, nodes });
  }
}

function balancedAddresses(service: Service) {
  return ingressOf(service)
    .filter((ingress) => ingress.ipMode !== "Proxy")
    .map((ingress) => parseAddress(ingress.ip ?? ""))
    .filter((address) => address !== undefined);
}

/** On which nodes kube-proxy's health check answers: those with a ready endpoint (pkg/proxy/healthcheck/service_health.go). */
function nodesWithEndpoints(slices: Iterable<EndpointSlice>): Set<string> {
  const nodes = new Set<string>();
  for (const { endpoints } of slices) {
    for (const { nodeName, conditions } of endpoints ?? []) {
      if (nodeName !== undefined && conditions?.ready !== false) nodes.add(nodeName);
    }
  }
  return nodes;
}

function serviceKey({ metadata }: Service): ObjectKey {
  return `${metadata.namespace}/${metadata.name}`;
}

function serviceOf({ metadata }: EndpointSlice): ObjectKey {
  return `${metadata.namespace}/${metadata.labels?.[serviceNameLabel] ?? ""}`;
}
