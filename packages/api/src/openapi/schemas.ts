import type { Plain, PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { servedVersions } from "../discovery/resources.ts";
import { schemaTable } from "./schema-table.ts";

/** What bodies are besides objects. */
export const metaSchemas = {
  deleteOptions: "io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions",
  patch: "io.k8s.apimachinery.pkg.apis.meta.v1.Patch",
  status: "io.k8s.apimachinery.pkg.apis.meta.v1.Status",
} as const;

const scaleSchema = "io.k8s.api.autoscaling.v1.Scale";
const evictionSchema = "io.k8s.api.policy.v1.Eviction";

/** The schema of a kind: `io.k8s.api.apps.v1.Deployment`; undefined for one that the table does not have. */
export function schemaId(group: string, version: string, kind: string): string | undefined {
  const id = `io.k8s.api.${group === "" ? "core" : group.split(".", 1)[0]}.${version}.${kind}`;
  return Object.hasOwn(schemaTable, id) ? id : undefined;
}

/** The schemas of a version's kinds, of their lists and of all that stands in them, by their names. */
export function schemasOf(groupVersion: string): Readonly<Record<string, PlainObject>> {
  const { group, version, served } = servedVersions.find((one) => one.groupVersion === groupVersion)!;
  const open: string[] = Object.values(metaSchemas);
  for (const { kind, info } of served) {
    for (const name of [kind, `${kind}List`]) open.push(schemaId(group, version, name) ?? "");
    if (info.subresources.includes("scale")) open.push(scaleSchema);
    if (info.subresources.includes("eviction")) open.push(evictionSchema);
  }
  const found = new Map<string, PlainObject>();
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (found.has(id) || !Object.hasOwn(schemaTable, id)) continue;
    const schema = JSON.parse(schemaTable[id]!) as PlainObject;
    found.set(id, schema);
    open.push(...referencesOf(schema));
  }
  return Object.fromEntries([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function referencesOf(value: Plain): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value as PlainObject).flatMap(([key, inner]) =>
    key === "$ref" ? [String(inner).slice(String(inner).lastIndexOf("/") + 1)] : referencesOf(inner),
  );
}

/** A schema as OpenAPI v2 has it: no defaults, no `allOf` about a reference, no `oneOf`. */
export function swaggerSchema(schema: Plain): Plain {
  if (Array.isArray(schema)) return schema.map(swaggerSchema);
  if (typeof schema !== "object" || schema === null) return schema;
  const { default: _, allOf, oneOf, ...rest } = schema as PlainObject;
  if (Array.isArray(allOf)) return swaggerSchema({ ...(allOf[0] as PlainObject), ...rest });
  const entries = Object.entries(rest).map(([key, value]) => [key, swaggerValue(key, value)] as const);
  return Object.fromEntries(oneOf === undefined ? entries : [["type", "string"], ...entries]) as PlainObject;
}

function swaggerValue(key: string, value: Plain): Plain {
  if (key === "$ref") return String(value).replace("#/components/schemas/", "#/definitions/");
  // A field's name may be anything, `default` too.
  if (key !== "properties") return swaggerSchema(value);
  const fields = Object.entries(value as PlainObject).map(([name, field]) => [name, swaggerSchema(field)] as const);
  return Object.fromEntries(fields);
}
