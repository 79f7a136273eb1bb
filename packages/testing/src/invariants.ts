import type { ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import { objectKey } from "@kubenetsim/core/model/api-object";
import type { EndpointSlice, SliceEndpoint } from "@kubenetsim/core/model/endpoint-slice";
import { matchesEqualities } from "@kubenetsim/core/model/label-selector";
import type { Pod } from "@kubenetsim/core/model/pod";
import { parseAddressWords } from "@kubenetsim/core/net/address";
import { cidrContains, parseCidr } from "@kubenetsim/core/net/cidr";

/**
 * What must hold in every settled cluster whose objects were all applied (not taken from a dump). Each line says what
 * does not; none means that all is well.
 *
 * @example
 * expect(clusterComplaints(settle(state, context).state)).toEqual([]);
 */
export function clusterComplaints(state: ClusterState): readonly string[] {
  return [...endpointComplaints(state), ...podAddressComplaints(state), ...allocationComplaints(state)];
}

/** Every endpoint of a managed slice belongs to a Pod that its Service selects, once for each port list. */
export function endpointComplaints(state: ClusterState): readonly string[] {
  const complaints: string[] = [];
  for (const slice of state.tables.EndpointSlice.values()) {
    const { labels = {}, namespace } = slice.metadata;
    if (labels["endpointslice.kubernetes.io/managed-by"] !== "endpointslice-controller.k8s.io") continue;
    const service = state.tables.Service.get(`${namespace}/${labels["kubernetes.io/service-name"]}`);
    for (const endpoint of slice.endpoints ?? []) {
      const pod = state.tables.Pod.get(`${endpoint.targetRef?.namespace}/${endpoint.targetRef?.name}`);
      const wrong = endpointComplaint(endpoint, pod, service?.spec.selector);
      if (wrong !== undefined) complaints.push(`${sliceTitle(slice)}, endpoint ${endpoint.addresses[0]}: ${wrong}`);
    }
  }
  return complaints;
}

/** Every Pod that does not share its node's network has an address of its own out of its node's podCIDR. */
export function podAddressComplaints(state: ClusterState): readonly string[] {
  const complaints: string[] = [];
  const owners = new Map<string, string>();
  for (const pod of state.tables.Pod.values()) {
    if (pod.spec.hostNetwork === true) continue;
    const ranges = state.tables.Node.get(pod.spec.nodeName ?? "")?.spec?.podCIDRs ?? [];
    for (const { ip } of pod.status?.podIPs ?? []) {
      const other = owners.get(ip);
      if (other !== undefined) complaints.push(`Pods ${other} and ${objectKey(pod)} both have ${ip}`);
      owners.set(ip, objectKey(pod));
      if (!ranges.some((range) => cidrContains(parseCidr(range)!, parseAddressWords(ip)!))) {
        complaints.push(`Pod ${objectKey(pod)}: ${ip} is not in ${ranges.join(" or ")}`);
      }
    }
  }
  return complaints;
}

/** No cluster IP belongs to two Services, no node port to two ports of different numbers. */
export function allocationComplaints(state: ClusterState): readonly string[] {
  const complaints: string[] = [];
  const owners = new Map<string, string>();
  const claim = (what: string, owner: string): void => {
    const other = owners.get(what);
    if (other !== undefined && other !== owner) complaints.push(`${other} and ${owner} both have ${what}`);
    owners.set(what, owner);
  };
  for (const service of state.tables.Service.values()) {
    const key = objectKey(service);
    for (const ip of service.spec.clusterIPs ?? []) if (ip !== "None") claim(`cluster IP ${ip}`, key);
    for (const { port, nodePort } of service.spec.ports ?? []) {
      if (nodePort !== undefined && nodePort !== 0) claim(`node port ${nodePort}`, `${key}:${port}`);
    }
  }
  return complaints;
}

function endpointComplaint(
  endpoint: SliceEndpoint,
  pod: Pod | undefined,
  selector: Readonly<Record<string, string>> | undefined,
): string | undefined {
  if (pod === undefined) return "its Pod does not exist";
  if (selector === undefined || !matchesEqualities(selector, pod.metadata.labels)) return "its Pod is not selected";
  const addresses = (pod.status?.podIPs ?? []).map(({ ip }) => ip);
  if (!endpoint.addresses.every((address) => addresses.includes(address))) return `its Pod has ${addresses.join()}`;
  const isTerminating = pod.metadata.deletionTimestamp !== undefined;
  if (endpoint.conditions?.terminating !== isTerminating) return `terminating should be ${isTerminating}`;
  return undefined;
}

function sliceTitle(slice: EndpointSlice): string {
  return `EndpointSlice ${objectKey(slice)}`;
}
