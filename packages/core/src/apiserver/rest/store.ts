import type { Clock } from "../../runtime/clock.ts";
import type { Random } from "../../runtime/random.ts";
import type { Change, ClusterState } from "../cluster-state.ts";

/**
 * Where the REST server reads and writes. There is one beneath everything that looks like an API server: kubectl in the
 * library, the fetch handler, `Cluster` itself.
 */
export interface ApiStore {
  readonly state: ClusterState;
  readonly clock: Clock;
  readonly random: Random;
  /** Takes the outcome of a write; `changes` lead from the state before to this one. Watchers are told. */
  commit(state: ClusterState, changes: readonly Change[]): void;
  /** All changes after a revision, oldest first; undefined when they are not kept any more. */
  changesSince(revision: number): readonly Change[] | undefined;
  /** All changes after this revision are kept. */
  readonly oldestRevision: number;
  /** Told of every change that comes, whoever makes it. Returns how to stop. */
  watch(listener: (change: Change) => void): () => void;
}
