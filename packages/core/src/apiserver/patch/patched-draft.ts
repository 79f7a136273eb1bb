import { StatusError } from "../../runtime/errors.ts";
import { decodeObject } from "../decode/decode-object.ts";
import { inFieldOrder } from "../decode/field-order.ts";
import { type BodyKind, infoOf, isBodyKind } from "../decode/kinds.ts";
import type { PlainObject } from "../manifest/manifest-document.ts";
import { plainCopy } from "../plain-copy.ts";
import { badRequest } from "../rest/refusals.ts";
import type { WriteOptions } from "../rest/write-options.ts";
import { invalid, invalidObject } from "../validate/field-error.ts";
import { ConversionFailure, fromUnstructured } from "./from-unstructured.ts";
import { goText } from "./go-text.ts";
import { applyJsonPatch, JsonPatchFailure } from "./json-patch.ts";
import { applyMergePatch } from "./merge-patch.ts";
import { patchedText, sortedWhere } from "./patched-text.ts";
import { readOperations, readPatchObject } from "./read-patch.ts";
import { mergeMap } from "./strategic/merge-map.ts";
import { objectSchema } from "./strategic/patch-schema.ts";
import { StrategicFailure } from "./strategic/strategic-failure.ts";

/** What a patch makes of an object: decoded, nothing defaulted nor checked. */
export interface Patched {
  readonly object: PlainObject;
  readonly warnings: readonly string[];
}

/** What is to be patched: of which kind it is, and which struct of the field table it has. */
export interface PatchSubject {
  readonly kind: BodyKind;
  readonly apiVersion: string;
  readonly struct: string;
}

type Validation = WriteOptions["fieldValidation"];

/**
 * Applies a JSON or merge patch to an object (apiserver pkg/endpoints/handlers/patch.go, jsonPatcher).
 *
 * @throws StatusError
 */
export function patchByJson(
  before: object,
  subject: PatchSubject,
  type: "json" | "merge",
  text: string,
  validation: Validation,
): Patched {
  const document = plainCopy(inFieldOrder(before, subject.struct)) as Record<string, unknown>;
  const touched = new Set<unknown>();
  const { result: patched, problems } =
    type === "json"
      ? jsonPatched(document, text, validation, touched)
      : mergePatched(document, text, validation, touched);
  const result = patched as PlainObject;
  const refuse = (detail: string): StatusError => invalidPatch(patchedText(result), detail);
  const { kind = subject.kind, apiVersion = subject.apiVersion } = result as { kind?: unknown; apiVersion?: unknown };
  requireType(kind, apiVersion, subject, refuse);
  const { object, wrongType, unknownFields } = decodeObject(result as PlainObject, subject.struct);
  if (wrongType !== undefined) throw refuse(wrongType.message);
  return checked(object, [...problems, ...unknownFields.map(({ message }) => message)], validation, refuse);
}

function jsonPatched(document: Record<string, unknown>, text: string, validation: Validation, touched: Set<unknown>) {
  const { operations, problems } = readOperations(text, validation !== "Ignore");
  try {
    return { result: sortedWhere(applyJsonPatch(document, operations, touched), touched), problems };
  } catch (reason) {
    if (reason instanceof JsonPatchFailure) throw unprocessable();
    throw reason;
  }
}

function mergePatched(document: Record<string, unknown>, text: string, validation: Validation, touched: Set<unknown>) {
  const { patch, problems } = readPatchObject(text, "error decoding patch: ", validation !== "Ignore");
  if (patch === null) throw badRequest("Invalid JSON Patch");
  applyMergePatch(document, patch, touched);
  return { result: sortedWhere(document, touched), problems };
}

function requireType(
  kind: unknown,
  apiVersion: unknown,
  subject: PatchSubject,
  refuse: (detail: string) => StatusError,
): void {
  for (const [field, value] of [
    ["kind", kind],
    ["apiVersion", apiVersion],
  ]) {
    if (typeof value === "string" || value === null) continue;
    const type = Array.isArray(value) ? "array" : typeof value === "boolean" ? "bool" : typeof value;
    throw refuse(
      `couldn't get version/kind; json parse error: json: cannot unmarshal ${type} into Go struct field .${field} of type string`,
    );
  }
  if ((kind ?? subject.kind) === subject.kind && (apiVersion ?? subject.apiVersion) === subject.apiVersion) return;
  const other = String(kind ?? subject.kind);
  if (isBodyKind(other) && infoOf(other).apiVersion === (apiVersion ?? subject.apiVersion)) {
    throw refuse(`converting (v1.${other}) to (${subject.struct}): unknown conversion`);
  }
  throw refuse(
    `no kind ${JSON.stringify(other)} is registered for version ${JSON.stringify(apiVersion ?? subject.apiVersion)} in scheme "pkg/runtime/scheme.go:111"`,
  );
}

/** Applies a strategic merge patch (smpPatcher). @throws StatusError */
export function patchByStrategy(before: object, subject: PatchSubject, text: string, validation: Validation): Patched {
  const { patch, problems } = readPatchObject(text, "", validation !== "Ignore");
  const used = plainCopy(patch ?? {});
  const type = objectSchema(subject.struct);
  const document = plainCopy(before) as Record<string, unknown>;
  // Merging takes its directives out of a patch, and refusals show what is left.
  const refuse = (detail: string): StatusError => invalidPatch(goText(used), detail);
  let converted: PlainObject;
  try {
    const merged = mergeMap(document, used, type, { intoObject: true });
    converted = fromUnstructured(merged, type) as PlainObject;
  } catch (reason) {
    if (reason instanceof StrategicFailure) throw answerOf(reason);
    if (reason instanceof ConversionFailure) throw refuse(reason.message);
    throw reason;
  }
  const { object, wrongType, unknownFields } = decodeObject(converted, subject.struct);
  if (wrongType !== undefined) throw refuse(wrongType.message);
  return checked(object, [...problems, ...unknownFields.map(({ message }) => message)], validation, refuse);
}

function checked(
  object: PlainObject,
  problems: readonly string[],
  validation: Validation,
  refuse: (detail: string) => StatusError,
): Patched {
  if (problems.length > 0 && validation === "Strict") throw refuse(`strict decoding error: ${problems.join(", ")}`);
  return { object, warnings: validation === "Warn" ? problems : [] };
}

function answerOf({ answer, message }: StrategicFailure): StatusError {
  if (answer === "bad request") return badRequest(message);
  return answer === "unprocessable" ? unprocessable() : new StatusError("Unknown", message);
}

/** The API server keeps the reason to itself. */
function unprocessable(): StatusError {
  return new StatusError("Invalid", "the server rejected our request due to an error in our request", { subject: {} });
}

function invalidPatch(value: string, detail: string): StatusError {
  const { message, causes } = invalidObject("", "", [invalid("patch", value, detail)]);
  return new StatusError("Invalid", message, { causes });
}
