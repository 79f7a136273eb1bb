import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import type { Plain, PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { InvariantError } from "@kubenetsim/core/runtime/errors";
import { printYaml } from "@kubenetsim/kubectl/output/yaml";

/** Writes the fields of a message. */
type WriteFields<T> = (writer: BinaryWriter, value: T) => void;
/** Writes one property of an object as the field or the fields that it is in protobuf. */
type WriteProperty = (writer: BinaryWriter, value: Plain) => void;

/**
 * An OpenAPI v2 document as protobuf, the form in which Go's clients ask for it (gnostic-models, openapiv2/OpenAPIv2.proto): with the
 * fields that the documents here have, in the order of their numbers.
 *
 * @throws InvariantError for a field that the message has not here
 */
export function swaggerProtobuf(document: PlainObject): Uint8Array<ArrayBuffer> {
  const writer = new BinaryWriter();
  writeDocument(writer, document);
  return writer.finish();
}

const text =
  (number: number): WriteProperty =>
  (writer, value) =>
    void writer.tag(number, WireType.LengthDelimited).string(value as string);

const flag =
  (number: number): WriteProperty =>
  (writer, value) => {
    // What is false is not written.
    if (value === true) writer.tag(number, WireType.Varint).bool(true);
  };

const message =
  <T extends Plain>(number: number, fields: WriteFields<T>): WriteProperty =>
  (writer, value) => {
    writer.tag(number, WireType.LengthDelimited).fork();
    fields(writer, value as T);
    writer.join();
  };

const each =
  (property: WriteProperty): WriteProperty =>
  (writer, values) => {
    for (const value of values as readonly Plain[]) property(writer, value);
  };

/** A map is a list of messages of a name and a value. */
const named =
  (number: number, value: WriteProperty): WriteProperty =>
  (writer, map) => {
    for (const [name, one] of Object.entries(map as PlainObject)) {
      message(number, (entry) => {
        text(1)(entry, name);
        value(entry, one);
      })(writer, null);
    }
  };

/** Any value is YAML. */
const any: WriteFields<Plain> = (writer, value) => text(2)(writer, printYaml(value));

const within = (number: number, inner: WriteProperty): WriteProperty => message(number, inner);

/** A message's writer, from its properties in the order of their numbers. What begins with `x-` goes to the field of extensions. */
function fields(properties: Readonly<Record<string, WriteProperty>>, extensions?: number): WriteFields<PlainObject> {
  const names = Object.keys(properties);
  return (writer, object) => {
    for (const name of names) if (object[name] !== undefined) properties[name]!(writer, object[name]);
    for (const [name, value] of Object.entries(object)) {
      if (Object.hasOwn(properties, name)) continue;
      if (extensions === undefined || !name.startsWith("x-"))
        throw new InvariantError(`OpenAPI v2 as protobuf: ${name}`);
      named(extensions, message(2, any))(writer, { [name]: value });
    }
  };
}

const writeSchema: WriteFields<PlainObject> = (writer, schema) => schemaFields(writer, schema);

const schemaFields = fields(
  {
    $ref: text(1),
    format: text(2),
    required: each(text(19)),
    enum: each(message(20, any)),
    additionalProperties: within(21, message(1, writeSchema)),
    type: within(22, text(1)),
    items: within(23, message(1, writeSchema)),
    properties: within(25, named(1, message(2, writeSchema))),
  },
  31,
);

const bodyParameter = fields({ name: text(2), in: text(3), required: flag(4), schema: message(5, writeSchema) });
const queryParameter = fields({ in: text(2), name: text(4), type: text(6), uniqueItems: flag(20) });
const pathParameter = fields({ required: flag(1), in: text(2), name: text(4), type: text(5) });

const parameterKinds: Readonly<Record<string, WriteProperty>> = {
  body: message(1, bodyParameter),
  query: within(2, message(3, queryParameter)),
  path: within(2, message(4, pathParameter)),
};

const parameter: WriteFields<PlainObject> = (writer, one) => within(1, parameterKinds[one.in as string]!)(writer, one);

const response = fields({ description: text(1), schema: within(2, message(1, writeSchema)) });

const operation = fields(
  {
    produces: each(text(6)),
    consumes: each(text(7)),
    parameters: each(message(8, parameter)),
    responses: within(9, named(1, within(2, message(1, response)))),
  },
  13,
);

const pathItem = fields({
  get: message(2, operation),
  put: message(3, operation),
  post: message(4, operation),
  delete: message(5, operation),
  patch: message(8, operation),
  parameters: each(message(9, parameter)),
});

const writeDocument = fields({
  swagger: text(1),
  info: message(2, fields({ title: text(1), version: text(2) })),
  paths: within(8, named(2, message(2, pathItem))),
  definitions: within(9, named(1, message(2, writeSchema))),
});
