import { badRequest } from "./refusals.ts";
import type { URLQuery } from "./request.ts";

/** What every write may be asked: `metav1.CreateOptions`, `UpdateOptions`, `PatchOptions`. */
export interface WriteOptions {
  /** All but the storing. */
  readonly dryRun: boolean;
  /** Whose fields they are in `managedFields`. */
  readonly fieldManager: string;
  /** What becomes of unknown and doubled fields. */
  readonly fieldValidation: "Ignore" | "Warn" | "Strict";
  /** Server-side apply takes fields away from their managers; undefined where nothing is said of it. */
  readonly force: boolean | undefined;
}

/** The first word of the user agent is the manager where none is named, as the API server takes it. */
export function readWriteOptions(query: URLQuery, userAgent: string): WriteOptions {
  const dryRun = query.get("dryRun");
  if (dryRun !== undefined && dryRun !== "All") {
    throw badRequest(`dryRun: Unsupported value: ${JSON.stringify(dryRun)}: supported values: "All"`);
  }
  const validation = query.get("fieldValidation") ?? "Warn";
  if (validation !== "Ignore" && validation !== "Warn" && validation !== "Strict") {
    throw badRequest(
      `fieldValidation: Unsupported value: ${JSON.stringify(validation)}: supported values: "Ignore", "Strict", "Warn"`,
    );
  }
  return {
    dryRun: dryRun !== undefined,
    fieldManager: query.get("fieldManager") ?? userAgent.split("/", 1)[0] ?? "",
    fieldValidation: validation,
    force: query.has("force") ? query.get("force") === "true" : undefined,
  };
}
