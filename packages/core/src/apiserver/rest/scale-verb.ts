import type { ApiObject } from "../../model/api-object.ts";
import type { LabelSelector, Requirement } from "../../model/label-selector.ts";
import { printSelector } from "../../model/selector-text.ts";
import type { ClusterState } from "../cluster-state.ts";
import type { Draft } from "../draft.ts";
import type { PlainObject } from "../manifest/manifest-document.ts";
import { plainCopy } from "../plain-copy.ts";
import { invalid, invalidObject } from "../validate/field-error.ts";
import type { ObjectView } from "./answer-form.ts";
import { requireRevision } from "./kept-metadata.ts";
import { badRequest } from "./refusals.ts";
import type { RequestBody } from "./request-body.ts";
import type { ResourceRoute } from "./route.ts";
import { requireObject, update, type WriteContext, type Written } from "./write-verbs.ts";

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
  { value }: RequestBody,
  context: WriteContext,
): Written {
  requireScale(value);
  const { metadata = {}, spec = {} } = value as {
    metadata?: { name?: string; resourceVersion?: string };
    spec?: PlainObject;
  };
  const { name, resourceVersion } = metadata;
  if (!name) {
    throw badRequest(`the name of the object (${route.name} based on URL) was undeterminable: name must be provided`);
  }
  if (name !== route.name) {
    throw badRequest(`the name of the object (${name}) does not match the name on the URL (${route.name})`);
  }
  const before = requireObject(state, route);
  requireRevision(resourceVersion, before, route.info);
  return scaled(state, route, before, spec.replicas ?? 0, context);
}

/** A workload with so many replicas. @throws StatusError Invalid */
export function scaled(
  state: ClusterState,
  route: ResourceRoute,
  before: ApiObject,
  replicas: unknown,
  context: WriteContext,
): Written {
  if (typeof replicas !== "number" || !Number.isInteger(replicas)) {
    const found = typeof replicas === "number" ? `number ${replicas}` : typeof replicas;
    const problem = `json: cannot unmarshal ${found} into Go struct field ScaleSpec.spec.replicas of type int32`;
    throw badRequest(`Scale in version "v1" cannot be handled as a Scale: ${problem}`);
  }
  if (replicas < 0) {
    const refused = invalid("spec.replicas", replicas, "must be greater than or equal to 0");
    throw invalidObject("Scale.autoscaling", route.name!, [refused]);
  }
  const draft = plainCopy(before) as Draft<ApiObject> & { spec: { replicas?: number } };
  draft.spec.replicas = replicas;
  return update(state, { ...route, subresource: undefined }, before, draft, context);
}

/** @throws StatusError BadRequest */
function requireScale(value: PlainObject): void {
  const kind = (value.kind as string | null | undefined) || "Scale";
  const apiVersion = (value.apiVersion as string | null | undefined) || "autoscaling/v1";
  if (kind === "Scale" && apiVersion === "autoscaling/v1") return;
  const version = apiVersion.slice(apiVersion.indexOf("/") + 1);
  const reason = `no kind "${kind}" is registered for version "${apiVersion}" in scheme "pkg/runtime/scheme.go:111"`;
  throw badRequest(`${kind} in version "${version}" cannot be handled as a Scale: ${reason}`);
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
