import type { ApiObject } from "../../model/api-object.ts";
import type { LabelSelector, Requirement } from "../../model/label-selector.ts";
import { printSelector } from "../../model/selector-text.ts";
import type { StatusError } from "../../runtime/errors.ts";
import type { ClusterState } from "../cluster-state.ts";
import { infoOf, type KindInfo } from "../decode/kinds.ts";
import type { Draft } from "../draft.ts";
import { decodeManagers, encodeManagers } from "../managed-fields/managers.ts";
import type { Writer } from "../managed-fields/ownership.ts";
import { parentManagers, scaleManagers } from "../managed-fields/scale-managers.ts";
import { setManagers, trackUpdate } from "../managed-fields/track-update.ts";
import type { PlainObject } from "../manifest/manifest-document.ts";
import { appliedDraft } from "../patch/apply-object.ts";
import { patchedDraft, requirePlace } from "../patch/patch-object.ts";
import type { PatchType } from "../patch/patch-type.ts";
import { plainCopy } from "../plain-copy.ts";
import { invalid, invalidObject } from "../validate/field-error.ts";
import type { ObjectView } from "./answer-form.ts";
import { decodeBody } from "./decode-body.ts";
import { requireUid } from "./kept-metadata.ts";
import { conflict } from "./refusals.ts";
import type { RequestBody } from "./request-body.ts";
import type { ResourceRoute } from "./route.ts";
import { strategyOf } from "./strategy.ts";
import type { WriteOptions } from "./write-options.ts";
import { requireObject, update, updater, type WriteContext, type Written } from "./write-verbs.ts";

/** What of a workload its scale tells. */
type Scaled = ApiObject & {
  readonly spec: { readonly replicas?: number; readonly selector?: LabelSelector };
  readonly status?: { readonly replicas?: number };
};

/** A workload as `autoscaling/v1` `Scale`. */
export function scaleOf(object: ApiObject): PlainObject {
  const { metadata, spec, status } = object as Scaled;
  const { name, namespace = "", uid = "", resourceVersion = "", creationTimestamp = "" } = metadata;
  const selector = spec.selector === undefined ? "" : printSelector(requirements(spec.selector));
  return {
    kind: "Scale",
    apiVersion: "autoscaling/v1",
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: spec.replicas ? { replicas: spec.replicas } : {},
    status: { replicas: status?.replicas ?? 0, ...(selector === "" ? {} : { selector }) },
  };
}

export const scaleView: ObjectView = { kind: "Scale", bodyOf: scaleOf };

/** `PUT` of a workload's scale: its replicas change, and nothing else. @throws StatusError */
export function replaceScale(
  state: ClusterState,
  route: ResourceRoute,
  body: RequestBody,
  options: WriteOptions,
  context: WriteContext,
): Written {
  const { draft, warnings } = decodeBody(body, "Scale", options.fieldValidation);
  context.warnings.add(...warnings);
  requirePlace(draft, route);
  const before = requireObject(state, route);
  requireUid(draft.metadata.uid, before, route.info, strategyOf(route.kind, route.info.plural));
  trackUpdate(draft, liveScale(before), scaleWriter(route, options, context));
  return scaled(state, route, before, draft, context);
}

/** `PATCH` of a workload's scale, by any patch there is. @throws StatusError */
export function patchScale(
  state: ClusterState,
  route: ResourceRoute,
  { type, text }: { readonly type: PatchType; readonly text: string },
  options: WriteOptions,
  context: WriteContext,
): Written {
  const before = requireObject(state, route);
  const live = liveScale(before);
  if (type === "apply") {
    const draft = appliedDraft(live, route, "Scale", text, options, context);
    requirePlace(draft, route);
    return scaled(state, route, before, draft, context);
  }
  const draft = patchedDraft(live, "Scale", { type, text }, options, context);
  requirePlace(draft, route);
  trackUpdate(draft, live, scaleWriter(route, options, context));
  return scaled(state, route, before, draft, context);
}

function scaleWriter(route: ResourceRoute, options: WriteOptions, context: WriteContext): Writer {
  return { ...updater(route, options, context), kind: "Scale" };
}

/** A workload's scale with who owns its replicas: what writes of it begin with. */
function liveScale(object: ApiObject): ApiObject {
  const scale = scaleOf(object);
  const entries = encodeManagers(scaleManagers(decodeManagers(object.metadata.managedFields) ?? new Map()));
  const metadata = { ...(scale.metadata as PlainObject), ...(entries === undefined ? {} : { managedFields: entries }) };
  return { ...scale, metadata } as unknown as ApiObject;
}

/**
 * A workload with the replicas of a written scale (pkg/registry/apps/deployment/storage, scaleUpdatedObjectInfo).
 *
 * @throws StatusError Invalid, Conflict
 */
function scaled(
  state: ClusterState,
  route: ResourceRoute,
  before: ApiObject,
  scale: Draft<ApiObject>,
  context: WriteContext,
): Written {
  const { replicas = 0 } = (scale as unknown as { spec?: { replicas?: number } }).spec ?? {};
  if (replicas < 0) {
    const refused = invalid("spec.replicas", replicas, "must be greater than or equal to 0");
    throw invalidObject(infoOf("Scale").qualified, route.name!, [refused]);
  }
  const { uid, resourceVersion, managedFields } = scale.metadata;
  if (uid && uid !== before.metadata.uid) throw otherWorkload(uid, before, route.info);
  const draft = plainCopy(before) as Draft<ApiObject> & { spec: { replicas?: number } };
  draft.spec.replicas = replicas;
  if (resourceVersion) draft.metadata.resourceVersion = resourceVersion;
  else delete draft.metadata.resourceVersion;
  const parent = decodeManagers(before.metadata.managedFields) ?? new Map();
  const owners = decodeManagers(managedFields as readonly unknown[] | undefined) ?? new Map();
  setManagers(draft, parentManagers(parent, owners, route.info.apiVersion));
  return update(state, { ...route, subresource: undefined }, before, draft, context);
}

function otherWorkload(uid: string, { metadata }: ApiObject, info: KindInfo): StatusError {
  const plural = `${info.plural}/scale`;
  const detail = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${metadata.uid}`;
  return conflict({ ...info, plural, resource: `${plural}.${info.group}` }, metadata.name, detail);
}

const operators = { In: "in", NotIn: "notin", Exists: "exists", DoesNotExist: "!" } as const;

function requirements({ matchLabels = {}, matchExpressions = [] }: LabelSelector): Requirement[] {
  const equalities = Object.entries(matchLabels).map(([key, value]) => ({
    key,
    operator: "=" as const,
    values: [value],
  }));
  const others = matchExpressions.map(({ key, operator, values = [] }) => ({
    key,
    operator: operators[operator],
    values: [...values].sort(),
  }));
  return [...equalities, ...others].sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
}
