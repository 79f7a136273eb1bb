import type { ApiObject } from "../../model/api-object.ts";
import { infoOf } from "../decode/kinds.ts";
import type { PlainObject } from "../manifest/manifest-document.ts";
import { sameJson } from "../patch/json-patch.ts";
import { goObject } from "../rest/object-body.ts";
import type { FieldSet } from "./field-set.ts";
import { decodeManagers, type Manager, type Managers, managerId } from "./managers.ts";
import { mergeObjects } from "./merge-objects.ts";
import type { MergeType } from "./merge-type.ts";
import { fieldsOf, removeFields, withNamedFields } from "./object-fields.ts";
import {
  afterLosses,
  comparisonOf,
  conflictsOf,
  objectType,
  ownersAfterUpdate,
  stripMeta,
  type Writer,
  withoutEntries,
  writerOf,
} from "./ownership.ts";
import { resetFields } from "./reset-fields.ts";

/** What an applied configuration makes of an object. */
export interface AppliedFields {
  /** Undefined where it changes nothing. */
  readonly object: PlainObject | undefined;
  readonly managers: Managers;
  /** What others own and would lose, by them. */
  readonly conflicts: readonly (readonly [Manager, FieldSet])[];
}

/**
 * Merges an applied configuration into an object (structured-merge-diff merge.Updater.Apply): its fields become the
 * applier's, and what the applier applied before and does not any more goes away unless somebody else owns it.
 */
export function applyFields(live: ApiObject | undefined, config: PlainObject, writer: Writer): AppliedFields {
  const type = objectType(writer.kind);
  const before = withoutEntries(goObject(live ?? {}, infoOf(writer.kind).struct, false));
  const managers = managersBefore(live, before, writer);
  const self = writerOf(writer);
  const id = managerId(self);
  const last = managers.get(id);
  const fields = fieldsOf(config, type).without(resetFields(writer.kind, writer.subresource));
  managers.set(id, { ...self, time: last?.time, fields });
  const merged = mergeObjects(before, config, type);
  const next = pruned(merged, managers, last, type) as PlainObject;
  const changes = comparisonOf(before, next, writer);
  const conflicts = [...conflictsOf(managers, changes, id)].map(([other, set]) => [managers.get(other)!, set] as const);
  const left = afterLosses(managers, changes, id);
  const isSame = sameJson(before, next);
  const own = stripMeta(fields);
  if (own.isEmpty) left.delete(id);
  else left.set(id, { ...self, fields: own, time: isSame ? last?.time : writer.time });
  return { object: isSame ? undefined : next, managers: left, conflicts };
}

/** What was there before anybody applied belongs to `before-first-apply`, where nobody is known. */
function managersBefore(live: ApiObject | undefined, before: object, writer: Writer): Managers {
  const managers = decodeManagers(live?.metadata.managedFields) ?? new Map();
  if (managers.size > 0 || live === undefined) return managers;
  const first = { ...writer, manager: "before-first-apply", operation: "Update" } as const;
  return ownersAfterUpdate(goObject({}, infoOf(writer.kind).struct, false), before, managers, first);
}

/** Without what the applier has let go (Updater.prune). */
function pruned(merged: unknown, managers: Managers, last: Manager | undefined, type: MergeType): unknown {
  if (last === undefined || last.fields.isEmpty) return merged;
  const named = (set: FieldSet): FieldSet => withNamedFields(set, type);
  const lost = named(last.fields);
  const without = removeFields(merged, lost, type);
  const owned = [...managers.values()].reduce((set, one) => set.union(one.fields), last.fields.difference(last.fields));
  const mergedSet = named(fieldsOf(merged, type));
  const withOwned = removeFields(
    merged,
    mergedSet.difference(named(fieldsOf(without, type)).union(named(owned))),
    type,
  );
  const dangling = mergedSet.difference(named(fieldsOf(withOwned, type))).intersection(lost);
  return removeFields(merged, dangling, type);
}
