import type { ApiObject } from "../../model/api-object.ts";
import { type FieldType, structType } from "../decode/field-type.ts";
import { kinds } from "../decode/kinds.ts";
import type { Plain, PlainObject } from "../manifest/manifest-document.ts";
import { deepFreeze } from "../write-object.ts";

const bodies = new WeakMap<ApiObject, PlainObject>();

/**
 * An object as it is answered: fields in the order of its Go struct, labels and other maps by key, and with the zeros that
 * Go writes (`status: {}`, `lastProbeTime: null`). Frozen, and the same value for the same object, so that what is made of it
 * can be kept beside it.
 */
export function bodyOf(object: ApiObject): PlainObject {
  const known = bodies.get(object);
  if (known !== undefined) return known;
  const { kind, apiVersion } = object;
  const fields = encode(object as unknown as Plain, structType(kinds[kind].struct)) as PlainObject;
  const body = deepFreeze({ kind, apiVersion, ...fields });
  bodies.set(object, body);
  return body;
}

/** A value of a type as Go's encoder writes it; what the type does not know is left out. */
function encode(value: Plain, type: FieldType): Plain {
  if (value === null || value === undefined) return zeroOf(type);
  switch (type.kind) {
    case "struct":
      return encodeStruct(value as PlainObject, type);
    case "list":
      return (value as readonly Plain[]).map((item) => encode(item, type.element));
    case "map":
      return encodeMap(value as PlainObject, type.element);
    default:
      return value;
  }
}

function encodeStruct(value: PlainObject, type: FieldType & { kind: "struct" }): PlainObject {
  const result: Record<string, Plain> = {};
  for (const [name, field] of type.fields) {
    const given = value[name];
    if (given !== undefined && given !== null && !isEmpty(given, field.type)) result[name] = encode(given, field.type);
    else if (!field.pointer && isWritten(name, field.omitsZero, field.type)) result[name] = zeroOf(field.type);
  }
  return result;
}

/** Protocol buffers, in which objects are stored, do not tell an empty list or map from none. */
function isEmpty(value: Plain, type: FieldType): boolean {
  if (type.kind === "list") return (value as readonly Plain[]).length === 0;
  return type.kind === "map" && Object.keys(value as PlainObject).length === 0;
}

/** Go's `omitempty` does not leave structs out, and a time is one; only `creationTimestamp` is `omitzero`. */
function isWritten(name: string, omitsZero: boolean, type: FieldType): boolean {
  if (name === "creationTimestamp") return false;
  return !omitsZero || type.kind === "struct" || type.kind === "Time" || type.kind === "MicroTime";
}

function encodeMap(value: PlainObject, element: FieldType): PlainObject {
  const keys = Object.keys(value).sort();
  return Object.fromEntries(keys.map((key) => [key, encode(value[key]!, element)]));
}

function zeroOf(type: FieldType): Plain {
  switch (type.kind) {
    case "struct":
      return encodeStruct({}, type);
    case "string":
      return "";
    case "bool":
      return false;
    case "int32":
    case "int64":
    case "float64":
    case "IntOrString":
      return 0;
    case "Quantity":
      return "0";
    default:
      return null;
  }
}
