import type { ApiObject } from "../../model/api-object.ts";
import { ParseError, StatusError } from "../../runtime/errors.ts";
import { timestampOf } from "../../runtime/timestamp.ts";
import type { ClusterState } from "../cluster-state.ts";
import { decodeObject } from "../decode/decode-object.ts";
import { type BodyKind, infoOf } from "../decode/kinds.ts";
import type { Draft } from "../draft.ts";
import { applyConflict } from "../managed-fields/apply-conflict.ts";
import { type AppliedFields, applyFields } from "../managed-fields/apply-fields.ts";
import { problemsOf } from "../managed-fields/check-applied.ts";
import { withLastApplied, withoutOwnFields } from "../managed-fields/last-applied.ts";
import { objectType, type Writer } from "../managed-fields/ownership.ts";
import { setManagers } from "../managed-fields/track-update.ts";
import type { Plain, PlainObject } from "../manifest/manifest-document.ts";
import { readValues } from "../manifest/read-manifests.ts";
import { yamlProblem } from "../manifest/yaml-problem.ts";
import { plainCopy } from "../plain-copy.ts";
import { badRequest, conflict } from "../rest/refusals.ts";
import { keyOf, type ResourceRoute } from "../rest/route.ts";
import type { WriteOptions } from "../rest/write-options.ts";
import { createDraft, update, type WriteContext, type Written } from "../rest/write-verbs.ts";
import { invalidObject, required } from "../validate/field-error.ts";
import { jsonTypeOf } from "./go-text.ts";
import { requirePlace, requireSameUid } from "./patch-object.ts";

/** `PATCH` by an applied configuration: server-side apply (handlers/patch.go, applyPatcher). @throws StatusError */
export function applyObject(
  state: ClusterState,
  route: ResourceRoute,
  text: string,
  options: WriteOptions,
  context: WriteContext,
): Written {
  const live = state.tables[route.kind].get(keyOf(route)) as ApiObject | undefined;
  const draft = appliedDraft(live, route, route.kind, text, options, context);
  if (live === undefined && draft.metadata.uid) throw noSuchUid(draft.metadata.uid, route);
  requirePlace(draft, route);
  if (live === undefined) delete draft.metadata.resourceVersion;
  else requireSameUid(draft, live, route);
  if (live === undefined) return createDraft(state, route, draft, context);
  return update(state, route, live, draft, context);
}

/** What an applied configuration makes of an object, with its managers. @param kind the object's; a scale is no workload */
export function appliedDraft(
  live: ApiObject | undefined,
  route: ResourceRoute,
  kind: BodyKind,
  text: string,
  options: WriteOptions,
  context: WriteContext,
): Draft<ApiObject> {
  if (options.givenFieldManager === "") throw managerMissing();
  const config = readConfiguration(text, kind);
  const writer: Writer = {
    kind,
    subresource: route.subresource,
    manager: options.givenFieldManager,
    operation: "Apply",
    time: timestampOf(context.clock.nowMs),
  };
  const applied = applyFields(live, config, writer);
  const isKubectl = writer.manager === "kubectl";
  const conflicts = isKubectl ? withoutOwnFields(applied.conflicts, live) : applied.conflicts;
  if (conflicts.length > 0 && options.force !== true) throw applyConflict(conflicts);
  const draft = draftOf(applied, live, kind, isKubectl ? config : undefined);
  setManagers(draft, applied.managers);
  return draft;
}

function noSuchUid(uid: string, { info, name }: ResourceRoute): StatusError {
  return conflict(
    info,
    name!,
    `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`,
  );
}

/** @param config what kubectl applies; its annotation follows it */
function draftOf(
  { object }: AppliedFields,
  live: ApiObject | undefined,
  kind: BodyKind,
  config: PlainObject | undefined,
): Draft<ApiObject> {
  const { apiVersion, struct } = infoOf(kind);
  const next = object ?? (plainCopy(live) as unknown as PlainObject);
  const decoded = decodeObject(config === undefined ? next : withLastApplied(next, config), struct);
  if (decoded.wrongType !== undefined) throw new StatusError("Unknown", decoded.wrongType.message);
  const draft = { ...decoded.object, apiVersion, kind } as unknown as Draft<ApiObject>;
  draft.metadata ??= {} as Draft<ApiObject>["metadata"];
  return draft;
}

/** @throws StatusError for what is no YAML, of another type, or does not fit the schema */
function readConfiguration(text: string, wanted: BodyKind): PlainObject {
  const value = firstValue(text);
  const config = (value ?? {}) as PlainObject;
  if (typeof config !== "object" || Array.isArray(config)) {
    throw badRequest(
      `error decoding patch: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${jsonTypeOf(config)} into Go value of type map[string]interface {}`,
    );
  }
  const {
    apiVersion = "",
    kind = "",
    metadata,
  } = config as { apiVersion?: string; kind?: string; metadata?: PlainObject };
  if (apiVersion !== infoOf(wanted).apiVersion || kind !== wanted) {
    const slash = apiVersion.indexOf("/");
    const [group, version] = slash < 0 ? ["", apiVersion] : [apiVersion.slice(0, slash), apiVersion.slice(slash + 1)];
    throw badRequest(`invalid object type: ${group}/${version}, Kind=${kind}`);
  }
  if (metadata?.managedFields !== undefined && metadata.managedFields !== null) {
    throw badRequest("metadata.managedFields must be nil");
  }
  const problems = problemsOf(config, objectType(wanted));
  if (problems.length > 0) throw misfit(config, problems, wanted);
  return config;
}

function firstValue(text: string): Plain {
  try {
    return [...readValues(text, "patch")][0] ?? null;
  } catch (reason) {
    if (!(reason instanceof ParseError)) throw reason;
    const problem = yamlProblem(reason, text);
    // What looks like JSON is not converted before it is decoded.
    if (/^\s*\{/.test(text)) throw badRequest(`error decoding patch: ${problem}`);
    throw badRequest(`error encoding patch: ${problem.replace("error converting YAML to JSON: ", "")}`);
  }
}

function misfit(config: PlainObject, problems: readonly string[], kind: BodyKind): StatusError {
  const { namespace = "", name = "" } = (config.metadata ?? {}) as { namespace?: string; name?: string };
  const list = problems.length === 1 ? problems[0]! : `errors:\n${problems.map((one) => `  ${one}`).join("\n")}`;
  const { group, version } = infoOf(kind);
  const type = `${group}/${version}, Kind=${kind}`;
  return new StatusError("Unknown", `failed to create typed patch object (${namespace}/${name}; ${type}): ${list}`);
}

function managerMissing(): StatusError {
  const { message, causes } = invalidObject("PatchOptions.meta.k8s.io", "", [
    required("fieldManager", "is required for apply patch"),
  ]);
  return new StatusError("Invalid", message, { causes, subject: { group: "meta.k8s.io", kind: "PatchOptions" } });
}
