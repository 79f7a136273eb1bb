import { type KindInfo, kinds } from "@kubenetsim/core/apiserver/decode/kinds";
import type { Kind } from "@kubenetsim/core/model/api-object";
import { failure } from "../command-error.ts";

/** A kind as a person names it, and where its objects are. */
export interface ResourceType {
  readonly kind: Kind;
  readonly info: KindInfo;
}

const all: readonly ResourceType[] = (Object.keys(kinds) as Kind[]).map((kind) => ({ kind, info: kinds[kind] }));

/**
 * What `svc`, `service`, `services`, `Service`, `deployments.apps` or `deployments.v1.apps` means; what a category means is
 * several types.
 *
 * @throws CommandError when the server has no such type
 */
export function resourceTypes(word: string): readonly ResourceType[] {
  const types = findResourceTypes(word);
  if (types.length > 0) return types;
  throw noSuchType(word);
}

/** As `resourceTypes`, of a word that may not name a category. @throws CommandError */
export function resourceTypeOf(word: string): ResourceType {
  const named = all.find(({ info }) => namesOf(info).includes(word.toLowerCase()));
  if (named === undefined) throw noSuchType(word);
  return named;
}

function noSuchType(word: string): Error {
  const dot = word.indexOf(".");
  const [resource, group] = dot < 0 ? [word, ""] : [word.slice(0, dot), word.slice(dot + 1)];
  const where = group === "" ? "" : ` in group ${JSON.stringify(group)}`;
  return failure(`the server doesn't have a resource type ${JSON.stringify(resource)}${where}`);
}

export function findResourceTypes(word: string): readonly ResourceType[] {
  const wanted = word.toLowerCase();
  const named = all.find(({ info }) => namesOf(info).includes(wanted));
  return named === undefined ? all.filter(({ info }) => info.categories.includes(wanted)) : [named];
}

function namesOf(info: KindInfo): string[] {
  const bare = [info.plural, info.singular, ...info.shortNames];
  const ofGroup = [info.plural, info.singular].flatMap((name) =>
    info.group === "" ? [] : [`${name}.${info.group}`, `${name}.${info.version}.${info.group}`],
  );
  return [...bare, ...ofGroup];
}

/** The path of a type's objects in a namespace, or in all of them. */
export function collectionPath({ info }: ResourceType, namespace: string | undefined): string {
  const root = info.group === "" ? `/api/${info.version}` : `/apis/${info.group}/${info.version}`;
  const below = info.namespaced && namespace !== undefined ? `/namespaces/${namespace}` : "";
  return `${root}${below}/${info.plural}`;
}
