import type { Kind, ObjectKey } from "../../model/api-object.ts";
import { StatusError } from "../../runtime/errors.ts";
import { type KindInfo, kinds, type Subresource } from "../decode/kinds.ts";
import { badRequest } from "./refusals.ts";
import { strategyOf } from "./strategy.ts";

/** What a path names: a collection of objects, or one object, or something below it. */
export interface ResourceRoute {
  readonly kind: Kind;
  readonly info: KindInfo;
  /** Undefined for a kind without namespaces, and for a collection over all of them. */
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly subresource: Subresource | undefined;
}

const served = new Map<string, Kind>(
  (Object.keys(kinds) as Kind[]).map((kind) => [`${kinds[kind].apiVersion}/${kinds[kind].plural}`, kind]),
);

/**
 * Reads `/api/v1/…` and `/apis/GROUP/VERSION/…`; undefined for a path that names no stored kind.
 *
 * @example readRoute("/api/v1/namespaces/shop/services/web/status");
 */
export function readRoute(path: string): ResourceRoute | undefined {
  const steps = path.split("/").slice(1);
  while (steps.at(-1) === "") steps.pop();
  const rest = steps[0] === "api" ? steps.slice(1) : steps[0] === "apis" ? steps.slice(1) : undefined;
  if (rest === undefined) return undefined;
  const version = steps[0] === "api" ? rest.shift() : [rest.shift(), rest.shift()].join("/");
  // `namespaces/NAME` is a Namespace; with a resource behind it, what lies in one.
  if (rest[0] === "namespaces" && rest.length > 2 && rest[2] !== "status" && rest[2] !== "finalize") {
    return routeOf(`${version}/${rest[2]}`, rest.slice(3), rest[1] || undefined);
  }
  return routeOf(`${version}/${rest[0]}`, rest.slice(1), undefined);
}

function routeOf(id: string, names: readonly string[], namespace: string | undefined): ResourceRoute | undefined {
  const kind = served.get(id);
  if (kind === undefined || names.length > 2) return undefined;
  const info = kinds[kind];
  const [name, below] = names;
  requirePlainName(name);
  if (namespace === "." || namespace === "..") {
    throw new StatusError("Unknown", `invalid key: "/${strategyOf(kind, info.plural).etcdFolder}/${namespace}"`);
  }
  if (namespace !== undefined && !info.namespaced) return undefined;
  if (namespace === undefined && info.namespaced && name !== undefined) return undefined;
  const subresource = info.subresources.find((one) => one === below);
  if (below !== undefined && subresource === undefined) return undefined;
  return { kind, info, namespace, name, subresource };
}

/** A name may not lead elsewhere in etcd (apimachinery pkg/api/validation/path). @throws StatusError BadRequest */
function requirePlainName(name: string | undefined): void {
  const wrong = name === "." || name === ".." ? `be '${name}'` : name?.includes("%") ? "contain '%'" : undefined;
  if (wrong !== undefined) throw badRequest(`Name parameter invalid: ${JSON.stringify(name)}: may not ${wrong}`);
}

/** The key of the object that a route names. */
export function keyOf(route: ResourceRoute): ObjectKey {
  return route.namespace === undefined ? route.name! : `${route.namespace}/${route.name!}`;
}
