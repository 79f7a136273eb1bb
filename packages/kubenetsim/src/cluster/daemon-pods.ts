import type { Change, ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import { putObject } from "@kubenetsim/core/apiserver/write-object";
import { generatedName } from "@kubenetsim/core/controllers/generated-name";
import { controllerOf } from "@kubenetsim/core/controllers/ownership";
import type { Pod } from "@kubenetsim/core/model/pod";
import type { Random } from "@kubenetsim/core/runtime/random";
import type { ControlContext } from "./control-plane.ts";

/**
 * Puts a Pod in the place of each that was deleted and that a DaemonSet owned: on its node, with a name of its own. DaemonSets
 * themselves are not modelled: their Pods come with the input.
 */
export function recreatePods(
  state: ClusterState,
  changes: readonly Change[],
  { random, clock }: ControlContext,
): { readonly state: ClusterState; readonly changes: readonly Change[] } {
  let next = state;
  const made: Change[] = [];
  for (const { kind, key, before, after } of changes) {
    if (kind !== "Pod" || before === undefined || after !== undefined || next.tables.Pod.has(key)) continue;
    const pod = before as Pod;
    const owner = controllerOf(pod);
    if (!next.tables.Namespace.has(pod.metadata.namespace ?? "default")) continue;
    if (owner?.kind !== "DaemonSet" || !next.tables.Node.has(pod.spec.nodeName ?? "")) continue;
    const written = putObject(next, replacement(pod, owner.name, next, random), clock);
    next = written.state;
    made.push(written.change);
  }
  return { state: next, changes: made };
}

/** As the DaemonSet's template would make it; the kubelet runs it anew. */
function replacement(pod: Pod, owner: string, { tables, revision }: ClusterState, random: Random): Pod {
  const { namespace = "default", labels, annotations, ownerReferences } = pod.metadata;
  const generateName = `${owner}-`;
  const draws = random.fork(`daemonset/${owner}/${revision}`);
  const name = generatedName(generateName, draws, (taken) => tables.Pod.has(`${namespace}/${taken}`));
  const kept = {
    ...(labels && { labels }),
    ...(annotations && { annotations }),
    ...(ownerReferences && { ownerReferences }),
  };
  const { apiVersion, kind, spec } = pod;
  return { apiVersion, kind, metadata: { name, generateName, namespace, ...kept }, spec };
}
