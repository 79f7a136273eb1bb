import type { Change, ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import { blankState } from "@kubenetsim/core/apiserver/empty-state";
import { deleteObject, putObject } from "@kubenetsim/core/apiserver/write-object";
import type { ApiObject, Kind, KindMap } from "@kubenetsim/core/model/api-object";
import type { EndpointSlice, SliceEndpoint } from "@kubenetsim/core/model/endpoint-slice";
import type { ServiceSpec } from "@kubenetsim/core/model/service";

/** Objects as an API server stores them, put in and taken out one by one; `changes` are those not yet told. */
export class StoredObjects {
  state: ClusterState = blankState();
  #changes: Change[] = [];

  constructor(objects: readonly ApiObject[] = []) {
    this.put(...objects);
    this.takeChanges();
  }

  put(...objects: readonly ApiObject[]): void {
    for (const object of objects) {
      const { state, change } = putObject(this.state, object);
      this.state = state;
      this.#changes.push(change);
    }
  }

  delete(kind: Kind, key: string): void {
    const written = deleteObject(this.state, kind, key);
    if (written === undefined) return;
    this.state = written.state;
    this.#changes.push(written.change);
  }

  takeChanges(): readonly Change[] {
    const taken = this.#changes;
    this.#changes = [];
    return taken;
  }
}

export function storedNamespace(name: string, labels: Readonly<Record<string, string>> = {}): KindMap["Namespace"] {
  return { apiVersion: "v1", kind: "Namespace", metadata: { name, labels } };
}

/** `storedServiceOf("default/web", { clusterIPs: ["10.96.0.80"], ports: [{ name: "http", port: 80, protocol: "TCP" }] })` */
export function storedServiceOf(
  key: string,
  spec: ServiceSpec,
  status?: KindMap["Service"]["status"],
): KindMap["Service"] {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: metadataOf(key),
    spec: { type: "ClusterIP", clusterIP: spec.clusterIPs?.[0] ?? "", ...spec },
    ...(status && { status }),
  };
}

/** A slice of a Service (none where it is undefined), its endpoints ready where they do not say otherwise. */
export function storedSliceOf(
  key: string,
  service: string | undefined,
  endpoints: readonly SliceEndpoint[],
  ports: EndpointSlice["ports"] = [{ name: "http", port: 8080, protocol: "TCP" }],
): EndpointSlice {
  return {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: { ...metadataOf(key), ...(service && { labels: { "kubernetes.io/service-name": service } }) },
    addressType: endpoints[0]?.addresses[0]?.includes(":") ? "IPv6" : "IPv4",
    endpoints,
    ports,
  };
}

export function storedPodOf(key: string, ips: readonly string[]): KindMap["Pod"] {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: metadataOf(key),
    spec: { containers: [{ name: "main" }] },
    status: { phase: "Running", podIPs: ips.map((ip) => ({ ip })) },
  };
}

function metadataOf(key: string): { namespace: string; name: string } {
  const [namespace = "", name = ""] = key.split("/");
  return { namespace, name };
}
