import type { ApiObject, Kind } from "../../model/api-object.ts";
import { kinds } from "../decode/kinds.ts";
import { badRequest } from "./refusals.ts";

/** `metadata.name=web`, `status.phase!=Running`. */
export interface FieldTerm {
  readonly path: string;
  readonly value: string;
  readonly equal: boolean;
}

/**
 * The fields that objects of a kind are selected by beyond their name and namespace (pkg/apis/core/v1/conversion.go and the
 * kinds' strategies). A kind that is not here knows only these two.
 */
const ownFields: Readonly<Record<string, readonly string[]>> = {
  Pod: [
    "spec.nodeName",
    "spec.restartPolicy",
    "spec.schedulerName",
    "spec.serviceAccountName",
    "spec.hostNetwork",
    "status.phase",
    "status.podIP",
    "status.podIPs",
    "status.nominatedNodeName",
  ],
  Node: ["spec.unschedulable"],
  Namespace: ["status.phase"],
  Secret: ["type"],
  Service: ["spec.clusterIP", "spec.type"],
  Event: [
    "involvedObject.kind",
    "involvedObject.namespace",
    "involvedObject.name",
    "involvedObject.uid",
    "involvedObject.apiVersion",
    "involvedObject.resourceVersion",
    "involvedObject.fieldPath",
    "reason",
    "reportingComponent",
    "source",
    "type",
  ],
};

/** Fields that are compared as text though they are truth values: what is absent is `false`. */
const truthFields = new Set(["spec.hostNetwork", "spec.unschedulable"]);

/** Reads the parameter `fieldSelector` as apimachinery's pkg/fields does. @throws StatusError BadRequest */
export function readFieldSelector(text: string): readonly FieldTerm[] {
  const terms = splitTerms(text).sort();
  return terms.filter((term) => term !== "").map((term) => readTerm(term, text));
}

/** The terms of a selector by which objects of a kind are selected. @throws StatusError BadRequest for others */
export function supportedTerms(terms: readonly FieldTerm[], kind: Kind): readonly FieldTerm[] {
  return terms.map((term) => ({ ...term, path: supportedField(term.path, kind) }));
}

export function matchesField(object: ApiObject, { path, value, equal }: FieldTerm): boolean {
  return (fieldOf(object, path) === value) === equal;
}

function fieldOf(object: ApiObject, path: string): string {
  if (path === "metadata.name") return object.metadata.name;
  if (path === "metadata.namespace") return object.metadata.namespace ?? "";
  if (object.kind === "Event" && path === "source")
    return object.source?.component || (object.reportingComponent ?? "");
  // A field that the conversion lets through, but the strategy does not give.
  if (path === "status.podIPs") return "";
  const found = path
    .split(".")
    .reduce<unknown>((at, step) => (at as Record<string, unknown> | undefined)?.[step], object);
  return String(found ?? (truthFields.has(path) ? "false" : ""));
}

function supportedField(path: string, kind: Kind): string {
  const own = ownFields[kind];
  if (kind === "Pod" && path === "spec.host") return "spec.nodeName";
  if (path === "metadata.name" || own?.includes(path)) return path;
  if (path === "metadata.namespace" && (own === undefined || kinds[kind].namespaced)) return path;
  if (own !== undefined) throw badRequest(`field label not supported: ${path}`);
  throw badRequest(`"${path}" is not a known field selector: only "metadata.name", "metadata.namespace"`);
}

/** At commas that no backslash stands before. */
function splitTerms(text: string): string[] {
  return text === ""
    ? []
    : (text.match(/(?:^|,)(?:\\[\s\S]|[^,\\]|\\$)*/g) ?? []).map((term) => term.replace(/^,/, ""));
}

function readTerm(term: string, whole: string): FieldTerm {
  const parts = /^(.*?)(!=|==|=)([\s\S]*)$/.exec(term);
  if (parts === null) throw badRequest(`invalid selector: '${whole}'; can't understand '${term}'`);
  return { path: parts[1]!, equal: parts[2] !== "!=", value: unescaped(parts[3]!) };
}

function unescaped(value: string): string {
  return value.replace(/\\([\s\S]?)|[,=]/g, (whole: string, escaped: string | undefined) => {
    if (escaped === undefined) {
      throw badRequest(`invalid field selector: unescaped character in value: ${whole.codePointAt(0)}`);
    }
    if (escaped !== "" && "\\,=".includes(escaped)) return escaped;
    throw badRequest(`invalid field selector: invalid escape sequence: ${whole}`);
  });
}
