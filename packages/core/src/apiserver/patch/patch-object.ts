import type { ApiObject } from "../../model/api-object.ts";
import { StatusError } from "../../runtime/errors.ts";
import { setDefaults } from "../accept-object.ts";
import type { ClusterState } from "../cluster-state.ts";
import { type BodyKind, infoOf } from "../decode/kinds.ts";
import type { Draft } from "../draft.ts";
import { trackUpdate } from "../managed-fields/track-update.ts";
import { badRequest } from "../rest/refusals.ts";
import type { ResourceRoute } from "../rest/route.ts";
import type { WriteOptions } from "../rest/write-options.ts";
import { requireObject, update, updater, type WriteContext, type Written } from "../rest/write-verbs.ts";
import { forbidden, invalid, invalidObject } from "../validate/field-error.ts";
import type { PatchType } from "./patch-type.ts";
import { patchByJson, patchByStrategy } from "./patched-draft.ts";

/** A patch as it was sent. */
export interface GivenPatch {
  readonly type: Exclude<PatchType, "apply">;
  readonly text: string;
}

/** `PATCH` of an object, or of its status, by a JSON, merge or strategic merge patch. @throws StatusError */
export function patchObject(
  state: ClusterState,
  route: ResourceRoute,
  patch: GivenPatch,
  options: WriteOptions,
  context: WriteContext,
): Written {
  const before = requireObject(state, route);
  const draft = patchedDraft(before, route.kind, patch, options, context);
  requirePlace(draft, route);
  requireSameUid(draft, before, route);
  setDefaults(draft);
  trackUpdate(draft, before, updater(route, options, context));
  return update(state, route, before, draft, context);
}

/** What a patch makes of an object of a kind, nothing of it defaulted nor checked. */
export function patchedDraft(
  before: object,
  kind: BodyKind,
  { type, text }: GivenPatch,
  options: WriteOptions,
  { warnings }: WriteContext,
): Draft<ApiObject> {
  if (options.force !== undefined) throw forceForbidden();
  const { struct, apiVersion } = infoOf(kind);
  const subject = { kind, apiVersion, struct };
  const patched =
    type === "strategic"
      ? patchByStrategy(before, subject, text, options.fieldValidation)
      : patchByJson(before, subject, type, text, options.fieldValidation);
  warnings.add(...patched.warnings);
  const draft = { ...patched.object, apiVersion, kind } as unknown as Draft<ApiObject>;
  draft.metadata ??= {} as Draft<ApiObject>["metadata"];
  return draft;
}

/** A patch may not move an object (rest.EnsureObjectNamespaceMatchesRequestNamespace, handlers.checkName). */
export function requirePlace(draft: Draft<ApiObject>, route: ResourceRoute): void {
  const { metadata } = draft;
  if (route.namespace !== undefined && (metadata.namespace ?? route.namespace) !== route.namespace) {
    throw badRequest("the namespace of the provided object does not match the namespace sent on the request");
  }
  if (route.namespace !== undefined) metadata.namespace = route.namespace;
  if (!metadata.name) {
    throw badRequest(`the name of the object (${route.name} based on URL) was undeterminable: name must be provided`);
  }
  if (metadata.name !== route.name) {
    throw badRequest(`the name of the object (${metadata.name}) does not match the name on the URL (${route.name})`);
  }
}

/** @throws StatusError where a patch says that it is another object */
export function requireSameUid({ metadata }: Draft<ApiObject>, before: ApiObject, { info, name }: ResourceRoute): void {
  const { uid } = metadata;
  if (!uid || uid === before.metadata.uid) return;
  throw invalidObject(info.qualified, name!, [invalid("metadata.uid", uid, "field is immutable")]);
}

function forceForbidden(): StatusError {
  const refused = forbidden("force", "may not be specified for non-apply patch");
  const { message, causes } = invalidObject("PatchOptions.meta.k8s.io", "", [refused]);
  return new StatusError("Invalid", message, { causes, subject: { group: "meta.k8s.io", kind: "PatchOptions" } });
}
