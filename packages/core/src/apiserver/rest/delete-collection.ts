import type { StatusError } from "../../runtime/errors.ts";
import type { PlainObject } from "../manifest/manifest-document.ts";
import { invalid, invalidObject } from "../validate/field-error.ts";
import { type DeleteOptions, readDeleteOptions, unsafe } from "./delete-options.ts";
import { type Removed, removeObject } from "./delete-verb.ts";
import { readListOptions } from "./list-options.ts";
import { listObjects, selectedObjects } from "./list-verb.ts";
import { methodNotAllowed } from "./refusals.ts";
import type { RestRequest } from "./request.ts";
import { keyOf, type ResourceRoute } from "./route.ts";
import type { ApiStore } from "./store.ts";

/** `DELETE` of a collection: of each object that a list of the same parameters gives. Answers that list. @throws StatusError */
export function removeCollection(
  store: ApiStore,
  route: ResourceRoute,
  request: RestRequest,
): Removed & { readonly options: DeleteOptions } {
  if (route.kind === "Namespace" || (route.info.namespaced && route.namespace === undefined)) throw methodNotAllowed();
  const options = readDeleteOptions(request);
  if (options.breaksStore) throw notOfCollections();
  const selection = readListOptions(request.query, route.kind);
  const body: PlainObject = listObjects(store, route, selection, request);
  let { state } = store;
  const changes = [];
  for (const { metadata } of selectedObjects(store, route, selection)) {
    const one = { ...route, namespace: metadata.namespace, name: metadata.name };
    if (!state.tables[route.kind].has(keyOf(one))) continue;
    const removed = removeObject(state, one, options, store.clock);
    state = removed.state;
    changes.push(...removed.changes);
  }
  return { state, changes, body, options };
}

function notOfCollections(): StatusError {
  const detail = "is not allowed with DELETECOLLECTION, try again after removing the option";
  return invalidObject("DeleteOptions.meta.k8s.io", "", [invalid(unsafe, true, detail)]);
}
