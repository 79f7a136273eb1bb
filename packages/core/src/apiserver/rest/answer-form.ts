import type { ApiObject, Kind } from "../../model/api-object.ts";
import { StatusError } from "../../runtime/errors.ts";
import type { Plain, PlainObject } from "../manifest/manifest-document.ts";
import { type RowObject, type TableKind, tableOf } from "../table/tables.ts";
import { bodyOf } from "./object-body.ts";
import { badRequest } from "./refusals.ts";
import type { RestRequest } from "./request.ts";

/** In which shape objects are asked for: as they are, as rows, or by their metadata alone. */
export interface AnswerForm {
  readonly shape: "object" | "Table" | "PartialObjectMetadata" | "PartialObjectMetadataList";
  /** Of the shape: `v1`, `v1beta1`. */
  readonly version: string;
  /** How much of the object stands in a row. */
  readonly include: RowObject;
}

/** What of an object is answered: itself, or a subresource that is a kind of its own. */
export interface ObjectView {
  /** Whose columns its row has. */
  readonly kind: TableKind;
  readonly bodyOf: (object: ApiObject) => PlainObject;
}

const shapes: ReadonlySet<string> = new Set(["Table", "PartialObjectMetadata", "PartialObjectMetadataList"]);
const accepted: ReadonlySet<string> = new Set(["application/json", "application/*", "*/*"]);
const available = "application/json, application/yaml, application/vnd.kubernetes.protobuf";

/**
 * The first form of the header `Accept` that is served. Bodies are JSON values: who asks for another encoding alone is told
 * that there is none.
 *
 * @throws StatusError NotAcceptable
 */
export function readAnswerForm({ headers, query }: RestRequest): AnswerForm {
  const include = query.get("includeObject") || "Metadata";
  const accept = headers.accept ?? "";
  if (accept.trim() === "") return { shape: "object", version: "v1", include: include as RowObject };
  let isKnownType = false;
  for (const clause of accept.split(",")) {
    const [type = "", ...parameters] = clause.split(";").map((part) => part.trim());
    if (!accepted.has(type)) continue;
    isKnownType = true;
    const values = new Map(parameters.map((parameter) => parameter.split("=", 2) as [string, string]));
    const shape = values.get("as");
    const version = values.get("v") ?? "v1";
    if (shape === undefined) return { shape: "object", version: "v1", include: include as RowObject };
    if (!shapes.has(shape) || values.get("g") !== "meta.k8s.io" || !/^v1(beta1)?$/.test(version)) continue;
    return { shape: shape as AnswerForm["shape"], version, include: include as RowObject };
  }
  throw isKnownType
    ? new StatusError("NotAcceptable", `only the following media types are accepted: ${available}`)
    : new StatusError("NotAcceptable", `406: Not Acceptable\n\nAvailable representations: ${available}`, {
        subject: {},
      });
}

/** One object in the form that is asked for. @throws StatusError NotAcceptable, BadRequest */
export function formed(object: ApiObject, form: AnswerForm, nowMs: number, view?: ObjectView): PlainObject {
  const { kind, bodyOf: answered } = view ?? { kind: object.kind, bodyOf };
  switch (form.shape) {
    case "object":
      return answered(object);
    case "Table": {
      const metadata = { resourceVersion: object.metadata.resourceVersion ?? "" };
      return tableBody({ kind, bodyOf: answered }, [object], metadata, form, nowMs);
    }
    case "PartialObjectMetadata":
      return metadataOf(answered(object), form.version);
    case "PartialObjectMetadataList":
      throw notAcceptable(`you requested ${form.shape}, but the requested object is not a list (*core.${object.kind})`);
    default:
      return form.shape satisfies never;
  }
}

/** A list in the form that is asked for. @throws StatusError NotAcceptable, BadRequest */
export function formedList(
  kind: { readonly kind: Kind; readonly apiVersion: string },
  objects: readonly ApiObject[],
  metadata: PlainObject,
  form: AnswerForm,
  nowMs: number,
): PlainObject {
  switch (form.shape) {
    case "object":
      return { kind: `${kind.kind}List`, apiVersion: kind.apiVersion, metadata, items: objects.map(itemOf) };
    case "Table":
      return tableBody({ kind: kind.kind, bodyOf }, objects, metadata, form, nowMs);
    case "PartialObjectMetadata":
      throw notAcceptable(`you requested ${form.shape}, but the requested object is a list (*core.${kind.kind}List)`);
    case "PartialObjectMetadataList": {
      const items = objects.map((object) => metadataOf(bodyOf(object), form.version));
      return { kind: form.shape, apiVersion: `meta.k8s.io/${form.version}`, metadata, items };
    }
    default:
      return form.shape satisfies never;
  }
}

/** What a watch tells from time to time: an object that is nothing but a revision. */
export function bookmarkBody(
  { kind, apiVersion }: { readonly kind: Kind; readonly apiVersion: string },
  metadata: PlainObject,
  form: AnswerForm,
  nowMs: number,
): PlainObject {
  const object = { apiVersion, kind, metadata } as unknown as ApiObject;
  if (form.shape !== "Table") return formed(object, form, nowMs);
  const body = tableBody({ kind, bodyOf }, [], { resourceVersion: metadata.resourceVersion! }, form, nowMs);
  const columns = body.columnDefinitions as unknown as readonly { readonly name: string; readonly type: string }[];
  const cells = columns.map(({ name, type }) => (type === "integer" ? 0 : name === "Age" ? "<unknown>" : ""));
  return { ...body, rows: [{ cells, object: metadataOf(bodyOf(object), form.version) }] };
}

/** The items of a list leave their type out. */
function itemOf(object: ApiObject): Plain {
  const { kind: _, apiVersion: __, ...rest } = bodyOf(object);
  return rest;
}

function metadataOf({ metadata }: PlainObject, version: string): PlainObject {
  return { kind: "PartialObjectMetadata", apiVersion: `meta.k8s.io/${version}`, metadata: metadata! };
}

function tableBody(
  { kind, bodyOf: answered }: ObjectView,
  objects: readonly ApiObject[],
  metadata: PlainObject,
  { include, version }: AnswerForm,
  nowMs: number,
): PlainObject {
  if (include !== "None" && include !== "Metadata" && include !== "Object") {
    const reason = `includeObject: Invalid value: ${JSON.stringify(include)}: must be 'Metadata', 'Object', 'None', or empty`;
    throw badRequest(`Unable to convert to Table as requested: ${reason}`);
  }
  return tableOf(kind, objects, { nowMs, include, metadata, version, bodyOf: answered });
}

function notAcceptable(message: string): StatusError {
  return new StatusError("NotAcceptable", message);
}
