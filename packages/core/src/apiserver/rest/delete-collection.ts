import type { PlainObject } from "../manifest/manifest-document.ts";
import { type DeleteOptions, readDeleteOptions } from "./delete-options.ts";
import { type Removed, removeObject } from "./delete-verb.ts";
import { readListOptions } from "./list-options.ts";
import { listObjects, selectedObjects } from "./list-verb.ts";
import { methodNotAllowed } from "./refusals.ts";
import type { RestRequest } from "./request.ts";
import type { ResourceRoute } from "./route.ts";
import type { ApiStore } from "./store.ts";

/** `DELETE` of a collection: of each object that a list of the same parameters gives. Answers that list. @throws StatusError */
export function removeCollection(
  store: ApiStore,
  route: ResourceRoute,
  request: RestRequest,
): Removed & { readonly options: DeleteOptions } {
  if (route.kind === "Namespace" || (route.info.namespaced && route.namespace === undefined)) throw methodNotAllowed();
  const options = readDeleteOptions(request);
  const selection = readListOptions(request.query, route.kind);
  const body: PlainObject = listObjects(store, route, selection, request);
  let { state } = store;
  const changes = [];
  for (const { metadata } of selectedObjects(store, route, selection)) {
    const one = { ...route, name: metadata.name };
    if (
      !state.tables[route.kind].has(
        metadata.namespace === undefined ? metadata.name : `${metadata.namespace}/${metadata.name}`,
      )
    )
      continue;
    const removed = removeObject(state, one, options, store.clock);
    state = removed.state;
    changes.push(...removed.changes);
  }
  return { state, changes, body, options };
}
