import type { Change, ClusterState } from "../apiserver/cluster-state.ts";
import type { ObjectKey } from "../model/api-object.ts";
import { objectKey } from "../model/api-object.ts";
import { InvariantError } from "../runtime/errors.ts";
import { ClusterIndex, hasSelector } from "./cluster-index.ts";
import { ControlLoop, type ControllerContext, type ControllerName, controllerNames } from "./control-loop.ts";
import { syncDaemonSet } from "./daemon-set.ts";
import { syncDeployment } from "./deployment.ts";
import { syncEndpointSlices } from "./endpoint-slice/endpoint-slice-controller.ts";
import { syncMirroredSlices } from "./endpoint-slice-mirroring/mirroring-controller.ts";
import { syncEndpoints } from "./endpoints/endpoints-controller.ts";
import { collectGarbage, noticeDeletion } from "./garbage-collector.ts";
import { isWaiting, runPod } from "./kubelet.ts";
import { emptyNamespace } from "./namespace-controller.ts";
import { syncReplicaSet } from "./replica-set.ts";
import { isDeletion, queueEnding, queueService, requeue } from "./requeue.ts";
import { isUnscheduled, schedulePod } from "./scheduler.ts";
import { syncStatefulSet } from "./stateful-set.ts";

export interface SettleOptions {
  /** Endpoints of one slice at most, 1–1000; 100 as in kube-controller-manager. */
  readonly maxEndpointsPerSlice?: number;
  /** What the last `settle` gave, and all changes since: then only what these concern is looked at. */
  readonly since?: { readonly result: SettleResult; readonly changes: readonly Change[] };
  /** Without `since`: the changes that nobody has seen yet. They tell what was deleted from what came as it is. */
  readonly changes?: readonly Change[];
  /** Rounds after which an InvariantError ends the run. */
  readonly maxRounds?: number;
}

export interface SettleResult {
  readonly state: ClusterState;
  /** What the controllers wrote, in order. */
  readonly changes: readonly Change[];
  /** How often the controllers were gone through until nobody had work. */
  readonly rounds: number;
  /** For `since` of the next call; it belongs to the simulator. */
  readonly index: SettledIndex;
}

/** The controllers' look-up tables and the state that they stand for. */
export interface SettledIndex {
  readonly tables: ClusterIndex;
  stateOf: ClusterState | undefined;
}

const sync: Readonly<Record<ControllerName, (loop: ControlLoop, key: ObjectKey) => void>> = {
  deployment: syncDeployment,
  replicaset: syncReplicaSet,
  statefulset: syncStatefulSet,
  daemonset: syncDaemonSet,
  scheduler: schedulePod,
  kubelet: runPod,
  endpoints: syncEndpoints,
  endpointslice: syncEndpointSlices,
  endpointslicemirroring: syncMirroredSlices,
  garbagecollector: collectGarbage,
  namespace: emptyNamespace,
};

/**
 * Lets the controllers work until nothing is left to do: Deployments make ReplicaSets, these make Pods, Pods get nodes,
 * addresses and readiness, and Services get their EndpointSlices. Time stands still meanwhile, so `minReadySeconds` and
 * the like are over at once. The same state, seed and options give the same result.
 *
 * @example
 * const { state } = settle(applyYaml(emptyState(), text, "shop.yaml", context).state, context);
 * state.tables.EndpointSlice.list("shop");
 * @throws InvariantError when the controllers find no rest.
 */
export function settle(state: ClusterState, context: ControllerContext, options: SettleOptions = {}): SettleResult {
  const { maxEndpointsPerSlice = 100, maxRounds = 1_000_000 } = options;
  if (!Number.isInteger(maxEndpointsPerSlice) || maxEndpointsPerSlice < 1 || maxEndpointsPerSlice > 1000) {
    throw new RangeError(`maxEndpointsPerSlice must be an integer from 1 to 1000, not ${maxEndpointsPerSlice}`);
  }
  const random = context.random.fork("controllers");
  const followed = followedIndex(options.since);
  const tables = followed ?? ClusterIndex.of(state);
  const loop = new ControlLoop(state, tables, { ...context, random }, { maxEndpointsPerSlice }, afterOwnWrite);
  if (followed === undefined) enqueueAll(loop, options.since?.changes ?? options.changes ?? []);
  else for (const change of options.since!.changes) requeue(change, loop);
  const rounds = run(loop, maxRounds);
  return { state: loop.state, changes: loop.changes, rounds, index: { tables, stateOf: loop.state } };
}

/** A slice is written by the one controller that looks at it, and it knows what it wrote. */
function afterOwnWrite(change: Change, loop: ControlLoop): void {
  if (change.kind !== "EndpointSlice") requeue(change, loop);
  else noticeDeletion(change, loop);
}

/** The index of the last result brought up to date, unless another branch has used it meanwhile. */
function followedIndex(since: SettleOptions["since"]): ClusterIndex | undefined {
  if (since === undefined || since.result.index.stateOf !== since.result.state) return undefined;
  since.result.index.stateOf = undefined;
  for (const change of since.changes) since.result.index.tables.apply(change);
  return since.result.index.tables;
}

function enqueueAll(loop: ControlLoop, unseen: readonly Change[]): void {
  const { tables } = loop.state;
  for (const change of unseen) {
    noticeDeletion(change, loop);
    if (isDeletion(change)) queueEnding(loop, change.key);
  }
  for (const namespace of tables.Namespace.values()) loop.enqueue("namespace", namespace.metadata.name);
  for (const deployment of tables.Deployment.values()) loop.enqueue("deployment", objectKey(deployment));
  for (const replicaSet of tables.ReplicaSet.values()) loop.enqueue("replicaset", objectKey(replicaSet));
  for (const set of tables.StatefulSet.values()) loop.enqueue("statefulset", objectKey(set));
  for (const set of tables.DaemonSet.values()) loop.enqueue("daemonset", objectKey(set));
  for (const pod of tables.Pod.values()) {
    if (isUnscheduled(pod)) loop.enqueue("scheduler", objectKey(pod));
    if (isWaiting(pod)) loop.enqueue("kubelet", objectKey(pod));
  }
  for (const service of tables.Service.values()) {
    if (hasSelector(service)) queueService(loop, objectKey(service));
  }
  for (const endpoints of tables.Endpoints.values()) loop.enqueue("endpointslicemirroring", objectKey(endpoints));
}

/** Goes through the controllers until the queues are empty. */
function run(loop: ControlLoop, maxRounds: number): number {
  let rounds = 0;
  for (; !loop.isIdle; rounds++) {
    if (rounds === maxRounds) {
      throw new InvariantError(`the controllers found no rest in ${maxRounds} rounds`, {
        seed: loop.context.random.seed,
        revision: loop.state.revision,
      });
    }
    for (const controller of controllerNames) {
      for (const key of loop.take(controller)) sync[controller](loop, key);
    }
  }
  return rounds;
}
