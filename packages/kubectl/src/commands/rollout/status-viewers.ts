import type { DaemonSet } from "@kubenetsim/core/model/daemon-set";
import type { Deployment } from "@kubenetsim/core/model/pod";
import type { StatefulSet } from "@kubenetsim/core/model/stateful-set";
import { failure } from "../../command-error.ts";
import { revisionOf } from "./deployment-revisions.ts";

/** How far a rollout is. */
export interface RolloutState {
  readonly text: string;
  readonly isDone: boolean;
}

/** What `rollout status` says of an object of a kind, of the revision that is asked for. */
export const statusViewers: Readonly<Record<string, (object: never, revision: number) => RolloutState>> = {
  Deployment: deploymentStatus,
  DaemonSet: daemonSetStatus,
  StatefulSet: statefulSetStatus,
};

/** pkg/polymorphichelpers/rollout_status.go, DeploymentStatusViewer. */
function deploymentStatus(deployment: Deployment, revision: number): RolloutState {
  const { metadata, spec, status } = deployment;
  const running = revisionOf(deployment);
  if (revision > 0 && revision !== running) {
    throw failure(`desired revision (${revision}) is different from the running revision (${running})`);
  }
  const name = JSON.stringify(metadata.name);
  const waiting = (what: string) => ({
    text: `Waiting for deployment ${name} rollout to finish: ${what}...`,
    isDone: false,
  });
  const {
    observedGeneration = 0,
    updatedReplicas = 0,
    replicas = 0,
    availableReplicas = 0,
  } = (status ?? {}) as Readonly<Record<string, number>>;
  if ((metadata.generation ?? 0) > observedGeneration) {
    return { text: "Waiting for deployment spec update to be observed...", isDone: false };
  }
  if (isTooLate(deployment)) throw failure(`deployment ${name} exceeded its progress deadline`);
  const wanted = spec.replicas ?? 1;
  if (updatedReplicas < wanted) {
    return waiting(`${updatedReplicas} out of ${wanted} new replicas have been updated`);
  }
  if (replicas > updatedReplicas) return waiting(`${replicas - updatedReplicas} old replicas are pending termination`);
  if (availableReplicas < updatedReplicas) {
    return waiting(`${availableReplicas} of ${updatedReplicas} updated replicas are available`);
  }
  return { text: `deployment ${name} successfully rolled out`, isDone: true };
}

function isTooLate({ status }: Deployment): boolean {
  const { conditions = [] } = (status ?? {}) as { conditions?: readonly { type: string; reason?: string }[] };
  return conditions.some(({ type, reason }) => type === "Progressing" && reason === "ProgressDeadlineExceeded");
}

/** DaemonSetStatusViewer. */
function daemonSetStatus({ metadata, spec, status = {} }: DaemonSet): RolloutState {
  if (spec.updateStrategy?.type !== "RollingUpdate") throw notRolling();
  const { observedGeneration = 0, desiredNumberScheduled: wanted = 0 } = status;
  if ((metadata.generation ?? 0) > observedGeneration) {
    return { text: "Waiting for daemon set spec update to be observed...", isDone: false };
  }
  const { updatedNumberScheduled: updated = 0, numberAvailable: available = 0 } = status;
  const name = JSON.stringify(metadata.name);
  const waiting = `Waiting for daemon set ${name} rollout to finish:`;
  if (updated < wanted) {
    return { text: `${waiting} ${updated} out of ${wanted} new pods have been updated...`, isDone: false };
  }
  if (available < wanted) {
    return { text: `${waiting} ${available} of ${wanted} updated pods are available...`, isDone: false };
  }
  return { text: `daemon set ${name} successfully rolled out`, isDone: true };
}

/** StatefulSetStatusViewer. */
function statefulSetStatus({ metadata, spec, status = {} }: StatefulSet): RolloutState {
  const { type, rollingUpdate } = spec.updateStrategy ?? {};
  if (type !== "RollingUpdate") throw notRolling();
  const { observedGeneration = 0, readyReplicas = 0, updatedReplicas = 0, updateRevision, currentRevision } = status;
  if (observedGeneration === 0 || (metadata.generation ?? 0) > observedGeneration) {
    return { text: "Waiting for statefulset spec update to be observed...", isDone: false };
  }
  const wanted = spec.replicas ?? 1;
  if (readyReplicas < wanted)
    return { text: `Waiting for ${wanted - readyReplicas} pods to be ready...`, isDone: false };
  if (rollingUpdate !== undefined) {
    const toUpdate = wanted - (rollingUpdate.partition ?? 0);
    if (updatedReplicas < toUpdate) {
      const text = `Waiting for partitioned roll out to finish: ${updatedReplicas} out of ${toUpdate} new pods have been updated...`;
      return { text, isDone: false };
    }
    return { text: `partitioned roll out complete: ${updatedReplicas} new pods have been updated...`, isDone: true };
  }
  if (updateRevision !== currentRevision) {
    const text = `waiting for statefulset rolling update to complete ${updatedReplicas} pods at revision ${updateRevision}...`;
    return { text, isDone: false };
  }
  const text = `statefulset rolling update complete ${status.currentReplicas ?? 0} pods at revision ${currentRevision}...`;
  return { text, isDone: true };
}

function notRolling(): Error {
  return failure("rollout status is only available for RollingUpdate strategy type");
}
