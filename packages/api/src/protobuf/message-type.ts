import { messageTable } from "./message-table.ts";

/** A field of a message: its JSON name, `^` for fields that stand in the message around. */
export interface MessageField {
  readonly name: string;
  readonly type: ValueType;
}

export type ValueType =
  | { readonly kind: "message"; readonly id: string }
  | { readonly kind: "list" | "map"; readonly element: ValueType }
  | { readonly kind: ScalarKind | SpecialKind };

type ScalarKind = "string" | "bool" | "int32" | "int64" | "bytes";
/** Messages that JSON writes as one value. */
type SpecialKind = "Quantity" | "IntOrString" | "Time" | "MicroTime" | "JSON";

export type MessageType = ReadonlyMap<number, MessageField>;

const types = new Map<string, MessageType>();

/** The fields of a message by their numbers; undefined for one that the table does not have. */
export function messageType(id: string): MessageType | undefined {
  const known = types.get(id);
  if (known !== undefined || !Object.hasOwn(messageTable, id)) return known;
  const fields = messageTable[id]!.split(" ").filter((part) => part !== "");
  const type = new Map(
    fields.map((part) => {
      const [number, name, text] = part.split(":") as [string, string, string];
      return [Number(number), { name, type: readType(text) }] as const;
    }),
  );
  types.set(id, type);
  return type;
}

function readType(text: string): ValueType {
  if (text.startsWith("[]")) return { kind: "list", element: readType(text.slice(2)) };
  if (text.startsWith("{}")) return { kind: "map", element: readType(text.slice(2)) };
  return text.includes("/") ? { kind: "message", id: text } : { kind: text as ScalarKind | SpecialKind };
}
