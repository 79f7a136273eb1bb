import { type Endpoint, isLocalTo } from "./endpoint.ts";
import { isExternallyAccessible, type ServicePort } from "./service-port.ts";

/** Which endpoints serve a Service port on this node. */
export interface CategorizedEndpoints {
  /** For traffic policy Cluster. */
  readonly cluster: readonly Endpoint[];
  /** For traffic policy Local. */
  readonly local: readonly Endpoint[];
  /** Either: all that rules on this node may send to. */
  readonly reachable: readonly Endpoint[];
  /** Usable endpoints exist somewhere, perhaps not for this node. */
  readonly any: boolean;
}

const none: readonly Endpoint[] = [];

/**
 * Sorts out the endpoints of a Service port by traffic policy and by the topology hints of the slices, falling back to
 * terminating endpoints that still serve (pkg/proxy/topology.go, CategorizeEndpoints). The lists keep the endpoints'
 * order; where kube-proxy merges two lists in Go map order, `reachable` is sorted.
 */
export function categorizeEndpoints(
  endpoints: readonly Endpoint[],
  port: ServicePort,
  nodeName: string,
  zone: string,
): CategorizedEndpoints {
  const externallyAccessible = isExternallyAccessible(port);
  const usesCluster = !port.internalPolicyLocal || externallyAccessible;
  const usesLocal = port.internalPolicyLocal || (port.externalPolicyLocal && externallyAccessible);

  const isPreferred = usesCluster ? preferenceFromHints(endpoints, nodeName, zone) : undefined;
  const cluster = usesCluster ? clusterEndpoints(endpoints, isPreferred) : none;
  if (!usesLocal) return { cluster, local: none, reachable: cluster, any: cluster.length > 0 };

  const any = cluster.length > 0 || endpoints.some((endpoint) => endpoint.ready || servesWhileTerminating(endpoint));
  const localReady = endpoints.filter((endpoint) => isLocalTo(nodeName, endpoint) && endpoint.ready);
  const local =
    localReady.length > 0
      ? localReady
      : endpoints.filter((endpoint) => isLocalTo(nodeName, endpoint) && servesWhileTerminating(endpoint));
  if (!usesCluster) return { cluster, local, reachable: local, any };
  const localIsPartOfCluster = isPreferred === undefined && (localReady.length > 0 || local.length === 0);
  if (localIsPartOfCluster) return { cluster, local, reachable: cluster, any };
  const merged = new Set([...cluster, ...local]);
  return { cluster, local, reachable: endpoints.filter((endpoint) => merged.has(endpoint)), any };
}

function clusterEndpoints(
  endpoints: readonly Endpoint[],
  isPreferred: ((endpoint: Endpoint) => boolean) | undefined,
): readonly Endpoint[] {
  const ready = endpoints.filter((endpoint) => endpoint.ready && (isPreferred === undefined || isPreferred(endpoint)));
  if (ready.length === endpoints.length) return endpoints;
  return ready.length > 0 ? ready : endpoints.filter(servesWhileTerminating);
}

function servesWhileTerminating(endpoint: Endpoint): boolean {
  return endpoint.serving && endpoint.terminating;
}

/** Hints count when every ready endpoint has one and one of them means this node, or else this zone. */
function preferenceFromHints(
  endpoints: readonly Endpoint[],
  nodeName: string,
  zone: string,
): ((endpoint: Endpoint) => boolean) | undefined {
  const ready = endpoints.filter((endpoint) => endpoint.ready);
  if (ready.length === 0) return undefined;
  const forNode = (endpoint: Endpoint): boolean => endpoint.nodeHints.includes(nodeName);
  if (ready.every((endpoint) => endpoint.nodeHints.length > 0) && ready.some(forNode)) return forNode;
  const forZone = (endpoint: Endpoint): boolean => endpoint.zoneHints.includes(zone);
  if (ready.every((endpoint) => endpoint.zoneHints.length > 0) && ready.some(forZone)) return forZone;
  return undefined;
}
