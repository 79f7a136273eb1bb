import type { ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import { hostPortsOf } from "@kubenetsim/core/controllers/host-ports";
import { waitingPods } from "@kubenetsim/core/controllers/waiting-pods";
import { objectKey } from "@kubenetsim/core/model/api-object";
import type { EndpointSlice } from "@kubenetsim/core/model/endpoint-slice";
import { matchesEqualities } from "@kubenetsim/core/model/label-selector";
import type { Pod } from "@kubenetsim/core/model/pod";
import type { Service } from "@kubenetsim/core/model/service";
import type { SourcePosition } from "@kubenetsim/core/runtime/errors";
import { ingressOf } from "../cloud/service-balancer.ts";
import { nodeWarnings } from "./node-warnings.ts";
import type { Warning } from "./warning.ts";

type Path = readonly (string | number)[];

/**
 * What a settled cluster has that is allowed and probably not meant: Services that select no Pod or name a port that none
 * of their Pods has, load balancers without an address, Pods that stay pending, Nodes that share addresses, no Node at all.
 */
export function findWarnings(state: ClusterState): Warning[] {
  const slices = slicesByService(state);
  return [
    ...clusterWarnings(state),
    ...nodeWarnings(state),
    ...state.tables.Service.values().flatMap((service) => [
      ...selectorWarnings(state, service, slices.get(objectKey(service)) ?? []),
      ...balancerWarnings(state, service),
    ]),
    ...podWarnings(state),
    ...state.tables.Pod.values().flatMap((pod) => hostPortWarnings(state, pod)),
  ];
}

function clusterWarnings(state: ClusterState): Warning[] {
  if (state.tables.Node.size > 0) return [];
  return [{ message: "there is no Node: Pods stay pending and no packet can be sent", position: undefined }];
}

function selectorWarnings(state: ClusterState, service: Service, slices: readonly EndpointSlice[]): Warning[] {
  const { selector, type, ports = [] } = service.spec;
  if (type === "ExternalName" || selector === undefined || Object.keys(selector).length === 0) return [];
  const hasEndpoints = slices.some((slice) => (slice.endpoints ?? []).length > 0);
  if (!hasEndpoints) {
    const pods = state.tables.Pod.list(service.metadata.namespace);
    if (pods.some((pod) => matchesEqualities(selector, pod.metadata.labels))) return [];
    const text = Object.entries(selector).map(([key, value]) => `${key}=${value}`);
    return [warn(state, service, ["spec", "selector"], `its selector ${text.join(",")} matches no Pod`)];
  }
  const served = new Set(slices.flatMap((slice) => (slice.ports ?? []).map((port) => port.name ?? "")));
  return ports.flatMap(({ name = "", targetPort }, i) => {
    if (typeof targetPort !== "string" || served.has(name)) return [];
    const path = ["spec", "ports", i, "targetPort"];
    return [warn(state, service, path, `none of its Pods has a port named "${targetPort}"`)];
  });
}

function balancerWarnings(state: ClusterState, service: Service): Warning[] {
  if (service.spec.type !== "LoadBalancer" || ingressOf(service).length > 0) return [];
  return [warn(state, service, ["spec", "type"], "no cloud has given it a load balancer address: it stays pending")];
}

/** One for each reason that Pods wait for, with the first of them. */
function podWarnings(state: ClusterState): Warning[] {
  if (state.tables.Node.size === 0) return [];
  const byReason = new Map<string, string[]>();
  for (const { key, reason } of waitingPods(state)) {
    const keys = byReason.get(reason);
    if (keys === undefined) byReason.set(reason, [key]);
    else keys.push(key);
  }
  return [...byReason].map(([reason, keys]) => {
    const more = keys.length > 3 ? ` and ${keys.length - 3} more` : "";
    const message = `Pod ${keys.slice(0, 3).join(", ")}${more} stays pending: ${reason}`;
    return { message, position: positionOf(state, `Pod ${keys[0]!}`, ["spec", "nodeName"]) };
  });
}

/** The runtime's plug-in that opens host ports (portmap) is not modelled; on the node's network a container opens them itself. */
function hostPortWarnings(state: ClusterState, pod: Pod): Warning[] {
  if (pod.spec.hostNetwork === true || pod.status?.phase !== "Running") return [];
  const ports = hostPortsOf(pod).map(({ hostPort }) => hostPort);
  if (ports.length === 0) return [];
  const key = objectKey(pod);
  const text = `hostPort ${ports.join(", ")} is not modelled without hostNetwork: nobody listens there on its node`;
  return [{ message: `Pod ${key}: ${text}`, position: positionOf(state, `Pod ${key}`, ["spec", "containers"]) }];
}

function warn(state: ClusterState, service: Service, path: Path, text: string): Warning {
  const title = `Service ${objectKey(service)}`;
  return { message: `${title}: ${text}`, position: positionOf(state, title, path) };
}

function positionOf(state: ClusterState, title: string, path: Path): SourcePosition | undefined {
  return state.sources.get(title)?.positionOf(path);
}

function slicesByService(state: ClusterState): Map<string, EndpointSlice[]> {
  const byService = new Map<string, EndpointSlice[]>();
  for (const slice of state.tables.EndpointSlice.values()) {
    const key = `${slice.metadata.namespace}/${slice.metadata.labels?.["kubernetes.io/service-name"] ?? ""}`;
    const known = byService.get(key);
    if (known === undefined) byService.set(key, [slice]);
    else known.push(slice);
  }
  return byService;
}
