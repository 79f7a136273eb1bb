import type { Plain, PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { type ServedKind, type ServedVersion, subresourcesOf, verbsOf } from "../discovery/resources.ts";
import { metaSchemas, schemaId } from "./schemas.ts";

/** What may be done on a path, before it is written as OpenAPI v2 or v3. */
export interface Operation {
  readonly method: "get" | "post" | "put" | "patch" | "delete";
  /** `x-kubernetes-action`: `list`, `post` … */
  readonly action: string;
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly query: readonly Parameter[];
  /** The schema of the body that is sent; undefined for none. */
  readonly body: string | undefined;
  readonly bodyTypes: readonly string[];
  readonly answer: string;
}

export interface Parameter {
  readonly name: string;
  readonly type: "string" | "integer" | "boolean";
}

/** A path of a version, with parameters in braces, and what may be done there. */
export interface PathItem {
  readonly path: string;
  readonly operations: readonly Operation[];
}

const text = (name: string): Parameter => ({ name, type: "string" });
const integer = (name: string): Parameter => ({ name, type: "integer" });
const boolean = (name: string): Parameter => ({ name, type: "boolean" });

const listQuery = [
  boolean("allowWatchBookmarks"),
  text("continue"),
  text("fieldSelector"),
  text("labelSelector"),
  integer("limit"),
  text("resourceVersion"),
  text("resourceVersionMatch"),
  boolean("sendInitialEvents"),
  integer("timeoutSeconds"),
  boolean("watch"),
];
const writeQuery = [text("dryRun"), text("fieldManager"), text("fieldValidation")];
const deleteQuery = [
  text("dryRun"),
  integer("gracePeriodSeconds"),
  boolean("orphanDependents"),
  text("propagationPolicy"),
];

const patchTypes = [
  "application/apply-patch+yaml",
  "application/json-patch+json",
  "application/merge-patch+json",
  "application/strategic-merge-patch+json",
];

/** The paths of a version, in their order. */
export function pathsOf(version: ServedVersion): PathItem[] {
  const root = version.group === "" ? `/api/${version.version}` : `/apis/${version.groupVersion}`;
  return version.served
    .flatMap((served) => kindPaths(version, served, root))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

function kindPaths(version: ServedVersion, served: ServedKind, root: string): PathItem[] {
  const { plural, namespaced } = served.info;
  const collection = namespaced ? `${root}/namespaces/{namespace}/${plural}` : `${root}/${plural}`;
  const all = operationsOf(version, served);
  const list = all.filter(({ action }) => action === "list");
  return [
    ...(namespaced ? [{ path: `${root}/${plural}`, operations: list }] : []),
    { path: collection, operations: all.filter(({ action }) => ["list", "post", "deletecollection"].includes(action)) },
    {
      path: `${collection}/{name}`,
      operations: all.filter(({ action }) => ["get", "put", "patch", "delete"].includes(action)),
    },
    ...subresourcesOf(served).map((below) => ({
      path: `${collection}/{name}/${below.name}`,
      operations: writeOperations(
        below.group || version.group,
        below.group === "" ? version.version : below.version,
        below.kind,
      ),
    })),
  ];
}

function operationsOf({ group, version }: ServedVersion, served: ServedKind): Operation[] {
  const { kind } = served;
  const own = { group, version, kind, body: undefined, bodyTypes: [] };
  const answer = schemaId(group, version, kind) ?? "";
  const list = schemaId(group, version, `${kind}List`) ?? "";
  const options = { body: metaSchemas.deleteOptions, bodyTypes: ["*/*"] };
  const create: Operation = {
    ...own,
    method: "post",
    action: "post",
    query: writeQuery,
    body: answer,
    bodyTypes: ["*/*"],
    answer,
  };
  return [
    { ...own, method: "get", action: "list", query: listQuery, answer: list },
    create,
    ...(verbsOf(served).includes("deletecollection")
      ? [
          {
            ...own,
            ...options,
            method: "delete" as const,
            action: "deletecollection",
            query: [
              ...deleteQuery,
              ...listQuery.filter(({ name }) => name !== "watch" && name !== "allowWatchBookmarks"),
            ],
            answer: metaSchemas.status,
          },
        ]
      : []),
    ...writeOperations(group, version, kind),
    { ...own, ...options, method: "delete", action: "delete", query: deleteQuery, answer: metaSchemas.status },
  ];
}

/** Of one object: it is read, replaced and patched. */
function writeOperations(group: string, version: string, kind: string): Operation[] {
  const answer = schemaId(group, version, kind) ?? "";
  const own = { group, version, kind, answer };
  return [
    { ...own, method: "get", action: "get", query: [], body: undefined, bodyTypes: [] },
    { ...own, method: "put", action: "put", query: writeQuery, body: answer, bodyTypes: ["*/*"] },
    {
      ...own,
      method: "patch",
      action: "patch",
      query: [...writeQuery, boolean("force")],
      body: metaSchemas.patch,
      bodyTypes: patchTypes,
    },
  ];
}

/** The parameters that stand in a path: `name`, `namespace`. */
export function pathParameters(path: string): string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!).sort();
}

/** What marks an operation as one on a kind. */
export function operationMarks({ action, group, version, kind }: Operation): Readonly<Record<string, Plain>> {
  const gvk: PlainObject = { group, kind, version };
  return { "x-kubernetes-action": action, "x-kubernetes-group-version-kind": gvk };
}
