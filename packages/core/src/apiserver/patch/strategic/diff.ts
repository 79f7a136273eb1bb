import type { FieldType } from "../../decode/field-type.ts";
import { setField } from "../../own-field.ts";
import { goText } from "../go-text.ts";
import { sameJson } from "../json-patch.ts";
import { directive, holdObjects, isObject, type JsonObject, mergeKeyOf, typeName } from "./directives.ts";
import { sortedBy } from "./element-order.ts";
import { type FieldSchema, fieldSchema, listSchema } from "./patch-schema.ts";
import { StrategicFailure } from "./strategic-failure.ts";

/** What a patch is to hold (apimachinery pkg/util/strategicpatch, DiffOptions). */
export interface DiffOptions {
  readonly ignoresChanges: boolean;
  readonly ignoresDeletions: boolean;
  /** `$setElementOrder` lists are made. */
  readonly ordersElements: boolean;
  /** `$retainKeys` is made for the object at hand. */
  readonly retainsKeys?: boolean;
}

/**
 * The strategic merge patch that leads from one object to another (diffMaps). Lists of plain values in `original` may get
 * another order, as there.
 *
 * @throws StrategicFailure
 */
export function diffMaps(
  original: JsonObject,
  modified: JsonObject,
  type: FieldType,
  options: DiffOptions,
): JsonObject {
  const patch: JsonObject = {};
  for (const [key, value] of Object.entries(modified)) {
    if (!Object.hasOwn(original, key)) {
      if (!options.ignoresChanges) setField(patch, key, value);
    } else diffField(key, original[key], value, patch, type, options);
  }
  if (!options.ignoresDeletions) {
    for (const key of Object.keys(original)) if (!Object.hasOwn(modified, key)) setField(patch, key, null);
  }
  addRetainKeys(original, modified, patch, options);
  return patch;
}

function diffField(
  key: string,
  before: unknown,
  after: unknown,
  patch: JsonObject,
  type: FieldType,
  options: DiffOptions,
): void {
  const replaces = (): void => {
    if (!options.ignoresChanges && !sameJson(before, after)) setField(patch, key, after);
  };
  if (key === directive.patch || typeName(before) !== typeName(after)) {
    replaces();
  } else if (isObject(before)) {
    const schema = schemaOrSame(fieldSchema, type, key, before, after);
    if (schema === undefined) return;
    if (schema.strategy === "replace") {
      if (!options.ignoresChanges) setField(patch, key, after);
      return;
    }
    const inner = { ...options, retainsKeys: schema.retainsKeys };
    const changes = diffMaps(before, after as JsonObject, schema.type, inner);
    if (Object.keys(changes).length > 0) setField(patch, key, changes);
  } else if (Array.isArray(before)) {
    const schema = schemaOrSame(listSchema, type, key, before, after);
    if (schema === undefined) return;
    if (schema.strategy === "merge") diffMergingLists(key, before, after as unknown[], patch, schema, options);
    else replaces();
  } else {
    replaces();
  }
}

/** A field of no known schema matters only where it differs. */
function schemaOrSame(
  find: (type: FieldType, key: string) => FieldSchema,
  type: FieldType,
  key: string,
  before: unknown,
  after: unknown,
): FieldSchema | undefined {
  try {
    return find(type, key);
  } catch (reason) {
    if (reason instanceof StrategicFailure && sameJson(before, after)) return undefined;
    throw reason;
  }
}

function addRetainKeys(original: JsonObject, modified: JsonObject, patch: JsonObject, options: DiffOptions): void {
  if (options.retainsKeys !== true) return;
  const keys = Object.keys(modified).filter((key) => modified[key] !== null);
  const clears = Object.keys(original).some((key) => original[key] !== null && !Object.hasOwn(modified, key));
  if (keys.length > 0 && (Object.keys(patch).length > 0 || clears)) patch[directive.retainKeys] = keys.sort();
}

function diffMergingLists(
  key: string,
  before: unknown[],
  after: unknown[],
  patch: JsonObject,
  schema: FieldSchema,
  options: DiffOptions,
): void {
  if (before.length === 0) {
    if (after.length > 0 && !options.ignoresChanges) setField(patch, key, after);
    return;
  }
  const { changes, deletions, order } = holdObjects(before, after)
    ? diffObjectLists(before, after, schema, options)
    : diffPlainLists(before, after, options);
  if (changes.length > 0) setField(patch, key, changes);
  if (deletions.length > 0) patch[`${directive.deleteFromPrimitiveList}/${key}`] = deletions;
  if (order.length > 0) patch[`${directive.setElementOrder}/${key}`] = order;
}

