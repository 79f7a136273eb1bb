import { type FieldType, structType } from "../../decode/field-type.ts";
import { mergeRule } from "../../decode/merge-rules.ts";
import { StrategicFailure } from "./strategic-failure.ts";

/** What a strategic merge patch knows of a field: how it is merged, and what lies in it. */
export interface FieldSchema {
  /** `merge`, `replace`; "" where the struct says nothing. */
  readonly strategy: string;
  readonly retainsKeys: boolean;
  readonly mergeKey: string;
  /** Of the value, of a list its items. */
  readonly type: FieldType;
}

/** The type of an object, e.g. `core.Service`. */
export function objectSchema(struct: string): FieldType {
  return structType(struct);
}

/**
 * The field of a struct (apimachinery pkg/util/strategicpatch/meta.go over struct tags).
 *
 * @throws StrategicFailure for a field that there is not, or no struct
 */
export function fieldSchema(type: FieldType, key: string): FieldSchema {
  if (type.kind !== "struct") {
    throw new StrategicFailure(`merging an object in json but data type is not struct, instead is: ${goKind(type)}`);
  }
  const field =
    type.fields.get(key) ?? [...type.fields].find(([name]) => name.toLowerCase() === key.toLowerCase())?.[1];
  if (field === undefined) {
    throw new StrategicFailure(
      `unable to find api field in struct ${type.name} for the json field ${JSON.stringify(key)}`,
    );
  }
  const { strategies, mergeKey } = mergeRule(type.id, key);
  return {
    strategy: strategies.find((one) => one !== "retainKeys") ?? "",
    retainsKeys: strategies.includes("retainKeys"),
    mergeKey,
    type: field.type,
  };
}

/** The same for a list, with the type of its items. @throws StrategicFailure for a field that is none */
export function listSchema(type: FieldType, key: string): FieldSchema {
  const schema = fieldSchema(type, key);
  if (schema.type.kind !== "list") {
    throw new StrategicFailure(`expected slice or array type, but got: ${goKind(type)}`);
  }
  return { ...schema, type: schema.type.element };
}

function goKind(type: FieldType): string {
  return type.kind === "list" || type.kind === "bytes" ? "slice" : type.kind;
}
