import type { ApiObject } from "../../model/api-object.ts";
import type { Namespace } from "../../model/namespace.ts";
import type { Pod } from "../../model/pod.ts";
import { type Clock, epoch } from "../../runtime/clock.ts";
import { StatusError } from "../../runtime/errors.ts";
import { timestampOf } from "../../runtime/timestamp.ts";
import type { Change, ClusterState } from "../cluster-state.ts";
import type { PlainObject } from "../manifest/manifest-document.ts";
import { parseRfc3339 } from "../table/rfc3339.ts";
import { deleteObject, putObject } from "../write-object.ts";
import type { DeleteOptions } from "./delete-options.ts";
import { storageError } from "./kept-metadata.ts";
import { bodyOf } from "./object-body.ts";
import { keyOf, type ResourceRoute } from "./route.ts";
import { strategyOf } from "./strategy.ts";
import { requireObject } from "./write-verbs.ts";

/** What a deletion leads to. Nothing has been stored yet. */
export interface Removed {
  readonly state: ClusterState;
  readonly changes: readonly Change[];
  /** The object as it is now, or a Status that tells its end. */
  readonly body: PlainObject;
}

/**
 * `DELETE` of an object (apiserver pkg/registry/generic/registry/store.go, Delete). A Pod that runs is given time, what has
 * finalizers waits for those who hold them, a Namespace is emptied first: these are marked, and gone later.
 *
 * @throws StatusError NotFound, Conflict, Forbidden
 */
export function removeObject(state: ClusterState, route: ResourceRoute, options: DeleteOptions, clock: Clock): Removed {
  if (route.kind === "Namespace") requireMortal(route.name!);
  const before = requireObject(state, route);
  if (options.breaksStore) {
    const reason = "unsafe deletion is not allowed because the object is decodable from storage";
    throw storageError(before.metadata, route.info, strategyOf(route.kind, route.info.plural), reason);
  }
  requirePreconditions(before, route, options);
  if (before.kind === "Namespace") return removeNamespace(state, before, clock);
  const grace = before.kind === "Pod" ? graceOf(before, options) : undefined;
  if (grace === "pending") return { state, changes: [], body: bodyOf(before) };
  const finalizers = finalizersFor(before, options);
  if (grace === undefined && finalizers.length === 0) return removed(state, [], route, before);
  const marked = markedObject(before, grace ?? 0, finalizers, clock);
  const put = marked === before ? { state, changes: [] } : putChange(state, marked);
  if (finalizers.length > 0 || (grace ?? 0) > 0) {
    return { ...put, body: bodyOf(put.state.tables[route.kind].get(keyOf(route))!) };
  }
  return removed(put.state, put.changes, route, before);
}

/** Takes an object away at once. */
function removed(state: ClusterState, changes: readonly Change[], route: ResourceRoute, first: ApiObject): Removed {
  const result = deleteObject(state, route.kind, keyOf(route))!;
  const last = result.change.before!;
  const body = strategyOf(route.kind, route.info.plural).returnsDeleted
    ? bodyOf({ ...last, metadata: { ...last.metadata, resourceVersion: String(result.change.revision) } } as ApiObject)
    : successOf(route, first);
  return { state: result.state, changes: [...changes, result.change], body };
}

