import type { Change, ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import { type ApiObject, type ObjectKey, objectKey } from "@kubenetsim/core/model/api-object";
import type { EndpointSlice } from "@kubenetsim/core/model/endpoint-slice";
import { matchesSelector, type Selector } from "@kubenetsim/core/model/label-selector";
import type { Pod } from "@kubenetsim/core/model/pod";
import type { Service } from "@kubenetsim/core/model/service";
import { unixSecondsOf } from "@kubenetsim/core/runtime/timestamp";
import { type EndpointsEntry, endpointsEntry } from "./endpoints-entry.ts";
import { EntryGroups } from "./entry-groups.ts";
import type { KubernetesOptions } from "./options.ts";
import { isWatchedPod, type PodEntry, podEntry } from "./pod-entry.ts";
import { endpointsChanged, podChanged, serviceChange } from "./serial-relevant.ts";
import { type ServiceEntry, serviceEntry } from "./service-entry.ts";

/**
 * What CoreDNS's watches have brought it, by what names and addresses are looked up with (plugin/kubernetes/controller.go). It
 * follows the cluster change by change, and could at any time be built anew, but for the serials, which tell when it changed.
 */
export class ObjectIndex {
  readonly namespaces: Set<string> = new Set();
  readonly services: Map<ObjectKey, ServiceEntry> = new Map();
  readonly servicesByClusterIP: EntryGroups<ServiceEntry> = new EntryGroups();
  readonly servicesByExternalIP: EntryGroups<ServiceEntry> = new EntryGroups();
  /** By the key of the Service. */
  readonly endpointsByService: EntryGroups<EndpointsEntry> = new EntryGroups();
  readonly endpointsByAddress: EntryGroups<EndpointsEntry> = new EntryGroups();
  readonly podsByAddress: EntryGroups<PodEntry> = new EntryGroups();
  /** False until the first lists of all watches are there. */
  synced: boolean = false;
  /** Unix second of the last change that changed records; 0 before the first. */
  serial: number = 0;
  /** The same of a zone of external addresses: it counts updates of Services alone. */
  externalSerial: number = 0;

  readonly #options: KubernetesOptions;
  readonly #endpoints = new Map<ObjectKey, EndpointsEntry>();
  readonly #pods = new Map<ObjectKey, PodEntry>();

  constructor(options: KubernetesOptions) {
    this.#options = options;
  }

  /** Takes in the first lists. */
  fill(state: ClusterState, nowMs: number): void {
    const { Namespace, Service, EndpointSlice, Pod } = state.tables;
    for (const table of [Namespace, Service, EndpointSlice, Pod]) {
      for (const object of table.values()) {
        if (this.#isWatched(object)) this.#put(object, objectKey(object), nowMs);
      }
    }
    this.synced = true;
  }

  /** Follows one change of the cluster. False where no watch brings it. */
  apply({ key, before, after }: Change, nowMs: number): boolean {
    if (after !== undefined && this.#isWatched(after)) this.#put(after, key, nowMs);
    else if (before !== undefined && this.#isWatched(before)) this.#delete(before, key, nowMs);
    else return false;
    return true;
  }

  /** All of it: what tests compare. */
  entries(): unknown {
    const sorted = <T>(map: ReadonlyMap<string, T>): unknown => [...map].sort(([a], [b]) => (a < b ? -1 : 1));
    return {
      namespaces: [...this.namespaces].sort(),
      services: sorted(this.services),
      servicesByClusterIP: this.servicesByClusterIP.entries(),
      servicesByExternalIP: this.servicesByExternalIP.entries(),
      endpoints: sorted(this.#endpoints),
      endpointsByService: this.endpointsByService.entries(),
      endpointsByAddress: this.endpointsByAddress.entries(),
      pods: sorted(this.#pods),
      podsByAddress: this.podsByAddress.entries(),
    };
  }

  /** Whether the watches' selectors let an object through. */
  #isWatched(object: ApiObject): boolean {
    const { labels, namespaceLabels, pods, noEndpoints } = this.#options;
    switch (object.kind) {
      case "Namespace":
        return selects(namespaceLabels, object);
      case "Service":
        return selects(labels, object);
      case "EndpointSlice":
        return !noEndpoints && selects(labels, object);
      case "Pod":
        return pods === "verified" && selects(labels, object) && isWatchedPod(object);
      default:
        return false;
    }
  }

  #put(object: ApiObject, key: ObjectKey, nowMs: number): void {
    switch (object.kind) {
      case "Namespace":
        this.namespaces.add(object.metadata.name);
        return;
      case "Service":
        this.#putService(object, key, nowMs);
        return;
      case "EndpointSlice":
        this.#putEndpoints(object, key, nowMs);
        return;
      case "Pod":
        this.#putPod(object, key, nowMs);
        return;
    }
  }

  #putService(service: Service, key: ObjectKey, nowMs: number): void {
    const before = this.services.get(key);
    const after = serviceEntry(service);
    if (before !== undefined) this.#dropService(before);
    this.services.set(key, after);
    for (const ip of after.clusterIPs) this.servicesByClusterIP.add(ip, after);
    for (const ip of after.externalIPs) this.servicesByExternalIP.add(ip, after);
    const change = before === undefined ? { internal: true, external: false } : serviceChange(before, after);
    if (change.internal) this.serial = unixSecondsOf(nowMs);
    if (change.external) this.externalSerial = unixSecondsOf(nowMs);
  }

  #dropService(service: ServiceEntry): void {
    this.services.delete(service.key);
    for (const ip of service.clusterIPs) this.servicesByClusterIP.remove(ip, service);
    for (const ip of service.externalIPs) this.servicesByExternalIP.remove(ip, service);
  }

  #putEndpoints(slice: EndpointSlice, key: ObjectKey, nowMs: number): void {
    const before = this.#endpoints.get(key);
    const after = endpointsEntry(slice, this.#options);
    if (before !== undefined) this.#dropEndpoints(before);
    this.#endpoints.set(key, after);
    this.endpointsByService.add(after.serviceKey, after);
    for (const { ip } of after.addresses) this.endpointsByAddress.add(ip, after);
    if (before === undefined || endpointsChanged(before, after)) this.serial = unixSecondsOf(nowMs);
  }

  #dropEndpoints(endpoints: EndpointsEntry): void {
    this.#endpoints.delete(endpoints.key);
    this.endpointsByService.remove(endpoints.serviceKey, endpoints);
    for (const { ip } of endpoints.addresses) this.endpointsByAddress.remove(ip, endpoints);
  }

  /** A Pod that is being deleted is left as it was: only its end takes it away (object.DefaultProcessor). */
  #putPod(pod: Pod, key: ObjectKey, nowMs: number): void {
    if (pod.metadata.deletionTimestamp !== undefined) return;
    const before = this.#pods.get(key);
    const after = podEntry(pod);
    if (before !== undefined) this.#dropPod(before);
    this.#pods.set(key, after);
    for (const ip of after.ips) this.podsByAddress.add(ip, after);
    if (before === undefined || podChanged(before, after)) this.serial = unixSecondsOf(nowMs);
  }

  #dropPod(pod: PodEntry): void {
    this.#pods.delete(pod.key);
    for (const ip of pod.ips) this.podsByAddress.remove(ip, pod);
  }

  #delete(object: ApiObject, key: ObjectKey, nowMs: number): void {
    if (object.kind === "Namespace") {
      this.namespaces.delete(object.metadata.name);
      return;
    }
    const service = object.kind === "Service" ? this.services.get(key) : undefined;
    const endpoints = object.kind === "EndpointSlice" ? this.#endpoints.get(key) : undefined;
    const pod = object.kind === "Pod" ? this.#pods.get(key) : undefined;
    if (service !== undefined) this.#dropService(service);
    if (endpoints !== undefined) this.#dropEndpoints(endpoints);
    if (pod !== undefined) this.#dropPod(pod);
    this.serial = unixSecondsOf(nowMs);
  }
}

function selects(selector: Selector, { metadata: { labels } }: ApiObject): boolean {
  return selector.length === 0 || matchesSelector(selector, labels);
}
