import { type ApiObject, objectKey } from "../../model/api-object.ts";
import type { Clock } from "../../runtime/clock.ts";
import { StatusError } from "../../runtime/errors.ts";
import type { Random } from "../../runtime/random.ts";
import { timestampOf } from "../../runtime/timestamp.ts";
import { acceptObject, keepSystemFields, setDefaults } from "../accept-object.ts";
import type { Change, ClusterState } from "../cluster-state.ts";
import type { KindInfo } from "../decode/kinds.ts";
import type { Draft } from "../draft.ts";
import { kindRules } from "../kind-rules.ts";
import type { Write } from "../kinds/rules.ts";
import type { Writer } from "../managed-fields/ownership.ts";
import { trackUpdate } from "../managed-fields/track-update.ts";
import { plainCopy } from "../plain-copy.ts";
import { sameObject } from "../same-object.ts";
import { invalidObject, Refusal } from "../validate/field-error.ts";
import { deleteObject, putObject } from "../write-object.ts";
import { decodeBody } from "./decode-body.ts";
import { keepMetadata, otherUid, requireNumber } from "./kept-metadata.ts";
import { alreadyExists, badRequest, forbidden, notFound, noUniqueName } from "./refusals.ts";
import type { RequestBody } from "./request-body.ts";
import { keyOf, type ResourceRoute } from "./route.ts";
import { beginMetadata, type Strategy, strategyOf, wipeMetadata } from "./strategy.ts";
import type { WarningRecorder } from "./warning-recorder.ts";
import type { WriteOptions } from "./write-options.ts";

/** What a write leads to. Nothing has been stored yet. */
export interface Written {
  readonly state: ClusterState;
  readonly changes: readonly Change[];
  /** The object as it is answered. */
  readonly object: ApiObject;
  /** The object was not there before. */
  readonly created?: boolean;
}

export interface WriteContext extends Write {
  readonly clock: Clock;
  /** What the answer warns of, even where it refuses. */
  readonly warnings: WarningRecorder;
}

/** `POST` to a collection. @throws StatusError */
export function createObject(
  state: ClusterState,
  route: ResourceRoute,
  body: RequestBody,
  options: WriteOptions,
  context: WriteContext,
): Written {
  const { draft, warnings } = decodeBody(body, route.kind, options.fieldValidation);
  context.warnings.add(...warnings);
  setDefaults(draft);
  // Nobody owns what a POST may not set.
  wipeMetadata(draft);
  trackUpdate(draft, undefined, updater(route, options, context));
  return createDraft(state, route, draft, context);
}

/** Creates a decoded object, whose managers stand. @throws StatusError */
export function createDraft(
  state: ClusterState,
  route: ResourceRoute,
  draft: Draft<ApiObject>,
  context: WriteContext,
): Written {
  placeInNamespace(draft, route);
  return create(state, route, draft, context);
}

function create(state: ClusterState, route: ResourceRoute, draft: Draft<ApiObject>, context: WriteContext): Written {
  const { resourceVersion } = draft.metadata;
  const isNamed = Boolean(draft.metadata.name);
  admitContent(state, route, draft.metadata.name || draft.metadata.generateName || "");
  nameObject(draft, state, route, context.random);
  const strategy = strategyOf(route.kind, route.info.plural);
  beginMetadata(draft, strategy);
  if (strategy.firstStatus !== undefined) (draft as { status?: unknown }).status = plainCopy(strategy.firstStatus);
  setDefaults(draft);
  keepSystemFields(draft, undefined);
  const object = accept(state, draft, undefined, route.info, context);
  if (resourceVersion && resourceVersion !== "0" && /^[0-9]+$/.test(resourceVersion)) {
    throw new StatusError("Unknown", "resourceVersion should not be set on objects to be created");
  }
  const { name } = draft.metadata;
  const found = state.tables[route.kind].get(objectKey(object));
  if (found !== undefined) {
    const isLeaving = found.metadata.deletionTimestamp !== undefined;
    throw isNamed ? alreadyExists(route.info, name, isLeaving) : noUniqueName(route.info, name);
  }
  return { ...stored(state, object, context.clock), created: true };
}