function successOf({ info }: ResourceRoute, { metadata }: ApiObject): PlainObject {
  const group = info.group === "" ? {} : { group: info.group };
  const details = { name: metadata.name, ...group, kind: info.plural, uid: metadata.uid ?? "" };
  return { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", details };
}

function putChange(state: ClusterState, object: ApiObject): { state: ClusterState; changes: readonly Change[] } {
  const result = putObject(state, object);
  return { state: result.state, changes: [result.change] };
}

/** @throws StatusError Conflict */
function requirePreconditions({ metadata }: ApiObject, { info }: ResourceRoute, options: DeleteOptions): void {
  const { uid, resourceVersion } = options;
  const subject = { name: metadata.name, kind: info.qualified };
  const refuse = (detail: string): never => {
    const message = `Operation cannot be fulfilled on ${info.qualified} ${JSON.stringify(metadata.name)}: ${detail}`;
    throw new StatusError("Conflict", message, { subject: { ...subject, ...groupOf(info) } });
  };
  if (uid !== undefined && uid !== metadata.uid) {
    const again = "The object might have been deleted and then recreated";
    refuse(`the UID in the precondition (${uid}) does not match the UID in record (${metadata.uid}). ${again}`);
  }
  if (resourceVersion === undefined || resourceVersion === metadata.resourceVersion) return;
  const found = `the ResourceVersion in record (${metadata.resourceVersion}). The object might have been modified`;
  refuse(`the ResourceVersion in the precondition (${resourceVersion}) does not match ${found}`);
}

function groupOf({ group }: ResourceRoute["info"]): { group?: string; kind?: string } {
  return group === "" ? {} : { group };
}

/**
 * Seconds that a Pod is given: those asked for, or its own; none where it runs nowhere or has ended. "pending" where it is
 * on its way out already, and no less time is asked for.
 */
function graceOf(
  { metadata, spec, status }: Pod,
  { gracePeriodSeconds }: DeleteOptions,
): number | "pending" | undefined {
  if (metadata.deletionTimestamp !== undefined) {
    const given = metadata.deletionGracePeriodSeconds;
    if (given === undefined) return undefined;
    return gracePeriodSeconds === undefined || gracePeriodSeconds >= given
      ? "pending"
      : Math.max(gracePeriodSeconds, 0);
  }
  if ((spec.nodeName ?? "") === "" || status?.phase === "Failed" || status?.phase === "Succeeded") return 0;
  const seconds = gracePeriodSeconds ?? spec.terminationGracePeriodSeconds ?? 0;
  return seconds < 0 ? 1 : seconds;
}

const orphaning: string = "orphan";
const foreground: string = "foregroundDeletion";

/** The garbage collector is asked by finalizers for what is to become of the dependents. */
function finalizersFor({ metadata }: ApiObject, { propagation }: DeleteOptions): readonly string[] {
  const given = metadata.finalizers ?? [];
  if (propagation === undefined) return given;
  const asked = propagation === "Orphan" ? [orphaning] : propagation === "Foreground" ? [foreground] : [];
  const has = given.filter((name) => name === orphaning || name === foreground);
  if (has.length === asked.length && has.every((name) => asked.includes(name))) return given;
  return [...given.filter((name) => !has.includes(name)), ...asked];
}

/** Marked to be deleted after `grace` seconds. Controllers must see that something has changed: the generation counts. */
function markedObject(object: ApiObject, grace: number, finalizers: readonly string[], clock: Clock): ApiObject {
  const { metadata } = object;
  const isNew = metadata.deletionTimestamp === undefined;
  if (!isNew && metadata.deletionGracePeriodSeconds === grace && finalizers === (metadata.finalizers ?? finalizers)) {
    return object;
  }
  const { finalizers: _, ...rest } = metadata;
  const generation = isNew && metadata.generation ? { generation: metadata.generation + 1 } : {};
  return {
    ...object,
    metadata: {
      ...rest,
      ...generation,
      ...(object.kind === "Pod" || isNew ? { deletionTimestamp: endOf(object, grace, clock) } : {}),
      deletionGracePeriodSeconds: grace,
      ...(finalizers.length === 0 ? {} : { finalizers }),
    },
  } as ApiObject;
}

/** A second deletion counts from the first. */
function endOf({ metadata }: ApiObject, grace: number, clock: Clock): string {
  const { deletionTimestamp, deletionGracePeriodSeconds = 0 } = metadata;
  if (deletionTimestamp === undefined) return timestampOf(clock.nowMs + grace * 1000);
  const end = parseRfc3339(deletionTimestamp)! + grace - deletionGracePeriodSeconds;
  return timestampOf((end - parseRfc3339(epoch)!) * 1000);
}

const immortal: readonly string[] = ["default", "kube-system", "kube-public"];

/** @throws StatusError Forbidden (admission plugin NamespaceLifecycle) */
function requireMortal(name: string): void {
  if (!immortal.includes(name)) return;
  throw new StatusError("Forbidden", `namespaces "${name}" is forbidden: this namespace may not be deleted`, {
    subject: { name, kind: "namespaces" },
  });
}

/** A Namespace waits for the namespace controller, who empties it. */
function removeNamespace(state: ClusterState, before: Namespace, clock: Clock): Removed {
  const { metadata, spec } = before;
  const isEmptied = (spec?.finalizers ?? []).length === 0 && (metadata.finalizers ?? []).length === 0;
  if (isEmptied && metadata.deletionTimestamp !== undefined) {
    const result = deleteObject(state, "Namespace", metadata.name)!;
    return { state: result.state, changes: [result.change], body: bodyOf(before) };
  }
  if (metadata.deletionTimestamp !== undefined) return { state, changes: [], body: bodyOf(before) };
  const result = putObject(state, {
    ...before,
    metadata: { ...metadata, deletionTimestamp: timestampOf(clock.nowMs) },
    status: { ...before.status, phase: "Terminating" },
  });
  return { state: result.state, changes: [result.change], body: bodyOf(result.change.after!) };
}
