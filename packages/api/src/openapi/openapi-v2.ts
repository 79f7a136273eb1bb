import type { PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { entityTag } from "../answer/entity-tag.ts";
import { servedVersions } from "../discovery/resources.ts";
import { type Operation, operationMarks, type PathItem, pathParameters, pathsOf } from "./operations.ts";
import { schemasOf, swaggerSchema } from "./schemas.ts";
import { swaggerProtobuf } from "./swagger-protobuf.ts";

let text: string | undefined;
let etag: string | undefined;
let bytes: Uint8Array<ArrayBuffer> | undefined;

/** `/openapi/v2`: everything in one document, as JSON. */
export function openApiV2(): string {
  text ??= JSON.stringify(document());
  return text;
}

/** Of the JSON, whichever form is answered. */
export function openApiV2Etag(): string {
  etag ??= entityTag(openApiV2());
  return etag;
}

/** The same as protobuf. */
export function openApiV2Protobuf(): Uint8Array<ArrayBuffer> {
  bytes ??= swaggerProtobuf(document());
  return bytes;
}

function document(): PlainObject {
  return {
    swagger: "2.0",
    info: { title: "Kubernetes", version: "v1.37.2" },
    paths: Object.fromEntries(servedVersions.flatMap(pathsOf).map((item) => [item.path, pathObject(item)])),
    definitions: definitions(),
  };
}

function definitions(): PlainObject {
  const all = servedVersions.flatMap(({ groupVersion }) => Object.entries(schemasOf(groupVersion)));
  const sorted = [...new Map(all)].sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(sorted.map(([id, schema]) => [id, swaggerSchema(schema)]));
}

function pathObject({ path, operations }: PathItem): PlainObject {
  const parameters = pathParameters(path).map((name) => ({ name, in: "path", required: true, type: "string" }));
  const entries = operations.map((operation) => [operation.method, operationObject(operation)] as const);
  return { ...Object.fromEntries(entries), ...(parameters.length === 0 ? {} : { parameters }) };
}

function operationObject(operation: Operation): PlainObject {
  const { query, body, bodyTypes, answer } = operation;
  const schema = (id: string): PlainObject => ({ $ref: `#/definitions/${id}` });
  const sent = body === undefined ? [] : [{ name: "body", in: "body", required: true, schema: schema(body) }];
  return {
    ...(body === undefined ? {} : { consumes: bodyTypes }),
    produces: ["application/json", "application/yaml"],
    parameters: [...sent, ...query.map(({ name, type }) => ({ name, in: "query", type, uniqueItems: true }))],
    responses: { "200": { description: "OK", schema: schema(answer) } },
    ...operationMarks(operation),
  };
}
