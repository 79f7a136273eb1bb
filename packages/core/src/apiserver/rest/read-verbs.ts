import type { ApiObject } from "../../model/api-object.ts";
import { matchesSelector, type Selector } from "../../model/label-selector.ts";
import { parseSelector } from "../../model/selector-text.ts";
import { ParseError } from "../../runtime/errors.ts";
import type { ClusterState } from "../cluster-state.ts";
import type { PlainObject } from "../manifest/manifest-document.ts";
import { badRequest } from "./refusals.ts";
import type { URLQuery } from "./request.ts";
import type { ResourceRoute } from "./route.ts";

/** Which objects of a collection are asked for. */
export interface ListSelection {
  readonly labels: Selector;
  readonly fields: readonly FieldTerm[];
}

/** `metadata.name=web`, `status.phase!=Running`. */
export interface FieldTerm {
  readonly path: string;
  readonly value: string;
  readonly equal: boolean;
}

/** @throws StatusError BadRequest for a selector that cannot be read. */
export function readSelection(query: URLQuery): ListSelection {
  return { labels: readLabels(query.get("labelSelector") ?? ""), fields: readFields(query.get("fieldSelector") ?? "") };
}

/** The objects of a collection, by namespace and name as etcd keeps them. */
export function selectObjects(state: ClusterState, route: ResourceRoute, selection: ListSelection): ApiObject[] {
  const objects = state.tables[route.kind].list(route.namespace) as ApiObject[];
  return objects.filter((object) => isSelected(object, selection)).sort(byKey);
}

export function isSelected(object: ApiObject, { labels, fields }: ListSelection): boolean {
  return matchesSelector(labels, object.metadata.labels) && fields.every((term) => matchesField(object, term));
}

/** An object as it is answered: its type first. */
export function bodyOf(object: ApiObject): PlainObject {
  const { kind, apiVersion, ...rest } = object;
  return { kind, apiVersion, ...rest } as unknown as PlainObject;
}

function readLabels(text: string): Selector {
  try {
    return parseSelector(text);
  } catch (reason) {
    if (reason instanceof ParseError) throw badRequest(reason.message);
    throw reason;
  }
}

function readFields(text: string): FieldTerm[] {
  if (text === "") return [];
  return text.split(",").map((term) => {
    const parts = /^(.*?)(!=|==|=)(.*)$/.exec(term);
    if (parts === null) {
      throw badRequest(`invalid selector: '${text}'; can't understand '${term}'`);
    }
    return { path: parts[1]!, equal: parts[2] !== "!=", value: parts[3]! };
  });
}

function matchesField(object: ApiObject, { path, value, equal }: FieldTerm): boolean {
  let at: unknown = object;
  for (const step of path.split(".")) at = (at as Record<string, unknown> | undefined)?.[step];
  return (String(at ?? "") === value) === equal;
}

function byKey(a: ApiObject, b: ApiObject): number {
  const left = `${a.metadata.namespace ?? ""}/${a.metadata.name}`;
  const right = `${b.metadata.namespace ?? ""}/${b.metadata.name}`;
  return left < right ? -1 : left > right ? 1 : 0;
}
