import { epoch } from "@kubenetsim/core/runtime/clock";
import type { Cluster } from "../../cluster/cluster.ts";

/** How far the cluster's clock lags behind the machine's. */
const tickMs = 50;
/** Controllers take up a write this much later, together with those that came meanwhile. */
const settleMs = 10;
/** Events of watches go out at once, and those that follow within this time together. */
const gatherMs = 20;

/** Lets a cluster's clock go with the machine's, and its controllers work soon after each write. */
export class RealTime {
  readonly #lab: Cluster;
  readonly #report: (problem: unknown) => void;
  #tick: NodeJS.Timeout | undefined;
  #settling: NodeJS.Timeout | undefined;
  #gathering: NodeJS.Timeout | undefined;
  #tasks: (() => void)[] = [];
  #ranMs = 0;
  #beganMs = 0;
  #settledRevision = -1;

  /** @param report told of what the controllers fail with; the server goes on */
  constructor(lab: Cluster, report: (problem: unknown) => void) {
    this.#lab = lab;
    this.#report = report;
  }

  start(): void {
    this.#beganMs = performance.now() - this.#lab.clock.nowMs;
    this.#tick = setInterval(() => this.#advance(), tickMs);
    this.#settle();
  }

  stop(): void {
    clearInterval(this.#tick);
    clearTimeout(this.#settling);
    clearTimeout(this.#gathering);
    this.#tasks = [];
  }

  /** Runs a task with others a little later. */
  readonly soon = (task: () => void): void => {
    this.#tasks.push(task);
    this.#gathering ??= setTimeout(() => this.#runTasks(), this.#ranMs + gatherMs - performance.now());
  };

  #runTasks(): void {
    this.#gathering = undefined;
    this.#ranMs = performance.now();
    const tasks = this.#tasks;
    this.#tasks = [];
    for (const run of tasks) run();
  }

  /** Something was written: the controllers will see it. */
  readonly wrote = (): void => {
    this.#settling ??= setTimeout(() => {
      this.#settling = undefined;
      this.#settle();
    }, settleMs);
  };

  /** What falls due on the way may write, too. */
  #advance(): void {
    const { clock, state } = this.#lab;
    this.#attempt(() => clock.advance(Math.max(0, performance.now() - this.#beganMs - clock.nowMs)));
    if (state.revision !== this.#settledRevision) this.wrote();
  }

  #settle(): void {
    this.#attempt(() => this.#lab.settle());
    this.#settledRevision = this.#lab.state.revision;
    // Nobody looks at nodes here: what they have seen is let go of.
    this.#lab.restore(this.#lab.snapshot());
  }

  #attempt(work: () => void): void {
    try {
      work();
    } catch (problem) {
      this.#report(problem);
    }
  }
}

/** What the clock of a cluster is to show that begins now; its beginning, when the machine's clock is behind that. */
export function nowSinceEpochMs(): number {
  return Math.max(0, Date.now() - Date.parse(epoch));
}

/** Calls when something takes longer than it may. */
export class Deadline {
  readonly #passed: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(passed: () => void) {
    this.#passed = passed;
  }

  /** From now on, in place of the one before. */
  set(ms: number): void {
    this.clear();
    this.#timer = setTimeout(this.#passed, ms);
  }

  clear(): void {
    clearTimeout(this.#timer);
  }
}
