import type { Node } from "@kubenetsim/core/model/node";

const excludeLabel = "node.kubernetes.io/exclude-from-external-load-balancers";
const toBeDeleted = "ToBeDeletedByClusterAutoscaler";

/**
 * Is the Node among those that load balancers get (stableNodeSetPredicates of k8s.io/cloud-provider, controllers/service/controller.go)?
 * Whether it is Ready is none of the service controller's affair: health checks tell.
 */
export function takesBalancedTraffic(node: Node): boolean {
  return !isDeleted(node) && !isExcluded(node) && !isTainted(node);
}

function isDeleted({ metadata }: Node): boolean {
  return metadata.deletionTimestamp !== undefined;
}

/** By the label, whatever Go's strconv.ParseBool does not read as false. */
function isExcluded({ metadata }: Node): boolean {
  const value = metadata.labels?.[excludeLabel];
  return value !== undefined && !["0", "f", "F", "false", "FALSE", "False"].includes(value);
}

function isTainted({ spec }: Node): boolean {
  return (spec?.taints ?? []).some(({ key }) => key === toBeDeleted);
}
