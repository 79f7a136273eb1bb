import type { Deployment, ReplicaSet } from "../model/pod.ts";
import type { ControlLoop } from "./control-loop.ts";
import { rolloutLimits } from "./rollout.ts";

type Annotations = Readonly<Record<string, string>>;

const revision = "deployment.kubernetes.io/revision";
const revisionHistory = "deployment.kubernetes.io/revision-history";
const desiredReplicas = "deployment.kubernetes.io/desired-replicas";
const maxReplicas = "deployment.kubernetes.io/max-replicas";

/** What a ReplicaSet does not take over from its Deployment (pkg/controller/deployment/util, annotationsToSkip). */
const ownAnnotations = new Set([
  "kubectl.kubernetes.io/last-applied-configuration",
  revision,
  revisionHistory,
  desiredReplicas,
  maxReplicas,
  "deprecated.deployment.rollback.to",
]);

/** The number of a rollout; 0 for none. */
export function revisionOf({ metadata }: Pick<ReplicaSet, "metadata">): number {
  return Number(metadata.annotations?.[revision] ?? 0);
}

/** Annotations of a ReplicaSet that is new (deployment util, SetNewReplicaSetAnnotations). */
export function annotationsOfNew(deployment: Deployment, old: readonly ReplicaSet[]): Annotations {
  const number = Math.max(0, ...old.map(revisionOf)) + 1;
  return { ...takenOver(deployment), [revision]: String(number), ...sizeAnnotations(deployment) };
}

/** How many Pods there are to be, and may be during a rollout; they stand in every ReplicaSet that is scaled. */
export function sizeAnnotations(deployment: Deployment): Annotations {
  const { replicas, maxSurge } = rolloutLimits(deployment);
  const isRolling = deployment.spec.strategy?.type !== "Recreate";
  return { [desiredReplicas]: String(replicas), [maxReplicas]: String(replicas + (isRolling ? maxSurge : 0)) };
}

/**
 * Gives the ReplicaSet of the template the highest number, and the Deployment the same; an older template that is rolled out
 * again keeps the numbers that it had in its history. True when something was written.
 */
export function syncRevision(
  loop: ControlLoop,
  deployment: Deployment,
  current: ReplicaSet,
  old: readonly ReplicaSet[],
): boolean {
  const before = current.metadata.annotations ?? {};
  const after = { ...before, ...takenOver(deployment), ...renumbered(before, old) };
  if (!sameEntries(before, after)) {
    loop.put({ ...current, metadata: { ...current.metadata, annotations: after } });
    return true;
  }
  const number = before[revision];
  const { annotations = {} } = deployment.metadata;
  if (number === undefined || annotations[revision] === number) return false;
  const metadata = { ...deployment.metadata, annotations: { ...annotations, [revision]: number } };
  loop.put({ ...deployment, metadata });
  return true;
}

function renumbered(annotations: Annotations, old: readonly ReplicaSet[]): Annotations {
  const before = annotations[revision];
  const number = Math.max(0, ...old.map(revisionOf)) + 1;
  if (Number(before ?? 0) >= number) return {};
  if (before === undefined) return { [revision]: String(number) };
  const history = annotations[revisionHistory];
  return { [revision]: String(number), [revisionHistory]: history ? `${history},${before}` : before };
}

function takenOver({ metadata }: Deployment): Annotations {
  return Object.fromEntries(Object.entries(metadata.annotations ?? {}).filter(([key]) => !ownAnnotations.has(key)));
}

function sameEntries(a: Annotations, b: Annotations): boolean {
  const keys = Object.keys(b);
  return keys.length === Object.keys(a).length && keys.every((key) => a[key] === b[key]);
}
