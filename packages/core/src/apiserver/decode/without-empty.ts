import type { Plain, PlainObject } from "../manifest/manifest-document.ts";
import { type FieldType, structType } from "./field-type.ts";

/**
 * An object as it is written: without the lists and maps that hold nothing, where the field is left out then. It is
 * changed in place. While an object is judged they are there: refusals tell `[]` from nothing.
 *
 * @param id the struct of the field table
 */
export function dropEmpty(object: object, id: string): void {
  dropIn(object as PlainObject, structType(id));
}

function dropIn(value: Plain | undefined, type: FieldType): void {
  // What is frozen is a part of something stored.
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return;
  switch (type.kind) {
    case "struct":
      for (const key in value) {
        const field = type.fields.get(key);
        if (field === undefined) continue;
        const inner = (value as PlainObject)[key];
        if (field.omitsZero && isEmpty(inner, field.type)) delete (value as Record<string, Plain>)[key];
        else dropIn(inner, field.type);
      }
      return;
    case "list":
      if (!isPlain(type.element)) for (const item of value as readonly Plain[]) dropIn(item, type.element);
      return;
    case "map":
      if (!isPlain(type.element)) for (const item of Object.values(value)) dropIn(item as Plain, type.element);
      return;
    default:
  }
}

function isPlain({ kind }: FieldType): boolean {
  return kind !== "struct" && kind !== "list" && kind !== "map";
}

function isEmpty(value: Plain | undefined, { kind }: FieldType): boolean {
  if (kind === "list") return Array.isArray(value) && value.length === 0;
  if (kind !== "map" || typeof value !== "object" || value === null) return false;
  for (const _ in value) return false;
  return true;
}
