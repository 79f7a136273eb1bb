import { type KindInfo, kinds, unstoredKinds } from "@kubenetsim/core/apiserver/decode/kinds";
import type { Kind } from "@kubenetsim/core/model/api-object";
import { failure } from "../command-error.ts";

/** A kind as a person names it, and where its objects are. */
export interface ResourceType {
  readonly kind: Kind;
  readonly info: KindInfo;
}

/** In the order of discovery: by group, the core one first, then by name. */
export const allResourceTypes: readonly ResourceType[] = (Object.keys(kinds) as Kind[])
  .map((kind) => ({ kind, info: kinds[kind] }))
  .sort((a, b) => groupRank(a.info.group) - groupRank(b.info.group) || (a.info.plural < b.info.plural ? -1 : 1));

/** How the API server ranks its groups (pkg/controlplane/apiserver/aggregator.go). */
function groupRank(group: string): number {
  const order = ["", "apps", "events.k8s.io", "autoscaling", "batch", "networking.k8s.io", "policy"];
  const rank = order.indexOf(group);
  return rank < 0 ? order.length : rank;
}

/**
 * What `svc`, `service`, `services`, `Service`, `deployments.apps` or `deployments.v1.apps` means; what a category means is
 * several types.
 *
 * @throws CommandError when the server has no such type
 */
export function resourceTypes(word: string): readonly ResourceType[] {
  const category = allResourceTypes.filter(({ info }) => info.categories.includes(word));
  return category.length > 0 ? category : [resourceType(word)];
}

/** The one type that a word means (cli-runtime, resource.Builder.mappingFor). @throws CommandError */
export function resourceType(word: string): ResourceType {
  const found = findType(word);
  if (found !== undefined) return found;
  const [name = "", ...group] = word.split(".");
  const inGroup = group.length === 0 ? "" : ` in group ${JSON.stringify(group.join("."))}`;
  const kind = unstoredKinds.find((one) => namesOfKind(one).includes(name.toLowerCase()));
  const hint = kind === undefined ? "" : ` (${kind} is not modelled; kubectl api-resources lists what is)`;
  throw failure(`the server doesn't have a resource type ${JSON.stringify(name)}${inGroup}${hint}`);
}

/** Singular and plural of a kind of a real cluster (apimachinery, meta.UnsafeGuessKindToResource). */
function namesOfKind(kind: string): string[] {
  const singular = kind.toLowerCase();
  if (singular.endsWith("s")) return [singular, `${singular}es`];
  return [singular, singular.endsWith("y") ? `${singular.slice(0, -1)}ies` : `${singular}s`];
}

export function findResourceTypes(word: string): readonly ResourceType[] {
  const category = allResourceTypes.filter(({ info }) => info.categories.includes(word));
  if (category.length > 0) return category;
  const found = findType(word);
  return found === undefined ? [] : [found];
}

/** A group may be given by its beginning. */
function findType(word: string): ResourceType | undefined {
  const [name = "", ...rest] = word.split(".");
  const named = allResourceTypes.filter(({ info }) => namesOf(info).includes(name.toLowerCase()));
  if (rest.length === 0) return named[0];
  const [version, ...behind] = rest;
  const full = named.find(({ info }) => info.version === version && info.group === behind.join("."));
  if (rest.length > 1 && full !== undefined) return full;
  const group = rest.join(".");
  if (group === "") return named.find(({ info }) => info.group === "");
  return named.find(({ info }) => info.group === group) ?? named.find(({ info }) => info.group.startsWith(group));
}

function namesOf(info: KindInfo): string[] {
  return [info.plural, info.singular, ...info.shortNames];
}

/** The path of a type's objects in a namespace, or in all of them. */
export function collectionPath({ info }: ResourceType, namespace: string | undefined): string {
  const root = info.group === "" ? `/api/${info.version}` : `/apis/${info.group}/${info.version}`;
  const below = info.namespaced && namespace !== undefined ? `/namespaces/${namespace}` : "";
  return `${root}${below}/${info.plural}`;
}

/** `/v1, Resource=services`, as Go prints a GroupVersionResource. */
export function groupVersionResource({ info }: ResourceType): string {
  return `${info.group}/${info.version}, Resource=${info.plural}`;
}
