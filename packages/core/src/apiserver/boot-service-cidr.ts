import type { ApiObject } from "../model/api-object.ts";
import { parseCidr } from "../net/cidr.ts";
import type { Change, ClusterState } from "./cluster-state.ts";
import { kubernetesService } from "./empty-state.ts";
import { sameObject } from "./same-object.ts";
import { deleteObject, putObject } from "./write-object.ts";

/**
 * A ServiceCIDR `kubernetes` says what the API server was started with. While the cluster has no Services but its own,
 * applying one with other ranges starts the API server anew with them; later it is refused as immutable.
 */
export function bootWithServiceCIDR(
  state: ClusterState,
  object: ApiObject,
): { state: ClusterState; changes: readonly Change[] } | undefined {
  if (object.kind !== "ServiceCIDR" || object.metadata.name !== "kubernetes") return undefined;
  const cidrs = object.spec?.cidrs ?? [];
  const before = state.tables.ServiceCIDR.get("kubernetes");
  if (before === undefined || sameObject(cidrs, before.spec.cidrs)) return undefined;
  const untouched = state.tables.Service.size === 1 && state.tables.Service.has("default/kubernetes");
  if (!untouched || cidrs.length === 0 || !cidrs.every((cidr) => parseCidr(cidr) !== undefined)) return undefined;
  const changes: Change[] = [];
  let next = state;
  for (const [kind, key] of [
    ["ServiceCIDR", "kubernetes"],
    ["Service", "default/kubernetes"],
  ] as const) {
    const written = deleteObject(next, kind, key)!;
    next = written.state;
    changes.push(written.change);
  }
  const written = putObject(next, kubernetesService(state.settings, cidrs[0]!)[0]!);
  return { state: written.state, changes: [...changes, written.change] };
}
