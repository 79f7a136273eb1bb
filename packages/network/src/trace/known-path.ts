import type { Cost } from "@kubenetsim/core/trace/cost";
import { HopView } from "./hop-view.ts";
import type { PathRecords } from "./record-range.ts";
import type { PathView, TraceFacts } from "./trace-view.ts";

/** What all packets on one branch of a known way have in common. */
export interface KnownBranch extends PathRecords {
  readonly facts: TraceFacts;
  /** Of hops: a trace is made without a look at what is in them. */
  readonly count: number;
  readonly cost: Cost;
}

/** A packet's path on a known branch: only the source port is its own. */
export class KnownPath implements PathView {
  readonly cost: Cost;
  readonly #branch: KnownBranch;
  readonly #sourcePort: number;
  #hops: HopView[] | undefined;

  constructor(branch: KnownBranch, sourcePort: number) {
    this.cost = branch.cost;
    this.#branch = branch;
    this.#sourcePort = sourcePort;
  }

  get hops(): readonly HopView[] {
    this.#hops ??= hopsOf(this.#branch, this.#sourcePort);
    return this.#hops;
  }
}

function hopsOf(branch: KnownBranch, sourcePort: number): HopView[] {
  // Made in its full length: an array that grows takes room for many more.
  const hops = new Array<HopView>(branch.count);
  for (let i = 0; i < branch.count; i++) hops[i] = new HopView(branch, i, sourcePort);
  return hops;
}
