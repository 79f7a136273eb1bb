import type { ApiObject, Kind } from "../../model/api-object.ts";
import type { Change } from "../cluster-state.ts";
import type { PlainObject } from "../manifest/manifest-document.ts";
import type { WatchEvent } from "./request.ts";
import type { ApiStore } from "./store.ts";

/** A change as watches tell of it; what is made for one of them is there for all. */
export class ToldChange {
  readonly change: Change;
  readonly #events = new Map<string, WatchEvent>();
  #deleted: ApiObject | undefined;

  constructor(change: Change) {
    this.change = change;
  }

  /** The object as it was last seen, at the revision at which it went out of sight. */
  get deleted(): ApiObject {
    if (this.#deleted === undefined) {
      const before = this.change.before!;
      const metadata = { ...before.metadata, resourceVersion: String(this.change.revision) };
      this.#deleted = Object.freeze({ ...before, metadata: Object.freeze(metadata) }) as ApiObject;
    }
    return this.#deleted;
  }

  /** One and the same event for all that want the same type in the same form; `id` names both. */
  event(type: WatchEvent["type"], id: string, make: () => PlainObject): WatchEvent {
    const known = this.#events.get(id);
    if (known !== undefined) return known;
    const event = Object.freeze({ type, object: make() });
    this.#events.set(id, event);
    return event;
  }
}

export type ChangeListener = (told: ToldChange) => void;

/** Tells the watches of a kind, and no others, of its changes. It listens to the store only while somebody watches. */
export class WatchHub {
  readonly #store: ApiStore;
  readonly #listeners = new Map<Kind, Set<ChangeListener>>();
  #stop: (() => void) | undefined;

  constructor(store: ApiStore) {
    this.#store = store;
  }

  /** Returns how to stop. */
  watch(kind: Kind, listener: ChangeListener): () => void {
    const listeners = this.#listeners.get(kind) ?? new Set();
    this.#listeners.set(kind, listeners);
    listeners.add(listener);
    this.#stop ??= this.#store.watch((change) => this.#tell(change));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#listeners.delete(kind);
      if (this.#listeners.size > 0) return;
      this.#stop?.();
      this.#stop = undefined;
    };
  }

  #tell(change: Change): void {
    const listeners = this.#listeners.get(change.kind);
    if (listeners === undefined) return;
    const told = new ToldChange(change);
    for (const listener of [...listeners]) listener(told);
  }
}
