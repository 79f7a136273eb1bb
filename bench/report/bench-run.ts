import type { Result } from "../harness.ts";

/** Where a run was made. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
}

export type Row = MeasuredRow | SkippedRow;

export interface MeasuredRow extends Result {
  readonly group: string;
  readonly noisy: boolean;
}

/** A measure that the machine lacks something for. */
interface SkippedRow {
  readonly group: string;
  readonly id: string;
  readonly name: string;
  readonly must: number;
  readonly aim: number;
  readonly skipped: string;
}

/** What `npm run bench -- --json FILE` writes. */
export interface BenchRun {
  readonly machine: Machine;
  readonly versions: Readonly<Record<string, string>>;
  /** As `--date` said; undefined unless it did. */
  readonly date?: string;
  readonly measures: readonly Row[];
}

export function isMeasured(row: Row): row is MeasuredRow {
  return !("skipped" in row);
}

/** A row with a number is one of the measures that the goals are written for. */
export function isGoal({ id }: Row): boolean {
  return /^\d+$/.test(id);
}
