import type { FieldType } from "../../decode/field-type.ts";
import { goText } from "../go-text.ts";
import { sameJson } from "../json-patch.ts";
import {
  asList,
  directive,
  fieldOf,
  holdObjects,
  isObject,
  type JsonObject,
  type Merging,
  mergeKeyOf,
  withoutDirectives,
} from "./directives.ts";
import { inOrder, partition } from "./element-order.ts";
import { mergeList } from "./merge-list.ts";
import { listSchema } from "./patch-schema.ts";
import { StrategicFailure } from "./strategic-failure.ts";

/**
 * Merges the lists whose order a patch gives by `$setElementOrder/…` and takes them out of the patch
 * (mergePatchIntoOriginal).
 */
export function mergeOrderedLists(original: JsonObject, patch: JsonObject, type: FieldType, merging: Merging): void {
  for (const key of Object.keys(patch)) {
    if (!key.startsWith(directive.setElementOrder)) continue;
    const given = patch[key];
    if (!merging.intoObject) keepOrder(original, key, given);
    delete patch[key];
    const order = asList(given);
    const field = fieldOf(key, directive.setElementOrder);
    const before = Object.hasOwn(original, field) ? asList(original[field]) : undefined;
    const changes = Object.hasOwn(patch, field) ? asList(patch[field]) : undefined;
    const schema = listSchema(type, field);
    checkOrder(changes, order, schema.mergeKey);
    if (before === undefined && changes === undefined) continue;
    const merged = mergedItems();
    const [ofPatch, others] = partition(merged, order, schema.mergeKey);
    const mergeKey = holdObjects(before ?? [], changes ?? []) ? schema.mergeKey : "";
    original[field] = inOrder(ofPatch, others, order, before ?? [], mergeKey);
    delete patch[field];

    function mergedItems(): unknown[] {
      if (changes === undefined) return before!;
      if (before === undefined) return withoutDirectives(changes) as unknown[];
      return schema.strategy === "merge" ? mergeList(before, changes, schema, merging, false) : changes;
    }
  }
}

/** One patch into another: the order stays a directive. */
function keepOrder(original: JsonObject, key: string, given: unknown): void {
  if (Object.hasOwn(original, key) && !sameJson(original[key], given)) {
    throw new StrategicFailure("invalid patch format of setElementOrder list", "bad request");
  }
  original[key] = given;
}

/** Items of the patch come in the order given, and none is left out. */
function checkOrder(changes: readonly unknown[] | undefined, order: readonly unknown[], mergeKey: string): void {
  if (changes === undefined || changes.length === 0 || order.length === 0) return;
  const items =
    mergeKey === "" ? changes : changes.filter((item) => !isObject(item) || item[directive.patch] !== "delete");
  let next = 0;
  let at = 0;
  while (next < items.length && at < order.length) {
    const item = items[next];
    if (isObject(item) && Object.hasOwn(item, directive.patch)) {
      next++;
      continue;
    }
    const isSame =
      mergeKey === "" ? item === order[at] : mergeKeyOf(item, mergeKey) === mergeKeyOf(order[at], mergeKey);
    if (isSame) next++;
    at++;
  }
  if (next >= items.length) return;
  throw new StrategicFailure(
    `The order in patch list:\n${goText(changes)}\n doesn't match $setElementOrder list:\n${goText(order)}\n`,
  );
}
