import { type FieldError, invalid, notNegative } from "../validate/field-error.ts";

/** What the API server asks of the numbers in a status. */
interface StatusCounts {
  readonly notNegative: readonly string[];
  /** Not greater than `replicas`. */
  readonly ofReplicas: readonly string[];
  /** What `availableReplicas` may not be greater than, in its words. */
  readonly ready?: string;
  /** `collisionCount` only grows. */
  readonly countsCollisions: boolean;
}

type WithStatus = { readonly status?: object };
type StatusRule = (object: WithStatus, before: WithStatus) => FieldError[];

/** ValidateDeploymentStatusUpdate of pkg/apis/apps/validation. */
export const deploymentStatusErrors: StatusRule = statusRule({
  notNegative: [
    ...["observedGeneration", "replicas", "updatedReplicas", "readyReplicas", "availableReplicas"],
    ...["unavailableReplicas", "terminatingReplicas", "collisionCount"],
  ],
  ofReplicas: ["updatedReplicas", "readyReplicas", "availableReplicas"],
  ready: "readyReplicas",
  countsCollisions: true,
});

/** ValidateReplicaSetStatus. */
export const replicaSetStatusErrors: StatusRule = statusRule({
  notNegative: [
    ...["replicas", "fullyLabeledReplicas", "readyReplicas", "availableReplicas"],
    ...["observedGeneration", "terminatingReplicas"],
  ],
  ofReplicas: ["fullyLabeledReplicas", "readyReplicas", "availableReplicas"],
  ready: "readyReplicas",
  countsCollisions: false,
});

/** ValidateStatefulSetStatusUpdate. */
export const statefulSetStatusErrors: StatusRule = statusRule({
  notNegative: [
    ...["replicas", "readyReplicas", "currentReplicas", "updatedReplicas", "availableReplicas"],
    ...["observedGeneration", "collisionCount"],
  ],
  ofReplicas: ["readyReplicas", "currentReplicas", "updatedReplicas", "availableReplicas"],
  ready: "status.readyReplicas",
  countsCollisions: true,
});

/** ValidateDaemonSetStatusUpdate. */
export const daemonSetStatusErrors: StatusRule = statusRule({
  notNegative: [
    ...["currentNumberScheduled", "numberMisscheduled", "desiredNumberScheduled", "numberReady", "observedGeneration"],
    ...["updatedNumberScheduled", "numberAvailable", "numberUnavailable", "collisionCount"],
  ],
  ofReplicas: [],
  countsCollisions: true,
});

function statusRule(counts: StatusCounts): StatusRule {
  return (object, stored) => {
    const [now, before] = [object.status, stored.status] as (Readonly<Record<string, unknown>> | undefined)[];
    const count = (field: string): number => (now?.[field] as number | undefined) ?? 0;
    const tooMany = (field: string, bound: string): FieldError =>
      invalid(`status.${field}`, count(field), `cannot be greater than ${bound}`);
    const errors = counts.notNegative.flatMap((field) => notNegative(`status.${field}`, count(field)));
    for (const field of counts.ofReplicas) {
      if (count(field) > count("replicas")) errors.push(tooMany(field, "status.replicas"));
    }
    if (counts.ready !== undefined && count("availableReplicas") > count("readyReplicas")) {
      errors.push(tooMany("availableReplicas", counts.ready));
    }
    if (counts.countsCollisions && isDecremented(now?.collisionCount, before?.collisionCount)) {
      errors.push(invalid("status.collisionCount", count("collisionCount"), "cannot be decremented"));
    }
    return errors;
  };
}

function isDecremented(now: unknown, before: unknown): boolean {
  return typeof before === "number" && (typeof now !== "number" || now < before);
}
