import type { ApiObject, Kind, KindMap } from "../model/api-object.ts";
import { cidrAddress, parseCidr } from "../net/cidr.ts";
import { epoch } from "../runtime/clock.ts";
import { ParseError } from "../runtime/errors.ts";
import { noAllocations } from "./allocate/allocations.ts";
import type { ApiServerSettings, ClusterState } from "./cluster-state.ts";
import { KeyedVector } from "./store/keyed-vector.ts";
import { ObjectTable } from "./store/object-table.ts";
import { putObject } from "./write-object.ts";

export interface EmptyStateOptions {
  /** `--service-cluster-ip-range`: one or two ranges, the first gives the primary family. Default `["10.96.0.0/12"]`. */
  readonly serviceCIDRs?: readonly string[];
  readonly nodePortRange?: ApiServerSettings["nodePortRange"];
  readonly apiServer?: ApiServerSettings["apiServer"];
}

const defaultSettings: ApiServerSettings = {
  nodePortRange: { first: 30000, last: 32767 },
  apiServer: { address: "192.168.10.2", port: 6443 },
};

const firstNamespaces = ["kube-system", "kube-public", "kube-node-lease", "default"];

/**
 * What a new API server stores once it has started: its namespaces, the ServiceCIDR `kubernetes`, and the Service
 * `default/kubernetes` with its EndpointSlice and Endpoints (pkg/controlplane/controller).
 *
 * @throws ParseError when a range cannot be read.
 */
export function emptyState(options: EmptyStateOptions = {}): ClusterState {
  const serviceCIDRs = options.serviceCIDRs ?? ["10.96.0.0/12"];
  const settings: ApiServerSettings = {
    nodePortRange: options.nodePortRange ?? defaultSettings.nodePortRange,
    apiServer: options.apiServer ?? defaultSettings.apiServer,
  };
  let state: ClusterState = blankState(settings);
  for (const object of [
    ...firstNamespaces.map(namespaceObject),
    defaultServiceCIDR(serviceCIDRs),
    ...kubernetesService(settings, serviceCIDRs[0]!),
  ]) {
    state = putObject(state, object).state;
  }
  return state;
}

/** A state with no objects at all. */
export function blankState(settings: ApiServerSettings = defaultSettings): ClusterState {
  return Object.freeze({
    revision: 0,
    settings: Object.freeze(settings),
    tables: Object.freeze({
      Namespace: ObjectTable.empty,
      Node: ObjectTable.empty,
      Pod: ObjectTable.empty,
      Service: ObjectTable.empty,
      Endpoints: ObjectTable.empty,
      EndpointSlice: ObjectTable.empty,
      Deployment: ObjectTable.empty,
      ReplicaSet: ObjectTable.empty,
      StatefulSet: ObjectTable.empty,
      DaemonSet: ObjectTable.empty,
      ControllerRevision: ObjectTable.empty,
      ServiceAccount: ObjectTable.empty,
      Event: ObjectTable.empty,
      ConfigMap: ObjectTable.empty,
      ServiceCIDR: ObjectTable.empty,
      Ingress: ObjectTable.empty,
      IngressClass: ObjectTable.empty,
      Secret: ObjectTable.empty,
    } satisfies { [K in Kind]: ObjectTable<KindMap[K]> }),
    allocations: noAllocations,
    sources: KeyedVector.empty,
  });
}

function namespaceObject(name: string): KindMap["Namespace"] {
  return {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name, labels: { "kubernetes.io/metadata.name": name }, creationTimestamp: epoch },
    spec: { finalizers: ["kubernetes"] },
    status: { phase: "Active" },
  };
}

/** By it a controller holds a ServiceCIDR that is deleted while Services have addresses of it. */
export const serviceCidrFinalizer = "networking.k8s.io/service-cidr-finalizer";

function defaultServiceCIDR(cidrs: readonly string[]): KindMap["ServiceCIDR"] {
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "ServiceCIDR",
    metadata: { name: "kubernetes", creationTimestamp: epoch, finalizers: [serviceCidrFinalizer] },
    spec: { cidrs },
    status: { conditions: [{ type: "Ready", status: "True", message: "Kubernetes default Service CIDR is ready" }] },
  };
}

/** The Service `kubernetes` on the first address of the first range, the slice and the Endpoints that the API server keeps for it. */
export function kubernetesService(settings: ApiServerSettings, serviceCIDR: string): readonly ApiObject[] {
  const cidr = parseCidr(serviceCIDR);
  if (cidr === undefined) {
    throw new ParseError(`service range ${JSON.stringify(serviceCIDR)} is no CIDR`, {
      hint: "write it as 10.96.0.0/12 or fd00:10:96::/112",
    });
  }
  const clusterIP = cidrAddress(cidr, 1);
  const { address, port } = settings.apiServer;
  const family = clusterIP.includes(":") ? "IPv6" : "IPv4";
  const metadata = { name: "kubernetes", namespace: "default", creationTimestamp: epoch };
  const service: KindMap["Service"] = {
    apiVersion: "v1",
    kind: "Service",
    metadata: { ...metadata, labels: { component: "apiserver", provider: "kubernetes" } },
    spec: {
      clusterIP,
      clusterIPs: [clusterIP],
      internalTrafficPolicy: "Cluster",
      ipFamilies: [family],
      ipFamilyPolicy: "SingleStack",
      ports: [{ name: "https", port: 443, protocol: "TCP", targetPort: port }],
      sessionAffinity: "None",
      type: "ClusterIP",
    },
    status: { loadBalancer: {} },
  };
  const slice: KindMap["EndpointSlice"] = {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: { ...metadata, labels: { "kubernetes.io/service-name": "kubernetes" } },
    addressType: address.includes(":") ? "IPv6" : "IPv4",
    endpoints: [{ addresses: [address], conditions: { ready: true } }],
    ports: [{ name: "https", port, protocol: "TCP" }],
  };
  const endpoints: KindMap["Endpoints"] = {
    apiVersion: "v1",
    kind: "Endpoints",
    metadata: { ...metadata, labels: { "endpointslice.kubernetes.io/skip-mirror": "true" } },
    subsets: [{ addresses: [{ ip: address }], ports: [{ name: "https", port, protocol: "TCP" }] }],
  };
  return [service, slice, endpoints];
}
