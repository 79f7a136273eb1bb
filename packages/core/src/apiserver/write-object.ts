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
  const kind: Kind = object.kind;
  const key = objectKey(object);
  const before = state.tables[kind].get(key);
  const revision = state.revision + 1;
  const after = deepFreeze(sharingWith(before, stamped(object, before, revision, clock)));
  return { state: writeInto(state, kind, key, before, after), change: { revision, kind, key, before, after } };
}

/** Removes an object; undefined when there is none of that key. */
export function deleteObject(state: ClusterState, kind: Kind, key: ObjectKey): WriteResult | undefined {
  const before = state.tables[kind].get(key);
  if (before === undefined) return undefined;
  const revision = state.revision + 1;
  return {
    state: writeInto(state, kind, key, before, undefined),
    change: { revision, kind, key, before, after: undefined },
  };
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

function stamped(object: ApiObject, before: ApiObject | undefined, revision: number, clock?: Clock): ApiObject {
  const given = object.metadata;
  const old = before?.metadata;
  const creationTimestamp =
    given.creationTimestamp ?? old?.creationTimestamp ?? (clock === undefined ? undefined : timestampOf(clock.nowMs));
  const metadata = {
    ...given,
    uid: given.uid ?? old?.uid ?? objectUid(object.kind, objectKey(object), revision),
    resourceVersion: String(revision),
    ...(creationTimestamp === undefined ? {} : { creationTimestamp }),
  };
  return { ...object, metadata } as ApiObject;
}

function writeInto(
  state: ClusterState,
  kind: Kind,
  key: ObjectKey,
  before: ApiObject | undefined,
  after: ApiObject | undefined,
): ClusterState {
  const table = state.tables[kind];
  const next = after === undefined ? table.delete(key) : table.put(after as never);
  return Object.freeze({
    ...state,
    revision: state.revision + 1,
    tables: Object.freeze({ ...state.tables, [kind]: next }),
    allocations:
      kind === "Service"
        ? reallocate(state.allocations, key, before as Service | undefined, after as Service | undefined)
        : state.allocations,
    sources: after === undefined ? state.sources.delete(objectTitle(kind, key)) : state.sources,
  });
}

/** Freezes what is not frozen yet, all the way down. What is frozen is taken to be frozen below as well. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  for (const key of Object.keys(value)) deepFreeze((value as Record<string, unknown>)[key]);
  return Object.freeze(value);
}
