import type { Change, ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import type { ApiStore } from "@kubenetsim/core/apiserver/rest/store";
import type { ChangeEvents, Listener } from "@kubenetsim/core/runtime/change-events";
import type { Clock } from "@kubenetsim/core/runtime/clock";
import type { Random } from "@kubenetsim/core/runtime/random";

/** How a store gets at what its cluster holds. */
export interface StoreAccess {
  state(): ClusterState;
  commit(state: ClusterState, changes: readonly Change[]): void;
  readonly events: ChangeEvents<Change>;
  readonly clock: Clock;
  readonly random: Random;
}

/** For watches that come late no more changes are kept than these, */
const keptChanges = 100_000;
/** and those of five minutes, as etcd keeps them (--etcd-compaction-interval). */
const keptMs = 300_000;

/** A cluster as its API server sees it. */
export class ClusterStore implements ApiStore {
  readonly clock: Clock;
  readonly random: Random;
  readonly #access: StoreAccess;
  readonly #kept: Change[] = [];
  /** When each of them came. */
  readonly #keptAtMs: number[] = [];
  #isForgettingDue = false;
  /** Of the last change that is not kept any more. */
  #forgotten: number;

  constructor(access: StoreAccess) {
    this.#access = access;
    this.clock = access.clock;
    this.random = access.random;
    this.#forgotten = access.state().revision;
    access.events.watch((change) => this.#keep(change));
  }

  get state(): ClusterState {
    return this.#access.state();
  }

  commit(state: ClusterState, changes: readonly Change[]): void {
    this.#access.commit(state, changes);
  }

  changesSince(revision: number): readonly Change[] | undefined {
    // A cluster that was restored has gone back: its changes were another history's.
    if ((this.#kept.at(-1)?.revision ?? 0) > this.state.revision) this.#rewind(this.state.revision);
    if (revision < this.#forgotten) return undefined;
    let low = 0;
    let high = this.#kept.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#kept[middle]!.revision <= revision) low = middle + 1;
      else high = middle;
    }
    return this.#kept.slice(low);
  }

  get oldestRevision(): number {
    return this.#forgotten;
  }

  watch(listener: Listener<Change>): () => void {
    return this.#access.events.watch(listener);
  }

  #rewind(revision: number): void {
    this.#kept.length = 0;
    this.#keptAtMs.length = 0;
    this.#forgotten = revision;
  }

  #keep(change: Change): void {
    if (change.revision <= (this.#kept.at(-1)?.revision ?? this.#forgotten)) this.#rewind(change.revision - 1);
    this.#kept.push(change);
    this.#keptAtMs.push(this.clock.nowMs);
    if (this.#kept.length >= 2 * keptChanges) this.#forget(keptChanges);
    this.#forgetLater();
  }

  /** Half of the time later, all that is too old by then. */
  #forgetLater(): void {
    if (this.#isForgettingDue) return;
    this.#isForgettingDue = true;
    this.clock.schedule(this.clock.nowMs + keptMs / 2, () => {
      this.#isForgettingDue = false;
      const firstKept = this.#keptAtMs.findIndex((atMs) => atMs > this.clock.nowMs - keptMs);
      this.#forget(firstKept < 0 ? this.#kept.length : firstKept);
      if (this.#kept.length > 0) this.#forgetLater();
    });
  }

  #forget(count: number): void {
    if (count === 0) return;
    this.#forgotten = this.#kept[count - 1]!.revision;
    this.#kept.splice(0, count);
    this.#keptAtMs.splice(0, count);
  }
}