/** `PUT` on an object, or on its status. Some kinds are made by it. @throws StatusError */
export function replaceObject(
  state: ClusterState,
  route: ResourceRoute,
  body: RequestBody,
  options: WriteOptions,
  context: WriteContext,
): Written {
  const { draft, warnings } = decodeBody(body, route.kind, options.fieldValidation);
  context.warnings.add(...warnings);
  placeInNamespace(draft, route);
  requireName(draft.metadata.name, route);
  const strategy = strategyOf(route.kind, route.info.plural);
  const isThere = state.tables[route.kind].has(keyOf(route));
  if (!isThere && strategy.createsOnUpdate) {
    const { name, namespace, uid, resourceVersion } = draft.metadata;
    requireNumber(resourceVersion);
    if (uid) throw otherUid(uid, { name, ...(namespace === undefined ? {} : { namespace }) }, route.info, strategy);
    delete draft.metadata.resourceVersion;
    if (route.subresource === undefined) {
      setDefaults(draft);
      trackUpdate(draft, undefined, updater(route, options, context));
      return create(state, route, draft, context);
    }
  }
  const before = requireObject(state, route);
  setDefaults(draft);
  trackUpdate(draft, before, updater(route, options, context));
  return update(state, route, before, draft, context);
}

/** Who a create, an update or a patch is by. */
export function updater(route: ResourceRoute, { fieldManager }: WriteOptions, { clock }: WriteContext): Writer {
  const { kind, subresource } = route;
  return { kind, subresource, manager: fieldManager, operation: "Update", time: timestampOf(clock.nowMs) };
}

/**
 * Puts a whole object in the place of the stored one. Through the main resource its status stays, through `status` all but
 * that and what anybody may say in the metadata. What was marked as deleted is gone with its last finalizer.
 */
export function update(
  state: ClusterState,
  route: ResourceRoute,
  before: ApiObject,
  draft: Draft<ApiObject>,
  context: WriteContext,
): Written {
  const strategy = strategyOf(route.kind, route.info.plural);
  keepOtherPart(draft, before, route, strategy);
  keepMetadata(draft, before, route.info, strategy);
  setDefaults(draft);
  keepSystemFields(draft, before);
  const object = accept(state, draft, before, route.info, { ...context, ofStatus: route.subresource === "status" });
  if (sameObject(object, before)) return { state, changes: [], object: before };
  if (route.subresource !== "status" && strategy.counts?.(before, object) === true) countGeneration(draft, before);
  if (isAtItsEnd(object)) {
    const { state: after, change } = deleteObject(state, route.kind, keyOf(route))!;
    const last = { ...object, metadata: { ...object.metadata, resourceVersion: before.metadata.resourceVersion! } };
    return { state: after, changes: [change], object: last as ApiObject };
  }
  return stored(state, object, context.clock);
}

type Parts = { status?: unknown; spec?: { finalizers?: unknown } };

/** What the path does not speak of stays as it was. */
function keepOtherPart(draft: Draft<ApiObject>, before: ApiObject, route: ResourceRoute, strategy: Strategy): void {
  const given = draft as unknown as Parts;
  const old = plainCopy(before) as unknown as Parts & Draft<ApiObject>;
  if (route.subresource === "status") {
    const { metadata } = draft;
    for (const field of strategy.keptByStatus) {
      if (old.metadata[field] === undefined) delete metadata[field];
      else metadata[field] = old.metadata[field] as never;
    }
    const { status } = given;
    for (const field of Object.keys(draft)) delete (draft as unknown as Record<string, unknown>)[field];
    Object.assign(draft, old, { metadata });
    if (status === undefined) delete given.status;
    else given.status = status;
    return;
  }
  if (!route.info.subresources.includes("status")) return;
  delete given.status;
  if (old.status !== undefined) given.status = old.status;
  if (route.kind !== "Namespace") return;
  // Only through `finalize` may those of a Namespace change.
  const finalizers = route.subresource === "finalize" ? given.spec?.finalizers : old.spec?.finalizers;
  given.spec = { ...given.spec, finalizers: finalizers ?? [] };
}

