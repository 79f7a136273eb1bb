import type { Deployment, ReplicaSet } from "../model/pod.ts";
import { timestampOf } from "../runtime/timestamp.ts";
import { rolloutLimits } from "./rollout.ts";

/** `apps/v1` DeploymentCondition. */
export interface DeploymentCondition {
  readonly type: string;
  readonly status: "True" | "False" | "Unknown";
  readonly lastUpdateTime?: string;
  readonly lastTransitionTime?: string;
  readonly reason: string;
  readonly message: string;
}

export interface DeploymentCounts {
  readonly replicas: number;
  readonly updatedReplicas: number;
  readonly availableReplicas: number;
}

/**
 * Whether enough Pods run, and how the rollout goes (pkg/controller/deployment/progress.go and sync.go). A rollout takes no
 * time here, so none is too late.
 */
export function deploymentConditions(
  deployment: Deployment,
  current: ReplicaSet | undefined,
  counts: DeploymentCounts,
  nowMs: number,
): DeploymentCondition[] {
  const before = (deployment.status?.conditions ?? []) as readonly DeploymentCondition[];
  const own = [availability(deployment, counts), progress(deployment, current, counts)];
  const others = before.filter(({ type }) => !own.some((one) => one.type === type));
  return [...others, ...own.map((one) => withTimes(one, before, timestampOf(nowMs)))];
}

function availability(deployment: Deployment, { availableReplicas }: DeploymentCounts): DeploymentCondition {
  const { replicas, maxUnavailable } = rolloutLimits(deployment);
  const isRolling = deployment.spec.strategy?.type !== "Recreate";
  return availableReplicas >= replicas - (isRolling ? maxUnavailable : 0)
    ? {
        type: "Available",
        status: "True",
        reason: "MinimumReplicasAvailable",
        message: "Deployment has minimum availability.",
      }
    : {
        type: "Available",
        status: "False",
        reason: "MinimumReplicasUnavailable",
        message: "Deployment does not have minimum availability.",
      };
}

function progress(
  { spec, metadata }: Deployment,
  current: ReplicaSet | undefined,
  counts: DeploymentCounts,
): DeploymentCondition {
  const type = "Progressing";
  if (spec.paused === true) {
    return { type, status: "Unknown", reason: "DeploymentPaused", message: "Deployment is paused" };
  }
  const wanted = spec.replicas ?? 1;
  const { replicas, updatedReplicas, availableReplicas } = counts;
  const isComplete = [replicas, updatedReplicas, availableReplicas].every((count) => count === wanted);
  const subject =
    current === undefined
      ? `Deployment ${JSON.stringify(metadata.name)}`
      : `ReplicaSet ${JSON.stringify(current.metadata.name)}`;
  return isComplete
    ? { type, status: "True", reason: "NewReplicaSetAvailable", message: `${subject} has successfully progressed.` }
    : { type, status: "True", reason: "ReplicaSetUpdated", message: `${subject} is progressing.` };
}

/** What is as it was keeps its times. */
function withTimes(
  condition: DeploymentCondition,
  before: readonly DeploymentCondition[],
  now: string,
): DeploymentCondition {
  const old = before.find(({ type }) => type === condition.type);
  if (old !== undefined && old.status === condition.status && old.reason === condition.reason) return old;
  const { type, status, reason, message } = condition;
  const since = old?.status === status ? (old.lastTransitionTime ?? now) : now;
  return { type, status, lastUpdateTime: now, lastTransitionTime: since, reason, message };
}
