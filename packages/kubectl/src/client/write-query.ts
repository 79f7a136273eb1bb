import type { DryRun } from "../flags/dry-run.ts";

/** What a write asks of the API server besides its body. */
export interface WriteQuery {
  readonly fieldManager: string;
  readonly dryRun: DryRun;
  readonly fieldValidation?: "Strict" | "Warn" | "Ignore";
  /** Server-side apply: taking fields from their managers. */
  readonly force?: boolean;
}

export function writeQuery({
  fieldManager,
  dryRun,
  fieldValidation,
  force,
}: WriteQuery): Readonly<Record<string, string | undefined>> {
  return {
    fieldManager,
    dryRun: dryRun === "server" ? "All" : undefined,
    fieldValidation,
    force: force === undefined ? undefined : String(force),
  };
}
