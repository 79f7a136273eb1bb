import { produce } from "immer";
import type { ApiObject, Kind, KindMap, ObjectKey } from "../model/api-object.ts";
import { objectKey } from "../model/api-object.ts";
import type { Service } from "../model/service.ts";
import type { Clock } from "../runtime/clock.ts";
import { timestampOf } from "../runtime/timestamp.ts";
import { reallocate } from "./allocate/allocations.ts";
import type { Change, ClusterState } from "./cluster-state.ts";
import { objectTitle } from "./cluster-state.ts";
import type { Draft } from "./draft.ts";
import { objectUid } from "./store/object-uid.ts";
import { sharingWith } from "./store/sharing.ts";

export interface WriteResult {
  readonly state: ClusterState;
  readonly change: Change;
}

/**
 * Stores an object as it is, as controllers do: nothing is defaulted, validated or allocated. It is frozen, and gets
 * its `resourceVersion`; a new one also its `uid` and, with a clock, its `creationTimestamp`, where it has none.
 */
export function putObject(state: ClusterState, object: ApiObject, clock?: Clock): WriteResult {
  const open = openState(state);
  const change = putInto(open, object, clock);
  return { state: closedState(open), change };
}

/** A state that is being written to, many times before anybody keeps it. */
export type OpenState = { -readonly [K in Exclude<keyof ClusterState, "tables">]: ClusterState[K] } & {
  readonly tables: { -readonly [K in Kind]: ClusterState["tables"][K] };
};

/** A copy to write to: what it holds is shared, and stays as it is. */
export function openState(state: ClusterState): OpenState {
  return { ...state, tables: { ...state.tables } };
}

/** The same as a value: nothing is written to it any more. */
export function closedState(open: OpenState): ClusterState {
  Object.freeze(open.tables);
  return Object.freeze(open);
}

/**
 * `putObject` on a state that is open.
 *
 * @param like a stored object that is likely to say the same here and there, for one that is new: such parts are shared
 */
export function putInto(open: OpenState, object: ApiObject, clock?: Clock, like?: ApiObject): Change {
  const kind: Kind = object.kind;
  const key = objectKey(object);
  const before = open.tables[kind].get(key);
  const revision = open.revision + 1;
  const after = deepFreeze(sharingWith(before ?? like, stamped(object, key, before, revision, clock)));
  write(open, kind, key, before, after);
  return { revision, kind, key, before, after };
}

/** Removes an object; undefined when there is none of that key. */
export function deleteObject(state: ClusterState, kind: Kind, key: ObjectKey): WriteResult | undefined {
  const before = state.tables[kind].get(key);
  if (before === undefined) return undefined;
  const revision = state.revision + 1;
  const open = openState(state);
  write(open, kind, key, before, undefined);
  return { state: closedState(open), change: { revision, kind, key, before, after: undefined } };
}

/** Changes one object by a recipe on a draft of it; undefined when there is none, or when nothing changed. */
export function updateObject<K extends Kind>(
  state: ClusterState,
  kind: K,
  key: ObjectKey,
  recipe: (draft: Draft<KindMap[K]>) => void,
): WriteResult | undefined {
  const before: KindMap[K] | undefined = state.tables[kind].get(key);
  if (before === undefined) return undefined;
  const after = produce(before, recipe as (draft: unknown) => void) as KindMap[K];
  return after === before ? undefined : putObject(state, after);
}

function stamped(
  object: ApiObject,
  key: ObjectKey,
  before: ApiObject | undefined,
  revision: number,
  clock?: Clock,
): ApiObject {
  const given = object.metadata;
  const old = before?.metadata;
  const creationTimestamp =
    given.creationTimestamp ?? old?.creationTimestamp ?? (clock === undefined ? undefined : timestampOf(clock.nowMs));
  // Not by spreading: V8 gives each object that is made so and frozen then a hidden class of its own, which takes more room than
  // the object, and makes all who read them slow.
  const metadata = Object.assign({}, given, {
    uid: given.uid ?? old?.uid ?? objectUid(object.kind, key, revision),
    resourceVersion: String(revision),
  });
  if (creationTimestamp !== undefined)
    (metadata as { creationTimestamp?: string }).creationTimestamp = creationTimestamp;
  return Object.assign({}, object, { metadata }) as ApiObject;
}

function write(
  open: OpenState,
  kind: Kind,
  key: ObjectKey,
  before: ApiObject | undefined,
  after: ApiObject | undefined,
): void {
  const table = open.tables[kind];
  open.revision++;
  open.tables[kind] = (after === undefined ? table.delete(key) : table.put(after as never, key)) as never;
  if (kind === "Service")
    open.allocations = reallocate(open.allocations, key, before as Service | undefined, after as Service | undefined);
  if (after === undefined) open.sources = open.sources.delete(objectTitle(kind, key));
}

/** Freezes what is not frozen yet, all the way down. What is frozen is taken to be frozen below as well. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  if (Array.isArray(value)) for (const item of value) deepFreeze(item);
  else for (const key in value) deepFreeze(value[key]);
  return Object.freeze(value);
}
