import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import type { Plain, PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { type MessageType, messageType, type ValueType } from "./message-type.ts";
import { bytesText, specialValue } from "./special-value.ts";

/** What is being read: fields by their JSON names. */
type Draft = Record<string, Plain>;

/**
 * An object as Go's clients send it (k8s.io/api, generated.proto), as the JSON that means the same. Fields that the table
 * does not have are passed over, as protobuf has it.
 *
 * @param id a message of the table: `core/v1.Service`
 * @throws Error for bytes that are no such message
 */
export function decodeMessage(bytes: Uint8Array, id: string): PlainObject {
  const into: Draft = {};
  readFields(new BinaryReader(bytes), bytes.length, messageType(id)!, into);
  return into;
}

function readFields(reader: BinaryReader, end: number, type: MessageType, into: Draft): void {
  while (reader.pos < end) {
    const [number, wire] = reader.tag();
    const field = type.get(number);
    if (field === undefined) reader.skip(wire, number);
    else if (field.name === "^") readMessage(reader, wire, (field.type as { id: string }).id, into);
    else readField(reader, wire, field.name, field.type, into);
  }
  if (reader.pos > end) throw new Error("unexpected EOF");
}

/** A field may come in parts: a list's and a map's one by one. */
function readField(reader: BinaryReader, wire: WireType, name: string, type: ValueType, into: Draft): void {
  switch (type.kind) {
    case "list":
      into[name] ??= [];
      (into[name] as Plain[]).push(readValue(reader, wire, type.element));
      return;
    case "map":
      into[name] ??= {};
      readEntry(reader, wire, type.element, into[name] as Draft);
      return;
    case "message":
      into[name] ??= {};
      readMessage(reader, wire, type.id, into[name] as Draft);
      return;
    default:
      into[name] = readValue(reader, wire, type);
  }
}

function readMessage(reader: BinaryReader, wire: WireType, id: string, into: Draft): void {
  const length = lengthOf(reader, wire);
  readFields(reader, reader.pos + length, messageType(id)!, into);
}

function readValue(reader: BinaryReader, wire: WireType, type: ValueType): Plain {
  const isNumber = type.kind === "bool" || type.kind === "int32" || type.kind === "int64";
  requireWire(wire, isNumber ? WireType.Varint : WireType.LengthDelimited);
  switch (type.kind) {
    case "message": {
      const into: Draft = {};
      readMessage(reader, wire, type.id, into);
      return into;
    }
    case "string":
      return reader.string();
    case "bool":
      return reader.bool();
    case "int32":
      return reader.int32();
    case "int64":
      return exactNumber(BigInt(reader.int64()));
    case "bytes":
      return bytesText(reader.bytes());
    case "list":
    case "map":
      throw new Error(`proto: a ${type.kind} within a list or map`);
    default:
      return specialValue(reader.bytes(), type.kind);
  }
}

/** Of a map: the key is field 1, the value field 2. */
function readEntry(reader: BinaryReader, wire: WireType, element: ValueType, into: Draft): void {
  const end = lengthOf(reader, wire) + reader.pos;
  let key = "";
  let value: Plain = "";
  while (reader.pos < end) {
    const [number, inner] = reader.tag();
    if (number === 1) key = readValue(reader, inner, { kind: "string" }) as string;
    else if (number === 2) value = readValue(reader, inner, element);
    else reader.skip(inner, number);
  }
  // Not by assignment: a key may be __proto__.
  Object.defineProperty(into, key, { value, enumerable: true, configurable: true, writable: true });
}

function lengthOf(reader: BinaryReader, wire: WireType): number {
  requireWire(wire, WireType.LengthDelimited);
  const length = reader.uint32();
  if (reader.pos + length > reader.len) throw new Error("unexpected EOF");
  return length;
}

function requireWire(wire: WireType, expected: WireType): void {
  if (wire !== expected) throw new Error(`proto: wrong wireType = ${wire}`);
}

function exactNumber(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
