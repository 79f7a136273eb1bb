import { type FieldType, structType } from "./field-type.ts";

/**
 * A value with its fields in the order of their struct and its maps by their keys: as Go marshals an object of the struct
 * `id` of the field table. Fields that no struct has come last.
 */
export function inFieldOrder<T>(value: T, id: string): T {
  return ordered(value, structType(id)) as T;
}

function ordered(value: unknown, type: FieldType): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (type.kind === "list") return (value as readonly unknown[]).map((item) => ordered(item, type.element));
  const object = value as Readonly<Record<string, unknown>>;
  if (type.kind === "map") {
    return Object.fromEntries(
      Object.keys(object)
        .sort()
        .map((key) => [key, ordered(object[key], type.element)]),
    );
  }
  if (type.kind !== "struct") return value;
  const result: Record<string, unknown> = {};
  for (const [name, field] of type.fields) {
    if (object[name] !== undefined) result[name] = ordered(object[name], field.type);
  }
  for (const name of Object.keys(object)) if (!type.fields.has(name)) result[name] = object[name];
  return result;
}
