import { decodeValue } from "../decode/decode-object.ts";
import type { FieldType } from "../decode/field-type.ts";
import { illegalBase64At } from "../decode/special-values.ts";
import type { Plain } from "../manifest/manifest-document.ts";

/** A patched object that fits no Go type; worded by apimachinery's pkg/runtime/converter.go. */
export class ConversionFailure extends Error {
  override readonly name = "ConversionFailure";
}

type JsonObject = Record<string, unknown>;

/**
 * Checks a value against its type, as the API server does after a strategic merge patch, which goes by another way than
 * a decoded body: fields in the order of the struct, whole floats taken for integers, integers cut to their size. What
 * no field has is left alone.
 *
 * @throws ConversionFailure
 */
export function fromUnstructured(value: unknown, type: FieldType): unknown {
  if (value === null || value === undefined) return value;
  switch (type.kind) {
    case "struct":
      return structFrom(value, type);
    case "list":
      if (Array.isArray(value)) return value.map((item) => fromUnstructured(item, type.element));
      throw new ConversionFailure(`cannot restore slice from ${goKind(value)}`);
    case "map":
      if (!isObject(value)) throw new ConversionFailure(`cannot restore map from ${goKind(value)}`);
      return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, fromUnstructured(one, type.element)]));
    case "bytes":
      return bytesFrom(value);
    case "string":
    case "bool":
    case "int32":
    case "int64":
    case "float64":
      return scalarFrom(value, type);
    default:
      return unmarshalled(value, type);
  }
}

function structFrom(value: unknown, type: FieldType & { kind: "struct" }): JsonObject {
  if (!isObject(value)) throw new ConversionFailure(`cannot restore struct from: ${goKind(value)}`);
  const result = { ...value };
  for (const [name, field] of type.fields) {
    if (Object.hasOwn(value, name)) result[name] = fromUnstructured(value[name], field.type);
  }
  return result;
}

function scalarFrom(value: unknown, { kind, name }: FieldType): unknown {
  const isInteger = kind === "int32" || kind === "int64";
  if (typeof value === "string" && kind === "string") return value;
  if (typeof value === "boolean" && kind === "bool") return value;
  if (typeof value === "number") {
    if (kind === "float64") return value;
    if (isInteger && Number.isInteger(value))
      return kind === "int32" ? Number(BigInt.asIntN(32, BigInt(value))) : value;
    // Go can convert an integer to text, and a float to an integer, though not without changing what it says.
    if (isInteger || (kind === "string" && Number.isInteger(value))) {
      throw new ConversionFailure(`cannot convert ${goKind(value)} to ${name}`);
    }
  }
  throw new ConversionFailure(`unrecognized type: ${kind}`);
}

function bytesFrom(value: unknown): unknown {
  if (typeof value !== "string") throw new ConversionFailure(`cannot restore slice from ${goKind(value)}`);
  const illegal = illegalBase64At(value);
  if (illegal === undefined) return value;
  throw new ConversionFailure(`error decoding from json: illegal base64 data at input byte ${illegal}`);
}

function unmarshalled(value: unknown, type: FieldType): unknown {
  const { wrongType } = decodeValue(value as Plain, type);
  if (wrongType !== undefined) throw new ConversionFailure(wrongType.message);
  return value;
}

function goKind(value: unknown): string {
  if (Array.isArray(value)) return "slice";
  if (typeof value === "object") return "map";
  if (typeof value === "number") return Number.isInteger(value) ? "int64" : "float64";
  return typeof value === "boolean" ? "bool" : "string";
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
