import type { ApiObject, Kind } from "../../model/api-object.ts";
import type { Draft } from "../draft.ts";
import { sameObject } from "../same-object.ts";

/** What the API server does differently from kind to kind: the strategies of pkg/registry. */
export interface Strategy {
  /** Where the objects lie in etcd, below `/registry/`. */
  readonly etcdFolder: string;
  /** A `PUT` of what is not there creates it. */
  readonly createsOnUpdate: boolean;
  /** `DELETE` answers the object, not a Status. */
  readonly returnsDeleted: boolean;
  /** Whether `generation` is counted, and whether this change counts. */
  readonly counts: ((before: ApiObject, after: ApiObject) => boolean) | undefined;
  /** A new object has only the status that the server gives it: this one. Undefined where a given one stays. */
  readonly firstStatus: object | undefined;
  /** What an update through `status` takes from the stored object's metadata. */
  readonly keptByStatus: readonly ("labels" | "ownerReferences")[];
}

type Fields = Readonly<Record<string, unknown>>;

const specChanges = (before: ApiObject, after: ApiObject): boolean =>
  !sameObject((before as unknown as Fields).spec, (after as unknown as Fields).spec);

/** A slice has no spec: everything beyond its metadata counts, and its labels. */
const sliceChanges = (before: ApiObject, after: ApiObject): boolean => {
  const { metadata: old, ...oldRest } = before;
  const { metadata, ...rest } = after;
  return !sameObject(old.labels ?? {}, metadata.labels ?? {}) || !sameObject(oldRest, rest);
};

const specOrAnnotationsChange = (before: ApiObject, after: ApiObject): boolean =>
  specChanges(before, after) || !sameObject(before.metadata.annotations ?? {}, after.metadata.annotations ?? {});

/** By kind; what is not said is as `strategyOf` fills it in. */
const strategies: Readonly<Record<string, Partial<Strategy>>> = {
  Namespace: { returnsDeleted: true, firstStatus: { phase: "Active" } },
  Node: { etcdFolder: "minions" },
  Pod: {
    returnsDeleted: true,
    counts: specChanges,
    firstStatus: { phase: "Pending" },
    keptByStatus: ["ownerReferences"],
  },
  Service: {
    etcdFolder: "services/specs",
    createsOnUpdate: true,
    returnsDeleted: true,
    firstStatus: { loadBalancer: {} },
  },
  Endpoints: { etcdFolder: "services/endpoints", createsOnUpdate: true },
  EndpointSlice: { counts: sliceChanges },
  Deployment: { counts: specOrAnnotationsChange, firstStatus: {}, keptByStatus: ["labels"] },
  ReplicaSet: { counts: specChanges, firstStatus: { replicas: 0 } },
  StatefulSet: { counts: specChanges, firstStatus: { replicas: 0, availableReplicas: 0 } },
  DaemonSet: {
    counts: specChanges,
    firstStatus: { currentNumberScheduled: 0, numberMisscheduled: 0, desiredNumberScheduled: 0, numberReady: 0 },
  },
  Ingress: { etcdFolder: "ingress", counts: specChanges, firstStatus: { loadBalancer: {} } },
  IngressClass: { counts: specChanges },
  ServiceAccount: { returnsDeleted: true },
  Event: { createsOnUpdate: true },
};

/** @param plural the resource, which is the folder in etcd where nothing else is said */
export function strategyOf(kind: Kind, plural: string): Strategy {
  return {
    etcdFolder: plural,
    createsOnUpdate: false,
    returnsDeleted: false,
    counts: undefined,
    firstStatus: undefined,
    keptByStatus: [],
    ...strategies[kind],
  };
}

/** What the client may not set on a new object, and the generation that it starts with (rest.BeforeCreate). */
export function beginMetadata(draft: Draft<ApiObject>, { counts }: Strategy): void {
  wipeMetadata(draft);
  delete draft.metadata.resourceVersion;
  if (counts !== undefined) draft.metadata.generation = 1;
}

/** Takes away what only the server says of an object (rest.WipeObjectMetaSystemFields). */
export function wipeMetadata({ metadata }: Draft<ApiObject>): void {
  delete metadata.uid;
  delete metadata.creationTimestamp;
  delete metadata.deletionTimestamp;
  delete metadata.deletionGracePeriodSeconds;
  delete metadata.selfLink;
}
