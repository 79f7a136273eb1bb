import type { ApiObject, Kind } from "../../model/api-object.ts";
import { StatusError } from "../../runtime/errors.ts";
import type { ClusterState } from "../cluster-state.ts";
import type { ApiStore } from "./store.ts";

type Table = ClusterState["tables"][Kind];

const sorted = new WeakMap<Table, readonly ApiObject[]>();

/** The objects of a kind in the order of their keys in etcd, as of a revision; undefined where that is forgotten. */
export function objectsAt(store: ApiStore, kind: Kind, revision: number): readonly ApiObject[] | undefined {
  const { state } = store;
  const since =
    revision === state.revision ? [] : store.changesSince(revision)?.filter((change) => change.kind === kind);
  if (since === undefined) return undefined;
  if (since.length === 0) return inKeyOrder(state.tables[kind]);
  // What was written since is taken back, the last first.
  const objects = new Map<string, ApiObject>(state.tables[kind].values().map((object) => [etcdKey(object), object]));
  for (const { before, after } of since.toReversed()) {
    if (after !== undefined) objects.delete(etcdKey(after));
    if (before !== undefined) objects.set(etcdKey(before), before);
  }
  return byKey([...objects.values()]);
}

/** The objects of a kind as they are now, in the order of their keys in etcd. */
export function inKeyOrder(table: Table): readonly ApiObject[] {
  const known = sorted.get(table);
  if (known !== undefined) return known;
  const objects = byKey(table.values() as ApiObject[]);
  sorted.set(table, objects);
  return objects;
}

/** Below `/registry/RESOURCE/`. */
export function etcdKey({ metadata }: ApiObject): string {
  return metadata.namespace === undefined ? metadata.name : `${metadata.namespace}/${metadata.name}`;
}

/** For a revision that is still to come. */
export function resourceVersionTooLarge(revision: number, current: number, retryAfterSeconds?: number): StatusError {
  return new StatusError("Timeout", `Timeout: Too large resource version: ${revision}, current: ${current}`, {
    subject: {},
    causes: [{ reason: "ResourceVersionTooLarge", message: "Too large resource version", field: "" }],
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  });
}

function byKey(objects: readonly ApiObject[]): readonly ApiObject[] {
  const keyed = objects.map((object) => ({ key: etcdKey(object), object }));
  keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  return keyed.map(({ object }) => object);
}
