import type { ApiObject } from "../../model/api-object.ts";
import type { Change, ClusterState } from "../cluster-state.ts";
import { kinds } from "../decode/kinds.ts";
import { podExcess, replicasOf, type Workload } from "../pod-limit.ts";
import { forbidden } from "./refusals.ts";

/**
 * Replicas that no cluster could hold are refused as a quota refuses them, before a controller makes the first Pod.
 *
 * @throws StatusError Forbidden
 */
export function requirePodRoom(state: ClusterState, changes: readonly Change[]): void {
  const excess = podExcess(state, changes.flatMap(grown));
  if (excess === undefined) return;
  const { kind, metadata } = excess.largest.object;
  throw forbidden(kinds[kind], metadata.name, `${excess.what} are not modelled: ${excess.reason}`);
}

function grown({ before, after }: Change): { readonly object: Workload }[] {
  if (!isWorkload(after)) return [];
  const growth = replicasOf({ object: after }) - (isWorkload(before) ? replicasOf({ object: before }) : 0);
  return growth > 0 ? [{ object: after }] : [];
}

function isWorkload(object: ApiObject | undefined): object is Workload {
  return object?.kind === "Deployment" || object?.kind === "ReplicaSet" || object?.kind === "StatefulSet";
}
