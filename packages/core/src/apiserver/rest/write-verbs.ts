import { type ApiObject, objectKey } from "../../model/api-object.ts";
import type { ObjectMeta } from "../../model/object-meta.ts";
import type { Clock } from "../../runtime/clock.ts";
import type { Random } from "../../runtime/random.ts";
import { acceptObject, keepSystemFields, setDefaults } from "../accept-object.ts";
import type { Change, ClusterState } from "../cluster-state.ts";
import type { KindInfo } from "../decode/kinds.ts";
import type { Draft } from "../draft.ts";
import { kindRules } from "../kind-rules.ts";
import type { PlainObject } from "../manifest/manifest-document.ts";
import { plainCopy } from "../plain-copy.ts";
import { sameObject } from "../same-object.ts";
import { invalidObject, Refusal } from "../validate/field-error.ts";
import { deleteObject, putObject } from "../write-object.ts";
import { decodeBody } from "./decode-body.ts";
import { alreadyExists, badRequest, conflict, notFound } from "./refusals.ts";
import { keyOf, type ResourceRoute } from "./route.ts";
import type { WriteOptions } from "./write-options.ts";

/** What a write leads to. Nothing has been stored yet. */
export interface Written {
  readonly state: ClusterState;
  readonly changes: readonly Change[];
  /** The object as it is answered. */
  readonly object: ApiObject;
  readonly warnings: readonly string[];
}

export interface WriteContext {
  readonly random: Random;
  readonly clock: Clock;
}

/** `POST` to a collection. @throws StatusError */
export function createObject(
  state: ClusterState,
  route: ResourceRoute,
  body: PlainObject,
  options: WriteOptions,
  context: WriteContext,
): Written {
  const { draft, warnings } = decodeBody(body, route.kind, options.fieldValidation);
  placeInNamespace(draft, route);
  nameObject(draft, context.random, state.revision);
  if (draft.metadata.resourceVersion) throw badRequest("resourceVersion should not be set on objects to be created");
  requireNamespace(state, route);
  const key = objectKey(draft as ApiObject);
  forgetSystemFields(draft);
  setDefaults(draft);
  keepSystemFields(draft, undefined);
  const object = accept(state, draft, undefined, route.info, context.random);
  if (state.tables[route.kind].has(key)) throw alreadyExists(route.info, draft.metadata.name);
  return stored(state, object, [...warnings, ...warningsOf(object)], context.clock);
}

/** `PUT` on an object, or on its status. @throws StatusError */
export function replaceObject(
  state: ClusterState,
  route: ResourceRoute,
  body: PlainObject,
  options: WriteOptions,
  context: WriteContext,
): Written {
  const { draft, warnings } = decodeBody(body, route.kind, options.fieldValidation);
  placeInNamespace(draft, route);
  if (draft.metadata.name !== route.name) {
    throw badRequest(
      `the name of the object (${draft.metadata.name ?? ""}) does not match the name on the URL (${route.name})`,
    );
  }
  const before = requireObject(state, route);
  const { resourceVersion } = draft.metadata;
  if (resourceVersion && resourceVersion !== before.metadata.resourceVersion) {
    const again = "please apply your changes to the latest version and try again";
    throw conflict(route.info, before.metadata.name, `the object has been modified; ${again}`);
  }
  return update(state, route, before, draft, warnings, context);
}

/**
 * Puts a whole object in the place of the stored one. Through the main resource its status stays, through `status` all but
 * that.
 */
export function update(
  state: ClusterState,
  route: ResourceRoute,
  before: ApiObject,
  draft: Draft<ApiObject>,
  warnings: readonly string[],
  context: WriteContext,
): Written {
  const given = draft as { status?: unknown; spec?: unknown };
  const old = before as { status?: unknown; spec?: unknown };
  if (route.subresource === "status") {
    for (const field of Object.keys(draft)) if (field !== "status") delete (draft as Record<string, unknown>)[field];
    const { status: _, ...rest } = plainCopy(before as unknown) as Record<string, unknown>;
    Object.assign(draft, rest);
  } else if (route.info.subresources.includes("status")) {
    delete given.status;
    if (old.status !== undefined) given.status = plainCopy(old.status);
  }
  setDefaults(draft);
  keepSystemFields(draft, before);
  const object = accept(state, draft, before, route.info, context.random);
  if (sameObject(object, before)) return { state, changes: [], object: before, warnings };
  return stored(state, object, [...warnings, ...warningsOf(object)], context.clock);
}

/** `DELETE` of an object. @throws StatusError NotFound */
export function removeObject(state: ClusterState, route: ResourceRoute): Written {
  const before = requireObject(state, route);
  const removed = deleteObject(state, route.kind, keyOf(route))!;
  return { state: removed.state, changes: [removed.change], object: before, warnings: [] };
}

export function requireObject(state: ClusterState, route: ResourceRoute): ApiObject {
  const object = state.tables[route.kind].get(keyOf(route));
  if (object === undefined) throw notFound(route.info, route.name!);
  return object;
}

function placeInNamespace(draft: Draft<ApiObject>, route: ResourceRoute): void {
  if (!route.info.namespaced) {
    delete draft.metadata.namespace;
    return;
  }
  draft.metadata.namespace ??= route.namespace!;
  if (draft.metadata.namespace !== route.namespace) {
    throw badRequest("the namespace of the provided object does not match the namespace sent on the request");
  }
}

/** Letters and digits that make no words (apimachinery pkg/util/rand). */
const nameLetters = "bcdfghjklmnpqrstvwxz2456789";

function nameObject(draft: Draft<ApiObject>, random: Random, revision: number): void {
  const { name, generateName } = draft.metadata;
  if (name || !generateName) return;
  const drawn = random.fork(`apiserver/name/${generateName}/${revision}`);
  let suffix = "";
  for (let i = 0; i < 5; i++) suffix += nameLetters[drawn.below(nameLetters.length)];
  draft.metadata.name = generateName.slice(0, 58) + suffix;
}

function requireNamespace(state: ClusterState, route: ResourceRoute): void {
  const { namespace } = route;
  if (namespace === undefined || state.tables.Namespace.has(namespace)) return;
  throw namespaceMissing(namespace);
}

function namespaceMissing(name: string): Error {
  return notFound({ resource: "namespaces", plural: "namespaces", group: "" } as KindInfo, name);
}

/** What the client may not set on a new object. */
function forgetSystemFields(draft: Draft<ApiObject>): void {
  const metadata = draft.metadata as Draft<ObjectMeta>;
  delete metadata.uid;
  delete metadata.creationTimestamp;
  delete metadata.deletionTimestamp;
  delete metadata.deletionGracePeriodSeconds;
  delete metadata.generation;
  delete metadata.selfLink;
}

function accept(
  state: ClusterState,
  draft: Draft<ApiObject>,
  before: ApiObject | undefined,
  info: KindInfo,
  random: Random,
): ApiObject {
  try {
    return acceptObject(state, draft, before, random);
  } catch (reason) {
    if (reason instanceof Refusal) throw invalidObject(info.qualified, draft.metadata.name ?? "", reason.errors);
    throw reason;
  }
}

function warningsOf(object: ApiObject): string[] {
  return (kindRules[object.kind].warnings?.(object as never) ?? []).map(({ message }) => message);
}

function stored(state: ClusterState, object: ApiObject, warnings: readonly string[], clock: Clock): Written {
  const { state: after, change } = putObject(state, object, clock);
  return { state: after, changes: [change], object: change.after!, warnings };
}
