import type { ApiObject, Kind } from "../model/api-object.ts";
import type { ClusterState } from "./cluster-state.ts";
import { kinds } from "./decode/kinds.ts";
import { dropEmpty } from "./decode/without-empty.ts";
import type { Draft } from "./draft.ts";
import { kindRules } from "./kind-rules.ts";
import type { KindRules, Write } from "./kinds/rules.ts";
import { plainCopy } from "./plain-copy.ts";
import { type FieldError, Refusal } from "./validate/field-error.ts";
import { validateMetadata } from "./validate/metadata.ts";

/** Fills in what is left out, as decoding into a versioned type does. */
export function setDefaults(draft: Draft<ApiObject>): void {
  rulesOf(draft.kind).setDefaults(draft);
}

/**
 * Allocates and validates a draft whose defaults stand; what comes out is ready to be stored.
 *
 * @throws Refusal with the refused fields, StatusError for an answer about the whole object.
 */
export function acceptObject(
  state: ClusterState,
  draft: Draft<ApiObject>,
  before: ApiObject | undefined,
  write: Write,
): ApiObject {
  const rules = rulesOf(draft.kind);
  const object = draft as ApiObject;
  rules.prepare?.(state, draft, before, write);
  const { namespaced, struct } = kinds[draft.kind];
  const errors =
    write.ofStatus === true && before !== undefined && rules.validateStatus !== undefined
      ? rules.validateStatus(object, before)
      : rules.validate(object, before, write.isKnown);
  if (rules.metadataLast === true) refuse(errors);
  refuse([...validateMetadata(object.metadata, namespaced, rules.checkName), ...errors]);
  rules.decorate?.(draft);
  dropEmpty(draft, struct);
  return object;
}

function rulesOf(kind: Kind): KindRules<ApiObject> {
  return kindRules[kind] as unknown as KindRules<ApiObject>;
}

function refuse(errors: readonly FieldError[]): void {
  if (errors.length > 0) throw new Refusal(errors);
}

/** What belongs to the stored object and what the status last said, where the new one leaves it out. */
export function keepSystemFields(draft: Draft<ApiObject>, before: ApiObject | undefined): void {
  if (before === undefined) {
    if (specCounts(draft.kind)) draft.metadata.generation ??= 1;
    return;
  }
  const { uid, creationTimestamp, generation } = before.metadata;
  if (uid !== undefined) draft.metadata.uid = uid;
  if (creationTimestamp !== undefined) draft.metadata.creationTimestamp = creationTimestamp;
  if (generation !== undefined) draft.metadata.generation = generation;
  const stored = before as { status?: unknown };
  const given = draft as { status?: unknown };
  if (given.status === undefined && stored.status !== undefined) given.status = plainCopy(stored.status);
}

const countedKinds: ReadonlySet<Kind> = new Set([
  "Pod",
  "Deployment",
  "ReplicaSet",
  "StatefulSet",
  "DaemonSet",
  "EndpointSlice",
  "Ingress",
  "IngressClass",
]);

/** Kinds whose `generation` the API server counts. */
function specCounts(kind: Kind): boolean {
  return countedKinds.has(kind);
}
