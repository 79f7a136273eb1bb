import { StatusError } from "../../runtime/errors.ts";
import { tooDeepBracket } from "../rest/json-depth.ts";
import { doubledFields, wellFormed } from "../rest/json-text.ts";
import { badRequest } from "../rest/refusals.ts";
import { jsonTypeOf } from "./go-text.ts";
import type { Operation } from "./json-patch.ts";

/** The API server's limit of the operations of one patch. */
const maxOperations = 10_000;

/** A patch is JSON, whatever its kind. @throws StatusError BadRequest */
function parse(text: string): unknown {
  if (tooDeepBracket(text) !== undefined) throw badRequest("invalid JSON patch");
  try {
    return JSON.parse(wellFormed(text));
  } catch {
    throw badRequest("invalid JSON patch");
  }
}

/** A patch that is an object; null for a mere null. @throws StatusError BadRequest, `prefix` before its message */
export function readPatchObject(
  text: string,
  prefix: string,
  strict: boolean,
): { patch: Record<string, unknown> | null; problems: readonly string[] } {
  const value = parse(text);
  if (value !== null && (typeof value !== "object" || Array.isArray(value))) {
    const type = jsonTypeOf(value);
    if (!strict && prefix !== "") throw badRequest("Invalid JSON Patch");
    throw badRequest(`${prefix}json: cannot unmarshal ${type} into Go value of type map[string]interface {}`);
  }
  return { patch: value as Record<string, unknown> | null, problems: strict ? doubledFields(text) : [] };
}

/** The steps of a JSON patch. @throws StatusError BadRequest, RequestEntityTooLarge */
export function readOperations(
  text: string,
  strict: boolean,
): { operations: readonly Operation[]; problems: readonly string[] } {
  const value = parse(text) ?? [];
  const prefix = strict ? "error decoding patch: " : "";
  if (!Array.isArray(value)) {
    const wanted = strict ? "[]handlers.jsonPatchOp" : "jsonpatch.Patch";
    throw badRequest(`${prefix}json: cannot unmarshal ${jsonTypeOf(value)} into Go value of type ${wanted}`);
  }
  const problems = strict ? doubledFields(text) : [];
  for (const [i, operation] of value.entries()) {
    if (operation === null) continue;
    if (typeof operation !== "object" || Array.isArray(operation)) {
      const wanted = strict ? "handlers.jsonPatchOp" : "jsonpatch.Operation";
      throw badRequest(`${prefix}json: cannot unmarshal ${jsonTypeOf(operation)} into Go value of type ${wanted}`);
    }
    if (strict) problems.push(...checkOperation(operation as Operation, i));
  }
  if (value.length > maxOperations) throw tooMany(value.length);
  const operations = value.map((operation) => (operation ?? {}) as Operation);
  return { operations, problems: problems.map((problem) => `json patch ${problem}`) };
}

function checkOperation(operation: Operation, index: number): string[] {
  for (const field of ["op", "path", "from"]) {
    const value = operation[field];
    if (value === undefined || value === null || typeof value === "string") continue;
    throw badRequest(
      `error decoding patch: json: cannot unmarshal ${jsonTypeOf(value)} into Go struct field jsonPatchOp.${field} of type string`,
    );
  }
  const unknown = Object.keys(operation).filter((field) => !["op", "path", "from", "value"].includes(field));
  return unknown.map((field) => `unknown field "[${index}].${field}"`);
}

function tooMany(count: number): StatusError {
  const message = `Request entity is too large: The allowed maximum operations in a JSON patch is ${maxOperations}, got ${count}`;
  return new StatusError("RequestEntityTooLarge", message);
}
