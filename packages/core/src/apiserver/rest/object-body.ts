import type { ApiObject } from "../../model/api-object.ts";
import { type Field, type FieldType, structType } from "../decode/field-type.ts";
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
  const fields = encode(object as unknown as Plain, structType(kinds[kind].struct), isEmpty) as PlainObject;
  const body = deepFreeze({ kind, apiVersion, ...fields });
  bodies.set(object, body);
  return body;
}

/**
 * An object as the Go struct `id` of the field table holds it, zeros and all, which field managers own like anything else.
 *
 * @param isNew it has just been decoded: lists and maps that were given empty are told from none, as storage does not
 */
export function goObject(object: object, id: string, isNew: boolean): PlainObject {
  return encode(object as PlainObject, structType(id), isNew ? isLeftOut : isEmpty) as PlainObject;
}

/** Whether a value of a field is none. */
type IsNone = (value: Plain, field: Field) => boolean;

/** A value of a type as Go's encoder writes it; what the type does not know is left out. */
function encode(value: Plain, type: FieldType, isNone: IsNone): Plain {
  if (value === null || value === undefined) return zeroOf(type);
  switch (type.kind) {
    case "struct":
      return encodeStruct(value as PlainObject, type, isNone);
    case "list":
      return (value as readonly Plain[]).map((item) => encode(item, type.element, isNone));
    case "map":
      return encodeMap(value as PlainObject, type.element, isNone);
    default:
      return value;
  }
}

function encodeStruct(value: PlainObject, type: FieldType & { kind: "struct" }, isNone: IsNone): PlainObject {
  const result: Record<string, Plain> = {};
  for (const [name, field] of type.fields) {
    const given = value[name];
    if (given !== undefined && given !== null && !isNone(given, field)) {
      result[name] = encode(given, field.type, isNone);
    } else if (!field.pointer && isWritten(name, field.omitsZero, field.type)) {
      result[name] = zeroOf(field.type);
    }
  }
  return result;
}

/** Protocol buffers, in which objects are stored, do not tell an empty list or map from none. */
function isEmpty(value: Plain, { type }: Field): boolean {
  if (type.kind === "list") return (value as readonly Plain[]).length === 0;
  return type.kind === "map" && Object.keys(value as PlainObject).length === 0;
}

function isLeftOut(value: Plain, field: Field): boolean {
  return field.omitsZero && isEmpty(value, field);
}

/** Go's `omitempty` does not leave structs out, and a time is one; only `creationTimestamp` is `omitzero`. */
function isWritten(name: string, omitsZero: boolean, type: FieldType): boolean {
  if (name === "creationTimestamp") return false;
  return !omitsZero || type.kind === "struct" || type.kind === "Time" || type.kind === "MicroTime";
}

function encodeMap(value: PlainObject, element: FieldType, isNone: IsNone): PlainObject {
  const keys = Object.keys(value).sort();
  return Object.fromEntries(keys.map((key) => [key, encode(value[key]!, element, isNone)]));
}

function zeroOf(type: FieldType): Plain {
  switch (type.kind) {
    case "struct":
      return encodeStruct({}, type, isEmpty);
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
