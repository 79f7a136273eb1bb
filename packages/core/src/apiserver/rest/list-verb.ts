import type { ApiObject } from "../../model/api-object.ts";
import { StatusError } from "../../runtime/errors.ts";
import type { PlainObject } from "../manifest/manifest-document.ts";
import { formedList, readAnswerForm } from "./answer-form.ts";
import { continueToken, readContinueToken } from "./continue-token.ts";
import { isSelected, type ListOptions } from "./list-options.ts";
import { etcdKey, inKeyOrder, objectsAt, resourceVersionTooLarge } from "./past-table.ts";
import { badRequest } from "./refusals.ts";
import type { RestRequest } from "./request.ts";
import type { ResourceRoute } from "./route.ts";
import type { ApiStore } from "./store.ts";

/** A collection, or a part of it, as of one revision. @throws StatusError */
export function listObjects(
  store: ApiStore,
  route: ResourceRoute,
  options: ListOptions,
  request: RestRequest,
): PlainObject {
  const form = readAnswerForm(request);
  const { objects, revision, metadata } = listed(store, route, options);
  const list = { kind: route.kind, apiVersion: route.info.apiVersion };
  return formedList(list, objects, { resourceVersion: String(revision), ...metadata }, form, store.clock.nowMs);
}

/** The objects that a list gives. @throws StatusError */
export function selectedObjects(store: ApiStore, route: ResourceRoute, options: ListOptions): readonly ApiObject[] {
  return listed(store, route, options).objects;
}

interface Listed {
  readonly objects: readonly ApiObject[];
  readonly revision: number;
  /** `continue` and `remainingItemCount`, where there is more. */
  readonly metadata: PlainObject;
}

function listed(store: ApiStore, route: ResourceRoute, options: ListOptions): Listed {
  const { revision, start, all, limit } = scope(store, route, options);
  const prefix = route.namespace === undefined ? "" : `${route.namespace}/`;
  const objects: ApiObject[] = [];
  let last = "";
  for (let at = firstFrom(all, prefix + start); at < all.length; at++) {
    const object = all[at]!;
    const key = etcdKey(object);
    if (!key.startsWith(prefix)) break;
    if (!isSelected(object, options)) continue;
    if (limit > 0 && objects.length === limit) {
      return { objects, revision, metadata: rest(all, at, prefix, continueToken(revision, last), options) };
    }
    objects.push(object);
    last = key.slice(prefix.length);
  }
  return { objects, revision, metadata: {} };
}

/** How many are left is told where it needs no counting: with no selector. */
function rest(
  all: readonly ApiObject[],
  from: number,
  prefix: string,
  token: string,
  { labels, fields }: ListOptions,
): PlainObject {
  if (labels.length + fields.length > 0) return { continue: token };
  let end = from;
  while (end < all.length && etcdKey(all[end]!).startsWith(prefix)) end++;
  return { continue: token, remainingItemCount: end - from };
}

interface Scope {
  readonly all: readonly ApiObject[];
  readonly revision: number;
  /** The first key that counts, less the namespace. */
  readonly start: string;
  /** 0 for none. */
  readonly limit: number;
}

/** What a resource version asks for: apiserver pkg/storage/cacher/delegator. */
function scope(store: ApiStore, { kind }: ResourceRoute, options: ListOptions): Scope {
  const { state } = store;
  const given = readRevision(options.resourceVersion);
  const { resourceVersionMatch: match, limit } = options;
  if (options.continueToken !== "") {
    const { revision, start } = readContinueToken(options.continueToken);
    if (given > 0) throw badRequest("specifying resource version is not allowed when using continue");
    const at = revision < 0 ? state.revision : revision;
    const all = objectsOf(store, kind, at, start);
    return { all, revision: at, start, limit };
  }
  const isExact = match === "Exact" || (match === "" && limit > 0 && given > 0);
  if (isExact) return { all: objectsOf(store, kind, given, undefined), revision: given, start: "", limit };
  if (given > state.revision) throw resourceVersionTooLarge(given, state.revision, 1);
  // Whatever there is will do, and the server's cache gives all of it at once.
  const isFromCache = match === "" && options.resourceVersion === "0";
  return { all: inKeyOrder(state.tables[kind]), revision: state.revision, start: "", limit: isFromCache ? 0 : limit };
}

function objectsOf(
  store: ApiStore,
  kind: ResourceRoute["kind"],
  revision: number,
  start: string | undefined,
): readonly ApiObject[] {
  if (revision > store.state.revision) throw resourceVersionTooLarge(revision, store.state.revision);
  const objects = objectsAt(store, kind, revision);
  if (objects !== undefined) return objects;
  if (start === undefined) throw new StatusError("Expired", "The resourceVersion for the provided list is too old.");
  throw continueExpired(start);
}

/** The client may go on at the newest revision, if it can do with what is no longer one picture. */
function continueExpired(start: string): StatusError {
  const text =
    "The provided continue parameter is too old to display a consistent list result. You can start a new list without " +
    "the continue parameter, or use the continue token in this response to retrieve the remainder of the results. " +
    "Continuing with the provided token results in an inconsistent list - objects that were created, modified, or " +
    "deleted between the time the first chunk was returned and now may show up in the list.";
  return new StatusError("Expired", text, { continueToken: continueToken(-1, start.replace(/\0$/, "")) });
}

/** "" is 0. @throws StatusError BadRequest */
function readRevision(text: string): number {
  const wrong = revisionComplaint(text);
  if (wrong !== undefined) throw badRequest(`invalid resource version: ${wrong}`);
  return Number(text);
}

/** What is wrong with a resource version; undefined for nothing. */
export function revisionComplaint(text: string): string | undefined {
  if (/^[0-9]*$/.test(text) && (text.length < 20 || BigInt(text) < 1n << 64n)) return undefined;
  const reason = /^[0-9]+$/.test(text) ? "value out of range" : "invalid syntax";
  const value = JSON.stringify(text);
  return `resourceVersion: Invalid value: ${value}: strconv.ParseUint: parsing ${value}: ${reason}`;
}

/** The index of the first object whose key is not before this one. */
function firstFrom(objects: readonly ApiObject[], key: string): number {
  let low = 0;
  let high = objects.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (etcdKey(objects[middle]!) < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
