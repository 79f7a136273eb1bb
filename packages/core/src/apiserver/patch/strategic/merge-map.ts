import type { FieldType } from "../../decode/field-type.ts";
import { ownField, setField } from "../../own-field.ts";
import { goText } from "../go-text.ts";
import { sameJson } from "../json-patch.ts";
import {
  asList,
  badPatchType,
  directive,
  dropNulls,
  fieldOf,
  isObject,
  type JsonObject,
  type MergeOptions,
  type Merging,
  typeName,
  withoutDirectives,
} from "./directives.ts";
import { mergeList } from "./merge-list.ts";
import { mergeOrderedLists } from "./ordered-lists.ts";
import { fieldSchema, listSchema } from "./patch-schema.ts";
import { StrategicFailure } from "./strategic-failure.ts";

/**
 * Merges a strategic merge patch into an object (apimachinery pkg/util/strategicpatch, mergeMap). Both are used up.
 *
 * @throws StrategicFailure
 */
export function mergeMap(original: JsonObject, patch: JsonObject, type: FieldType, options: MergeOptions): JsonObject {
  const merging: Merging = {
    ...options,
    mergeObjects: (left, right, inner) => mergeObjects(left, right, inner, merging),
  };
  return merging.mergeObjects(original, patch, type);
}

function mergeObjects(original: JsonObject, patch: JsonObject, type: FieldType, merging: Merging): JsonObject {
  if (Object.hasOwn(patch, directive.patch)) return wholeMap(patch);
  applyRetainKeys(original, patch, merging);
  mergeOrderedLists(original, patch, type, merging);
  for (const key of Object.keys(patch)) mergeField(original, key, patch[key], type, merging);
  return original;
}

/** `$patch: replace` and `$patch: delete`. */
function wholeMap(patch: JsonObject): JsonObject {
  const wanted = patch[directive.patch];
  if (wanted === "delete") return {};
  if (wanted !== "replace") throw badPatchType(wanted, patch);
  delete patch[directive.patch];
  return patch;
}

function mergeField(original: JsonObject, key: string, value: unknown, type: FieldType, merging: Merging): void {
  const isDeletion = key.startsWith(directive.deleteFromPrimitiveList);
  if (isDeletion && !merging.intoObject) {
    setField(original, key, value);
    return;
  }
  const field = isDeletion ? fieldOf(key, directive.deleteFromPrimitiveList) : key;
  if (value === null) {
    delete original[field];
    if (merging.intoObject) return;
  }
  const before = ownField(original, field);
  const isThere = Object.hasOwn(original, field);
  if (!isThere || typeName(before) !== typeName(value)) {
    if (!isDeletion) place(original, field, value, merging.intoObject);
  } else if (isObject(before)) {
    const schema = fieldSchema(type, field);
    const merged =
      schema.strategy === "replace" ? value : merging.mergeObjects(before, value as JsonObject, schema.type);
    setField(original, field, merged);
  } else if (Array.isArray(before)) {
    const schema = listSchema(type, field);
    const merges = schema.strategy === "merge" || isDeletion;
    original[field] = merges ? mergeList(before, value as unknown[], schema, merging, isDeletion) : value;
  } else {
    place(original, field, value, false);
  }
}

function place(original: JsonObject, field: string, value: unknown, dropsNulls: boolean): void {
  if (dropsNulls) dropNulls(value);
  const kept = withoutDirectives(value);
  if (kept === undefined) delete original[field];
  else setField(original, field, kept);
}

/** `$retainKeys`: what the list does not name goes away. */
function applyRetainKeys(original: JsonObject, patch: JsonObject, merging: Merging): void {
  const given = patch[directive.retainKeys];
  if (given === undefined) return;
  delete patch[directive.retainKeys];
  if (!merging.intoObject) {
    const other = original[directive.retainKeys];
    if (other !== undefined && !sameJson(other, given)) {
      throw new StrategicFailure(
        `${goText(other)} and ${goText(given)} are not deep equal: this may happen when calculating the 3-way diff patch`,
      );
    }
    original[directive.retainKeys] = given;
    return;
  }
  const bad = new StrategicFailure("invalid patch format of retainKeys", "bad request");
  if (!Array.isArray(given)) throw bad;
  const kept = new Set(asList(given));
  for (const [key, value] of Object.entries(patch)) {
    const isParallel = key.startsWith(directive.deleteFromPrimitiveList) || key.startsWith(directive.setElementOrder);
    if (value !== null && !isParallel && !kept.has(key)) throw bad;
  }
  for (const key of Object.keys(original)) if (!kept.has(key)) delete original[key];
}
