import { type FieldError, invalid, invalidObject, notSupported, tooLong } from "../validate/field-error.ts";
import type { URLQuery } from "./request.ts";

/** What every write may be asked: `metav1.CreateOptions`, `UpdateOptions`, `PatchOptions`. */
export interface WriteOptions {
  /** All but the storing. */
  readonly dryRun: boolean;
  /** Whose fields they are in `managedFields`. */
  readonly fieldManager: string;
  /** The same, "" where none is named. */
  readonly givenFieldManager: string;
  /** What becomes of unknown and doubled fields. */
  readonly fieldValidation: "Ignore" | "Warn" | "Strict";
  /** Server-side apply takes fields away from their managers; undefined where nothing is said of it. */
  readonly force: boolean | undefined;
}

const validations: readonly string[] = ["", "Ignore", "Strict", "Warn"];
const maxManagerBytes = 128;

/**
 * The first word of the user agent is the manager where none is named, as the API server takes it.
 *
 * @param kind `CreateOptions`: what the answer calls them that refuses
 * @throws StatusError Invalid
 */
export function readWriteOptions(query: URLQuery, userAgent: string, kind: string): WriteOptions {
  const validation = query.get("fieldValidation") ?? "";
  const fieldManager = query.get("fieldManager") ?? "";
  const errors: FieldError[] = [];
  if (fieldManager.length > maxManagerBytes) {
    errors.push(tooLong("fieldManager", `may not be more than ${maxManagerBytes} bytes`));
  }
  const unprintable = [...fieldManager].find((char) => /\p{C}/u.test(char));
  if (unprintable !== undefined)
    errors.push(invalid("fieldManager", fieldManager, "should only contain printable characters"));
  errors.push(...dryRunErrors(dryRunOf(query)));
  if (!validations.includes(validation)) errors.push(notSupported("fieldValidation", validation, validations));
  if (errors.length > 0) throw invalidObject(`${kind}.meta.k8s.io`, "", errors);
  return {
    dryRun: dryRunOf(query).length > 0,
    givenFieldManager: fieldManager,
    fieldManager: fieldManager || (userAgent.split("/", 1)[0] ?? ""),
    fieldValidation: (validation || "Warn") as WriteOptions["fieldValidation"],
    force: query.has("force") ? query.get("force") === "true" : undefined,
  };
}

export function dryRunOf(query: URLQuery): readonly string[] {
  const value = query.get("dryRun");
  return value === undefined ? [] : [value];
}

export function dryRunErrors(given: readonly string[]): FieldError[] {
  return given.every((value) => value === "All") ? [] : [notSupported("dryRun", given, ["All"])];
}
