import type { ApiObject } from "@kubenetsim/core/model/api-object";
import type { Namespace } from "@kubenetsim/core/model/namespace";
import type { Node } from "@kubenetsim/core/model/node";
import type { Deployment, Pod } from "@kubenetsim/core/model/pod";
import type { Service } from "@kubenetsim/core/model/service";

/** A whole cluster as its user would write it: nothing defaulted, nothing allocated. */
export interface GeneratedCluster {
  readonly namespaces: readonly Namespace[];
  readonly nodes: readonly Node[];
  readonly deployments: readonly Deployment[];
  readonly pods: readonly Pod[];
  readonly services: readonly Service[];
}

/** The objects in an order in which they can be applied. */
export function clusterObjects(cluster: GeneratedCluster): readonly ApiObject[] {
  return [...cluster.namespaces, ...cluster.nodes, ...cluster.deployments, ...cluster.pods, ...cluster.services];
}