interface ListDiff {
  readonly changes: readonly unknown[];
  readonly deletions: readonly unknown[];
  readonly order: readonly unknown[];
}

function diffObjectLists(before: unknown[], after: unknown[], schema: FieldSchema, options: DiffOptions): ListDiff {
  const { mergeKey } = schema;
  const { changed, deleted } = diffItems(before, after, schema, options);
  const changes = [...sortedBy(changed, after, mergeKey), ...deleted];
  const isSameOrder =
    before.length === after.length &&
    after.every((item, i) => mergeKeyOf(before[i], mergeKey) === mergeKeyOf(item, mergeKey));
  const ordered =
    options.ordersElements &&
    ((!options.ignoresChanges && (changes.length > 0 || !isSameOrder)) ||
      (!options.ignoresDeletions && changes.length > 0));
  const order = ordered ? after.map((item) => ({ [mergeKey]: (item as JsonObject)[mergeKey] })) : [];
  return { changes, deletions: [], order };
}

/** Goes through both lists by the merge key's text. */
function diffItems(before: unknown[], after: unknown[], schema: FieldSchema, options: DiffOptions) {
  const { mergeKey, type } = schema;
  const changed: unknown[] = [];
  const deleted: unknown[] = [];
  const key = (item: unknown): unknown => mergeKeyOf(item, mergeKey);
  const left = insertionSorted(before as JsonObject[], (item) => goText(item[mergeKey] ?? null));
  const right = insertionSorted(after as JsonObject[], (item) => goText(item[mergeKey] ?? null));
  let i = 0;
  let j = 0;
  while (i < left.length || j < right.length) {
    const old = i < left.length ? goText(key(left[i])) : undefined;
    const now = j < right.length ? goText(key(right[j])) : undefined;
    if (old === now) {
      const inner = diffMaps(left[i]!, right[j]!, type, { ...options, retainsKeys: schema.retainsKeys });
      if (Object.keys(inner).length > 0) changed.push({ ...inner, [mergeKey]: key(right[j]) });
      i++;
      j++;
    } else if (old === undefined || (now !== undefined && old > now)) {
      if (!options.ignoresChanges) changed.push(right[j]);
      j++;
    } else {
      if (!options.ignoresDeletions) deleted.push({ [mergeKey]: key(left[i]), [directive.patch]: "delete" });
      i++;
    }
  }
  return { changed, deleted };
}

function diffPlainLists(before: unknown[], after: unknown[], options: DiffOptions): ListDiff {
  const left = insertionSorted(before, goText);
  // The list itself is sorted there, and so the next comparison sees it.
  before.splice(0, before.length, ...left);
  const right = insertionSorted(after, goText);
  const added: unknown[] = [];
  const deleted: unknown[] = [];
  let i = 0;
  let j = 0;
  while (i < left.length || j < right.length) {
    const old = i < left.length ? goText(left[i]) : undefined;
    const now = j < right.length ? goText(right[j]) : undefined;
    if (old === now) {
      i++;
      j++;
    } else if (old === undefined || (now !== undefined && old > now)) {
      if (!options.ignoresChanges) added.push(right[j]);
      j++;
    } else {
      if (!options.ignoresDeletions) deleted.push(left[i]);
      i++;
    }
  }
  const ordered =
    options.ordersElements &&
    ((!options.ignoresDeletions && deleted.length > 0) || (!options.ignoresChanges && !sameJson(before, after)));
  return { changes: sortedBy(added, after, ""), deletions: [...new Set(deleted)], order: ordered ? after : [] };
}

/** As Go's sort.Sort sorts a dozen items by an order in which equal ones are less than each other. */
function insertionSorted<T>(items: readonly T[], textOf: (item: T) => string): T[] {
  const sorted = [...items];
  for (let i = 1; i < sorted.length; i++) {
    for (let j = i; j > 0 && textOf(sorted[j]!) <= textOf(sorted[j - 1]!); j--) {
      const item = sorted[j]!;
      sorted[j] = sorted[j - 1]!;
      sorted[j - 1] = item;
    }
  }
  return sorted;
}
