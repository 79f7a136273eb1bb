import type { Change, ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import type { Kind, KindMap, ObjectKey } from "@kubenetsim/core/model/api-object";

/** One object between two states; undefined where it is not there. */
export interface Replaced<T> {
  readonly key: ObjectKey;
  readonly before: T | undefined;
  readonly after: T | undefined;
}

/** What differs between two states, by kind; each object once, however often it was written. */
export class ChangedObjects {
  readonly #before: ClusterState;
  readonly #after: ClusterState;
  readonly #keys = new Map<Kind, Set<ObjectKey>>();

  /** `changes` are all writes that led from the one state to the other. */
  constructor(before: ClusterState, after: ClusterState, changes: Iterable<Change>) {
    this.#before = before;
    this.#after = after;
    for (const { kind, key } of changes) {
      const keys = this.#keys.get(kind);
      if (keys === undefined) this.#keys.set(kind, new Set([key]));
      else keys.add(key);
    }
  }

  of<K extends Kind>(kind: K): Replaced<KindMap[K]>[] {
    return [...(this.#keys.get(kind) ?? [])]
      .map((key) => ({ key, before: this.#before.tables[kind].get(key), after: this.#after.tables[kind].get(key) }))
      .filter(({ before, after }) => before !== after);
  }
}
