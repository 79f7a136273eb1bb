import { fieldTable } from "./field-table.ts";

/** The type by which the API server decodes a value: one of Go's. */
export type FieldType =
  | { readonly kind: "struct"; readonly id: string; readonly name: string; readonly fields: ReadonlyMap<string, Field> }
  | { readonly kind: "list"; readonly name: string; readonly element: FieldType }
  | { readonly kind: "map"; readonly name: string; readonly element: FieldType }
  | { readonly kind: Scalar; readonly name: string };

type Scalar =
  | "string"
  | "bool"
  | "int32"
  | "int64"
  | "float64"
  | "bytes"
  | "Quantity"
  | "IntOrString"
  | "Time"
  | "MicroTime"
  | "any";

export interface Field {
  /** Go's `omitempty` on a value: a zero is the same as nothing. */
  readonly omitsZero: boolean;
  /** Go's pointer: nothing where it is not given. */
  readonly pointer: boolean;
  /** Go's embedded struct that has the field, with a dot behind it; "" for none. Messages name it on the way. */
  readonly embedded: string;
  readonly type: FieldType;
}

const structs = new Map<string, FieldType>();

/** The struct of that name in the table, e.g. `core.Service`. */
export function structType(id: string): FieldType {
  const known = structs.get(id);
  if (known !== undefined) return known;
  const fields = new Map<string, Field>();
  const type: FieldType = { kind: "struct", id, name: id.slice(id.indexOf(".") + 1), fields };
  // Before its fields are read: a struct may hold itself.
  structs.set(id, type);
  for (const text of fieldTable[id]!.split(" ").filter((part) => part !== "")) {
    const colon = text.indexOf(":");
    const omitsZero = text[colon - 1] === "?";
    const path = text.slice(0, omitsZero ? colon - 1 : colon).replaceAll(">", ".");
    const dot = path.lastIndexOf(".") + 1;
    fields.set(path.slice(dot), {
      omitsZero,
      pointer: text[colon + 1] === "*",
      embedded: path.slice(0, dot),
      type: readType(text.slice(colon + 1)),
    });
  }
  return type;
}

function readType(text: string): FieldType {
  // A pointer decodes as what it points to.
  if (text.startsWith("*")) return readType(text.slice(1));
  const equals = text.indexOf("=");
  const name = equals < 0 ? undefined : text.slice(equals + 1);
  const base = equals < 0 ? text : text.slice(0, equals);
  if (base.startsWith("[]")) {
    const element = readType(text.slice(2));
    return { kind: "list", name: `[]${goName(element)}`, element };
  }
  if (base.startsWith("{}")) {
    const element = readType(base.slice(2));
    return { kind: "map", name: name ?? `map[string]${goName(element)}`, element };
  }
  return base.includes(".")
    ? structType(base)
    : { kind: base as Scalar, name: name ?? (base === "bytes" ? "[]uint8" : base) };
}

/** What Go's messages call the type. */
export function goName(type: FieldType): string {
  return type.kind === "struct" ? `v1.${type.name}` : type.name;
}
