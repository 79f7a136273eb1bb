import { structType } from "../decode/field-type.ts";
import { type BodyKind, infoOf, type Subresource } from "../decode/kinds.ts";
import { type Comparison, compareObjects } from "./compare.ts";
import { FieldSet } from "./field-set.ts";
import { type Manager, type Managers, managerId } from "./managers.ts";
import { type MergeType, mergeTypeOf } from "./merge-type.ts";
import { resetFields } from "./reset-fields.ts";

/** Who writes, and through which resource. */
export interface Writer {
  readonly kind: BodyKind;
  readonly subresource: Subresource | undefined;
  readonly manager: string;
  readonly operation: Manager["operation"];
  /** RFC 3339. */
  readonly time: string;
}

/** What lies in no one's hands. */
const stripped = FieldSet.of([
  ["f:apiVersion"],
  ["f:kind"],
  ["f:metadata"],
  ...["name", "namespace", "creationTimestamp", "selfLink", "uid", "clusterName", "generation"].map((name) => [
    "f:metadata",
    `f:${name}`,
  ]),
  ["f:metadata", "f:managedFields"],
  ["f:metadata", "f:resourceVersion"],
]);

export function writerOf({ kind, manager, operation, subresource }: Writer): Omit<Manager, "fields" | "time"> {
  const { apiVersion } = infoOf(kind);
  return { manager: manager || "unknown", operation, apiVersion, subresource: subresource ?? "" };
}

export function objectType(kind: BodyKind): MergeType {
  return mergeTypeOf(structType(infoOf(kind).struct));
}

/** Object without the entries themselves. */
export function withoutEntries(object: object): object {
  const { metadata, ...rest } = object as { metadata?: Record<string, unknown> };
  if (metadata === undefined) return rest;
  const { managedFields: _, ...kept } = metadata;
  return { ...rest, metadata: kept };
}

/** In what a write changes an object, as far as it can. */
export function comparisonOf(live: object, next: object, { kind, subresource }: Writer): Comparison {
  const { added, modified, removed } = compareObjects(withoutEntries(live), withoutEntries(next), objectType(kind));
  const reset = resetFields(kind, subresource);
  return { added: added.without(reset), modified: modified.without(reset), removed: removed.without(reset) };
}

/** What a write takes from others. */
export function conflictsOf(managers: Managers, changes: Comparison, self: string): Map<string, FieldSet> {
  const conflicts = new Map<string, FieldSet>();
  const set = changes.modified.union(changes.added);
  for (const [id, { fields }] of managers) {
    if (id === self) continue;
    const taken = fields.intersection(set);
    if (!taken.isEmpty) conflicts.set(id, taken);
  }
  return conflicts;
}

/** The others without what they have lost. */
export function afterLosses(managers: Managers, changes: Comparison, self: string): Managers {
  const conflicts = conflictsOf(managers, changes, self);
  const left: Managers = new Map();
  for (const [id, one] of managers) {
    if (id === self) {
      if (!one.fields.isEmpty) left.set(id, one);
      continue;
    }
    const fields = one.fields.difference(conflicts.get(id) ?? new FieldSet()).difference(changes.removed);
    if (!fields.isEmpty) left.set(id, { ...one, fields });
  }
  return left;
}

/** The managers after a create, an update or a patch (structured-merge-diff merge.Updater.Update and its wrappers). */
export function ownersAfterUpdate(live: object, next: object, managers: Managers, writer: Writer): Managers {
  const changes = comparisonOf(live, next, writer);
  const left = afterLosses(managers, changes, "");
  const taken = stripMeta(changes.modified.union(changes.added));
  if (taken.isEmpty) return left;
  const self = writerOf(writer);
  const id = managerId(self);
  const fields = taken.union(left.get(id)?.fields);
  left.set(id, { ...self, time: writer.time, fields });
  return capped(left);
}

export function stripMeta(fields: FieldSet): FieldSet {
  return fields.difference(stripped);
}

const mostUpdaters = 10;

/** Of too many updaters the oldest become one (capManagersManager). */
function capped(managers: Managers): Managers {
  const updaters = [...managers.entries()].filter(([, one]) => one.operation === "Update");
  if (updaters.length <= mostUpdaters) return managers;
  const age = ([id, { time = "" }]: [string, Manager]): string => `${time} ${id}`;
  updaters.sort((a, b) => (age(a) < age(b) ? -1 : 1));
  const oldest = updaters.slice(0, updaters.length - mostUpdaters + 1);
  const last = oldest.at(-1)![1];
  const bucket = { ...last, manager: "ancient-changes", subresource: "" };
  const fields = oldest.reduce((set, [, one]) => set.union(one.fields), new FieldSet());
  for (const [id] of oldest) managers.delete(id);
  managers.set(managerId(bucket), { ...bucket, fields });
  return managers;
}
