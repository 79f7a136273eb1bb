import type { PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { textHash } from "../answer/entity-tag.ts";
import { servedVersions } from "../discovery/resources.ts";
import { type Operation, operationMarks, type PathItem, pathParameters, pathsOf } from "./operations.ts";
import { schemasOf } from "./schemas.ts";

/** A document and what it is asked for by. */
export interface OpenApiDocument {
  readonly text: string;
  /** SHA-512 of the text, in capital letters. */
  readonly hash: string;
}

const documents = new Map<string, OpenApiDocument>();

/** `/openapi/v3`: where the documents of the versions are (KEP-2896). */
export function openApiIndex(): PlainObject {
  const paths = servedVersions.map(({ groupVersion }) => {
    const path = rootOf(groupVersion);
    const { hash } = openApiDocument(path)!;
    return [path, { serverRelativeURL: `/openapi/v3/${path}?hash=${hash}` }] as const;
  });
  return { paths: Object.fromEntries(paths.sort(([a], [b]) => (a < b ? -1 : 1))) };
}

/**
 * The document of a version: schemas as the real server's, without their words, and the operations that are served.
 *
 * @param path `api/v1`, `apis/apps/v1`; undefined is answered for others
 */
export function openApiDocument(path: string): OpenApiDocument | undefined {
  const known = documents.get(path);
  if (known !== undefined) return known;
  const version = servedVersions.find(({ groupVersion }) => rootOf(groupVersion) === path);
  if (version === undefined) return undefined;
  const text = JSON.stringify({
    openapi: "3.0.0",
    info: { title: "Kubernetes", version: "1.37" },
    paths: Object.fromEntries(pathsOf(version).map((item) => [item.path, pathObject(item)])),
    components: { schemas: schemasOf(version.groupVersion) },
  });
  const document = { text, hash: textHash(text) };
  documents.set(path, document);
  return document;
}

function rootOf(groupVersion: string): string {
  return groupVersion.includes("/") ? `apis/${groupVersion}` : `api/${groupVersion}`;
}

function pathObject({ path, operations }: PathItem): PlainObject {
  const parameters = pathParameters(path).map((name) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string", uniqueItems: true },
  }));
  const entries = operations.map((operation) => [operation.method, operationObject(operation)] as const);
  return { ...Object.fromEntries(entries), ...(parameters.length === 0 ? {} : { parameters }) };
}

function operationObject(operation: Operation): PlainObject {
  const { query, body, bodyTypes, answer } = operation;
  const content = (types: readonly string[], id: string): PlainObject =>
    Object.fromEntries(types.map((type) => [type, { schema: { $ref: `#/components/schemas/${id}` } }]));
  return {
    ...(query.length === 0
      ? {}
      : { parameters: query.map(({ name, type }) => ({ name, in: "query", schema: { type, uniqueItems: true } })) }),
    ...(body === undefined ? {} : { requestBody: { content: content(bodyTypes, body), required: true } }),
    responses: { "200": { description: "OK", content: content(["application/json", "application/yaml"], answer) } },
    ...operationMarks(operation),
  };
}
