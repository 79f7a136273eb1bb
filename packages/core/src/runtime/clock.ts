/** Virtual time in milliseconds since the start of the simulation. Nothing in the simulator reads the machine's clock. */
export interface Clock {
  readonly nowMs: number;
  /**
   * Runs `task` when `advance` passes `dueMs`; tasks due at once run in the order in which they were scheduled. The function
   * that it returns takes the task back.
   */
  schedule(dueMs: number, task: () => void): () => void;
  /** Lets `deltaMs` pass, running what falls due on the way. */
  advance(deltaMs: number): void;
  /** A clock that stands at the same time, without tasks. */
  fork(): Clock;
}

/** The virtual clock starts at this instant where a date has to be shown. */
export const epoch = "2026-01-01T00:00:00Z";

export function virtualClock(startMs = 0): Clock {
  let now = startMs;
  let sequence = 0;
  let tasks: { due: number; sequence: number; run: () => void }[] = [];

  function nextDue(limit: number): (typeof tasks)[number] | undefined {
    let first: (typeof tasks)[number] | undefined;
    for (const task of tasks) {
      if (task.due > limit) continue;
      if (first === undefined || task.due < first.due || (task.due === first.due && task.sequence < first.sequence)) {
        first = task;
      }
    }
    return first;
  }

  return {
    get nowMs() {
      return now;
    },
    schedule(dueMs, run) {
      const task = { due: Math.max(dueMs, now), sequence: sequence++, run };
      tasks.push(task);
      return () => {
        tasks = tasks.filter((other) => other !== task);
      };
    },
    advance(deltaMs) {
      const end = now + deltaMs;
      for (let task = nextDue(end); task !== undefined; task = nextDue(end)) {
        tasks = tasks.filter((other) => other !== task);
        now = task.due;
        task.run();
      }
      now = end;
    },
    fork: () => virtualClock(now),
  };
}
