import type { ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import { kinds } from "@kubenetsim/core/apiserver/decode/kinds";
import { nearestWord } from "@kubenetsim/core/apiserver/nearest-word";
import type { Kind, KindMap, ObjectKey } from "@kubenetsim/core/model/api-object";
import { ParseError } from "@kubenetsim/core/runtime/errors";

export function findObject<K extends Kind>(state: ClusterState, kind: K, key: ObjectKey): KindMap[K] | undefined {
  requireKind(kind);
  requireKey(key);
  return state.tables[kind].get(key);
}

export function listObjects<K extends Kind>(state: ClusterState, kind: K, namespace?: string): readonly KindMap[K][] {
  requireKind(kind);
  return state.tables[kind].list(namespace);
}

/** @throws ParseError for what is no kind that the API server stores */
export function requireKind(kind: Kind): void {
  if (Object.hasOwn(kinds, kind)) return;
  const known = Object.keys(kinds);
  const meant = nearestWord(String(kind), known);
  throw new ParseError(`there is no kind "${kind}"`, {
    hint: meant === undefined ? `the kinds are ${known.join(", ")}` : `did you mean ${meant}?`,
  });
}

/** @throws ParseError for what is no key */
export function requireKey(key: ObjectKey): void {
  if (typeof key === "string") return;
  throw new ParseError(`an object's key is a text, not ${JSON.stringify(key)}`, {
    hint: 'for example "shop/web", or "n1" for what has no namespace',
  });
}
