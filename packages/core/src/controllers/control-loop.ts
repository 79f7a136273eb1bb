import type { Change, ClusterState } from "../apiserver/cluster-state.ts";
import { deleteObject, putObject, type WriteResult } from "../apiserver/write-object.ts";
import { type ApiObject, type Kind, type ObjectKey, objectKey } from "../model/api-object.ts";
import type { Pod } from "../model/pod.ts";
import type { Service } from "../model/service.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Random } from "../runtime/random.ts";
import { timestampOf } from "../runtime/timestamp.ts";
import type { ClusterIndex } from "./cluster-index.ts";
import { NodeRanking } from "./node-ranking.ts";
import { PodAddressing } from "./pod-addressing.ts";

export interface ControllerContext {
  readonly random: Random;
  readonly clock: Clock;
}

export interface ControllerSettings {
  /** `--max-endpoints-per-slice` of kube-controller-manager, 1–1000. */
  readonly maxEndpointsPerSlice: number;
}

/** The controllers, in the order in which a round runs them. */
export const controllerNames = [
  "deployment",
  "replicaset",
  "statefulset",
  "daemonset",
  "scheduler",
  "kubelet",
  "endpoints",
  "endpointslice",
  "endpointslicemirroring",
  "garbagecollector",
  "namespace",
] as const;
export type ControllerName = (typeof controllerNames)[number];

/** What the controllers share while they settle: the state so far, its index, and who has work left. */
export class ControlLoop {
  state: ClusterState;
  readonly index: ClusterIndex;
  readonly context: ControllerContext;
  readonly settings: ControllerSettings;
  readonly changes: Change[] = [];
  /** Services of which a Pod was seen to go: their slices are the controller's, whoever made them. */
  readonly bereaved: Set<ObjectKey> = new Set();
  /** Pods that somebody has deleted: their kubelets end them. */
  readonly ending: Set<ObjectKey> = new Set();
  /** The Pods of Services, and the table that they were looked for in: several controllers ask for the same. */
  readonly selected: Map<Service, { readonly table: ClusterState["tables"]["Pod"]; readonly pods: readonly Pod[] }> =
    new Map();
  readonly addressing: PodAddressing;
  #nodeRanking: NodeRanking | undefined;
  readonly #onChange: (change: Change, loop: ControlLoop) => void;
  #queues: Record<ControllerName, Set<ObjectKey>> = emptyQueues();

  constructor(
    state: ClusterState,
    index: ClusterIndex,
    context: ControllerContext,
    settings: ControllerSettings,
    onChange: (change: Change, loop: ControlLoop) => void,
  ) {
    this.state = state;
    this.index = index;
    this.context = context;
    this.settings = settings;
    this.addressing = new PodAddressing((address) => index.podsByAddress.count(address) > 0);
    this.#onChange = onChange;
  }

  enqueue(controller: ControllerName, key: ObjectKey): void {
    this.#queues[controller].add(key);
  }

  /** The nodes for the scheduler, who says there what it places. */
  nodeRanking(): NodeRanking {
    this.#nodeRanking ??= new NodeRanking(this.state.tables.Node.values(), (name) => this.index.podsByNode.count(name));
    return this.#nodeRanking;
  }

  /** To be called when a node changed or a Pod left one: room and addresses are looked for anew. */
  forgetRoom(): void {
    this.#nodeRanking = undefined;
    this.addressing.reset();
  }

  /** Takes what a controller has to look at; what comes meanwhile waits for the next round. */
  take(controller: ControllerName): ReadonlySet<ObjectKey> {
    const taken = this.#queues[controller];
    this.#queues[controller] = new Set();
    return taken;
  }

  get isIdle(): boolean {
    return controllerNames.every((name) => this.#queues[name].size === 0);
  }

  /** Writes an object and lets everybody know whom it concerns. */
  put(object: ApiObject): void {
    this.#record(putObject(this.state, object, this.context.clock));
  }

  /** Takes an object away; nothing happens when it is not there. */
  remove(kind: Kind, object: ApiObject): void {
    const result = deleteObject(this.state, kind, objectKey(object));
    if (result !== undefined) this.#record(result);
  }

  /** Asks for an object to go: at once, or when those let go who hold it by finalizers. */
  delete(object: ApiObject): void {
    const { metadata } = object;
    if ((metadata.finalizers ?? []).length === 0) {
      this.remove(object.kind, object);
    } else if (metadata.deletionTimestamp === undefined) {
      const deletionTimestamp = timestampOf(this.context.clock.nowMs);
      this.put({ ...object, metadata: { ...metadata, deletionTimestamp, deletionGracePeriodSeconds: 0 } } as ApiObject);
    }
  }

  #record({ state, change }: WriteResult): void {
    this.state = state;
    this.index.apply(change);
    this.changes.push(change);
    this.#onChange(change, this);
  }
}

function emptyQueues(): Record<ControllerName, Set<ObjectKey>> {
  return Object.fromEntries(controllerNames.map((name) => [name, new Set<ObjectKey>()])) as Record<
    ControllerName,
    Set<ObjectKey>
  >;
}
