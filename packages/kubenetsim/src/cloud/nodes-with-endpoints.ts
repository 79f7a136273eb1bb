import type { ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import { objectKey } from "@kubenetsim/core/model/api-object";
import type { Service } from "@kubenetsim/core/model/service";

const serviceNameLabel = "kubernetes.io/service-name";

/**
 * On which nodes kube-proxy's health check of a Service answers: those with a ready endpoint of it
 * (pkg/proxy/healthcheck/service_health.go).
 */
export function nodesWithEndpoints(state: ClusterState): (service: Service) => ReadonlySet<string> {
  const byService = new Map<string, Set<string>>();
  for (const slice of state.tables.EndpointSlice.values()) {
    const key = `${slice.metadata.namespace}/${slice.metadata.labels?.[serviceNameLabel] ?? ""}`;
    const nodes = byService.get(key) ?? new Set();
    byService.set(key, nodes);
    for (const { nodeName, conditions } of slice.endpoints ?? []) {
      if (nodeName !== undefined && conditions?.ready !== false) nodes.add(nodeName);
    }
  }
  return (service) => byService.get(objectKey(service)) ?? new Set();
}
