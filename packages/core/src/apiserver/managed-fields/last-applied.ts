import type { ApiObject } from "../../model/api-object.ts";
import type { PlainObject } from "../manifest/manifest-document.ts";
import { compareObjects } from "./compare.ts";
import { FieldSet } from "./field-set.ts";
import type { Manager } from "./managers.ts";
import { fieldsOf } from "./object-fields.ts";
import { objectType, withoutEntries } from "./ownership.ts";

// Server-side apply by kubectl takes over from its client-side apply (managedfields/internal/lastappliedmanager.go and
// lastappliedupdater.go).

const annotation = "kubectl.kubernetes.io/last-applied-configuration";

type Conflicts = readonly (readonly [Manager, FieldSet])[];

/** Without the conflicts about fields that kubectl itself applied the last time, and that nobody changed since. */
export function withoutOwnFields(conflicts: Conflicts, live: ApiObject | undefined): Conflicts {
  const own = live === undefined ? undefined : appliedBefore(live);
  if (own === undefined) return conflicts;
  const all = conflicts.reduce((set, [, fields]) => set.union(fields), new FieldSet());
  if (all.difference(own).isEmpty) return [];
  const left = conflicts.map(([manager, fields]) => [manager, fields.difference(own)] as const);
  return left.filter(([, fields]) => !fields.isEmpty);
}

function appliedBefore(live: ApiObject): FieldSet | undefined {
  const applied = lastApplied(live);
  if (applied === undefined || applied.apiVersion !== live.apiVersion) return undefined;
  const type = objectType(live.kind);
  const { modified, added, removed } = compareObjects(applied, withoutEntries(live), type);
  return fieldsOf(applied, type).difference(modified).difference(added).difference(removed);
}

function lastApplied({ metadata }: ApiObject): PlainObject | undefined {
  const text = metadata.annotations?.[annotation];
  if (!text) return undefined;
  try {
    return JSON.parse(text) as PlainObject;
  } catch {
    return undefined;
  }
}

/** The annotation follows what is applied, where an object has it. */
export function withLastApplied(object: PlainObject, config: PlainObject): PlainObject {
  const metadata = object.metadata as { annotations?: Readonly<Record<string, string>> } & PlainObject;
  if (!metadata?.annotations?.[annotation]) return object;
  const given = (config.metadata ?? {}) as { annotations?: PlainObject } & PlainObject;
  const { [annotation]: _, ...others } = given.annotations ?? {};
  const annotations = given.annotations === undefined ? {} : { annotations: others };
  const text = `${JSON.stringify(sortedKeys({ ...config, metadata: { ...given, ...annotations } }))}\n`;
  return { ...object, metadata: { ...metadata, annotations: { ...metadata.annotations, [annotation]: text } } };
}

function sortedKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortedKeys);
  if (typeof value !== "object" || value === null) return value;
  const object = value as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    Object.keys(object)
      .sort()
      .map((key) => [key, sortedKeys(object[key])]),
  );
}