function countGeneration(draft: Draft<ApiObject>, before: ApiObject): void {
  draft.metadata.generation = (before.metadata.generation ?? 0) + 1;
}

/** Whether nobody holds what is marked as deleted any more (store.go, ShouldDeleteDuringUpdate). */
function isAtItsEnd({ kind, metadata, ...rest }: ApiObject): boolean {
  if (metadata.deletionTimestamp === undefined || (metadata.finalizers ?? []).length > 0) return false;
  if (kind === "Namespace") return ((rest as Parts).spec?.finalizers as readonly unknown[] | undefined)?.length === 0;
  return (metadata.deletionGracePeriodSeconds ?? 0) === 0;
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

/** @throws StatusError BadRequest */
function requireName(name: string | undefined, route: ResourceRoute): void {
  if (!name) {
    throw badRequest(`the name of the object (${route.name} based on URL) was undeterminable: name must be provided`);
  }
  if (name === route.name) return;
  throw badRequest(`the name of the object (${name}) does not match the name on the URL (${route.name})`);
}

/** Letters and digits that make no words (apimachinery pkg/util/rand). */
const nameLetters = "bcdfghjklmnpqrstvwxz2456789";
/** As often the API server draws when a name is taken. */
const nameDraws = 8;

function nameObject(draft: Draft<ApiObject>, state: ClusterState, route: ResourceRoute, random: Random): void {
  const { name, generateName } = draft.metadata;
  if (name || !generateName) return;
  const drawn = random.fork(`apiserver/name/${generateName}/${state.revision}`);
  for (let draw = 0; draw < nameDraws; draw++) {
    let suffix = "";
    for (let i = 0; i < 5; i++) suffix += nameLetters[drawn.below(nameLetters.length)];
    draft.metadata.name = generateName.slice(0, 58) + suffix;
    if (!state.tables[route.kind].has(objectKey(draft as ApiObject))) return;
  }
}

/** Nothing new comes into a Namespace that is not there or on its way out (admission plugin NamespaceLifecycle). */
function admitContent(state: ClusterState, { namespace, info }: ResourceRoute, name: string): void {
  if (namespace === undefined) return;
  const found = state.tables.Namespace.get(namespace);
  if (found === undefined) {
    throw notFound({ resource: "namespaces", plural: "namespaces", group: "" } as KindInfo, namespace);
  }
  if (found.metadata.deletionTimestamp === undefined) return;
  const detail = `unable to create new content in namespace ${namespace} because it is being terminated`;
  const message = `namespace ${namespace} is being terminated`;
  throw forbidden(info, name, detail, [{ reason: "NamespaceTerminating", message, field: "metadata.namespace" }]);
}

function accept(
  state: ClusterState,
  draft: Draft<ApiObject>,
  before: ApiObject | undefined,
  info: KindInfo,
  context: WriteContext,
): ApiObject {
  try {
    const object = acceptObject(state, draft, before, context);
    context.warnings.add(...warningsOf(object, before));
    return object;
  } catch (reason) {
    if (reason instanceof Refusal) throw invalidObject(info.qualified, draft.metadata.name ?? "", reason.errors);
    throw reason;
  }
}

function warningsOf(object: ApiObject, before: ApiObject | undefined): string[] {
  return (kindRules[object.kind].warnings?.(object as never, before as never) ?? []).map(({ message }) => message);
}

function stored(state: ClusterState, object: ApiObject, clock: Clock): Written {
  const { state: after, change } = putObject(state, object, clock);
  return { state: after, changes: [change], object: change.after! };
}
