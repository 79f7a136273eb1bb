import { type FieldType, structType } from "../decode/field-type.ts";

type JsonObject = Readonly<Record<string, unknown>>;

/**
 * What a new Go object of a struct is before anything is set: structs that are no pointers are there, and lists and maps
 * without `omitempty` are null. The API server compares a new object with it to see who set what.
 */
export function emptyObject(id: string): JsonObject {
  return emptyOf(structType(id));
}

function emptyOf(type: FieldType): JsonObject {
  const result: Record<string, unknown> = {};
  if (type.kind !== "struct") return result;
  for (const [name, field] of type.fields) {
    if (field.pointer) continue;
    if (field.type.kind === "struct") result[name] = emptyOf(field.type);
    else if (!field.omitsZero && (field.type.kind === "list" || field.type.kind === "map")) result[name] = null;
  }
  return result;
}
