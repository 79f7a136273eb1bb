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

export interface ChangeListener {
  take(told: ToldChange): void;
  /** The store has gone back to an earlier state: what was told does not count any more. */
  rewound(): void;
}

/** Tells the watches of a kind, and no others, of its changes. */
export class WatchHub {
  readonly #listeners = new Map<Kind, Set<ChangeListener>>();
  /** Of the last change that was heard of. */
  #revision: number;

  constructor(store: ApiStore) {
    this.#revision = store.state.revision;
    store.watch((change) => this.#tell(change));
  }

  /** Returns how to stop. */
  watch(kind: Kind, listener: ChangeListener): () => void {
    const listeners = this.#listeners.get(kind) ?? new Set();
    this.#listeners.set(kind, listeners);
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#listeners.delete(kind);
    };
  }

  #tell(change: Change): void {
    if (change.revision <= this.#revision) this.#rewind();
    this.#revision = change.revision;
    const listeners = this.#listeners.get(change.kind);
    if (listeners === undefined) return;
    const told = new ToldChange(change);
    for (const listener of [...listeners]) listener.take(told);
  }

  #rewind(): void {
    for (const listeners of [...this.#listeners.values()]) for (const listener of [...listeners]) listener.rewound();
  }
}
