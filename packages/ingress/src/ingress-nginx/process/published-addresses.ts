import type { ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import type { IngressAddress } from "@kubenetsim/core/model/ingress";
import { matchesEqualities } from "@kubenetsim/core/model/label-selector";
import type { Labels } from "@kubenetsim/core/model/object-meta";
import type { Pod } from "@kubenetsim/core/model/pod";
import { parseAddress } from "@kubenetsim/core/net/address";
import type { ControllerFlags } from "../flags/controller-flags.ts";

type StatusFlags = Pick<ControllerFlags, "publishService" | "publishStatusAddress" | "reportNodeInternalIp">;

/**
 * What a leader writes into the status of its Ingresses (internal/ingress/status/status.go `runningAddresses`): the addresses of
 * --publish-status-address, those of the Service of --publish-service, else those of the nodes that run ready Pods with the
 * leader's own labels. Undefined where it cannot tell, so that it writes nothing.
 */
export function publishedAddresses(
  state: ClusterState,
  pod: Pod,
  flags: StatusFlags,
): readonly IngressAddress[] | undefined {
  const { publishService, publishStatusAddress } = flags;
  if (publishStatusAddress !== undefined) return publishStatusAddress.split(/,\s*/).map(addressOf).sort(byName);
  if (publishService !== undefined) return serviceAddresses(state, publishService)?.sort(byName);
  const pods = state.tables.Pod.list(pod.metadata.namespace).filter(
    (each) => matchesEqualities(pod.metadata.labels ?? {}, each.metadata.labels) && isReady(each),
  );
  const texts = pods.flatMap((each) => nodeAddresses(state, each.spec.nodeName ?? "", flags.reportNodeInternalIp));
  return [...new Set(texts)].map(addressOf).sort(byName);
}

/** Labels that differ from one generation of Pods to the next. */
const generationLabels = ["pod-template-hash", "controller-revision-hash", "pod-template-generation"];

/**
 * Whether a leader that is told to end leaves the status as it is: it has more than one address to withdraw, or other Pods of its
 * kind are there (`Shutdown`).
 */
export function leavesStatus(state: ClusterState, pod: Pod, flags: StatusFlags): boolean {
  if ((publishedAddresses(state, pod, flags)?.length ?? 2) > 1) return true;
  const own = Object.entries(pod.metadata.labels ?? {}).filter(([name]) => !generationLabels.includes(name));
  const labels: Labels = Object.fromEntries(own);
  return state.tables.Pod.list(pod.metadata.namespace).some(
    (each) => each.metadata.uid !== pod.metadata.uid && matchesEqualities(labels, each.metadata.labels),
  );
}

/** `statusAddressFromService`; of its NodePorts it says nothing. */
function serviceAddresses(state: ClusterState, key: string): IngressAddress[] | undefined {
  const service = state.tables.Service.get(key);
  if (service === undefined) return undefined;
  const { type, clusterIP, externalName, externalIPs } = service.spec;
  const external = (externalIPs ?? []).map((ip) => ({ ip }));
  switch (type) {
    case "ExternalName":
      return [{ hostname: externalName ?? "" }];
    case "NodePort":
      return externalIPs === undefined ? [{ ip: clusterIP ?? "" }] : external;
    case "LoadBalancer": {
      const balanced = (service.status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ({
        ...(ip ? { ip } : {}),
        ...(hostname ? { hostname } : {}),
      }));
      return [...balanced, ...external.filter(({ ip }) => !balanced.some((each) => each.ip === ip))];
    }
    default:
      return [{ ip: clusterIP ?? "" }];
  }
}

/** `GetNodeIPs`: the external addresses, or the internal ones where there are none or they are asked for. */
function nodeAddresses(state: ClusterState, name: string, isInternal: boolean): string[] {
  const addresses = state.tables.Node.get(name)?.status?.addresses ?? [];
  const of = (type: string): string[] =>
    addresses.filter((each) => each.type === type && each.address !== "").map(({ address }) => address);
  const external = isInternal ? [] : of("ExternalIP");
  return external.length === 0 ? of("InternalIP") : external;
}

function isReady({ status }: Pod): boolean {
  const ready = status?.conditions?.find(({ type }) => type === "Ready");
  return status?.phase === "Running" && ready?.status === "True";
}

function addressOf(text: string): IngressAddress {
  return parseAddress(text) === undefined ? { hostname: text } : { ip: text };
}

/** By host name, then by address. */
function byName(left: IngressAddress, right: IngressAddress): number {
  const [a, b] = [left.hostname ?? "", right.hostname ?? ""];
  if (a !== b) return a < b ? -1 : 1;
  const [c, d] = [left.ip ?? "", right.ip ?? ""];
  return c === d ? 0 : c < d ? -1 : 1;
}
