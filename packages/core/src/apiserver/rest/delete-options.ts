import { type FieldError, invalid, invalidObject, notSupported } from "../validate/field-error.ts";
import { isTrue, readInteger } from "./list-options.ts";
import { badRequest } from "./refusals.ts";
import type { RestRequest, URLQuery } from "./request.ts";
import { bodyComplaint, requireJson } from "./request-body.ts";
import { dryRunErrors, dryRunOf } from "./write-options.ts";

export type Propagation = "Foreground" | "Background" | "Orphan";

/** `metav1.DeleteOptions`. */
export interface DeleteOptions {
  readonly dryRun: boolean;
  readonly gracePeriodSeconds: number | undefined;
  readonly uid: string | undefined;
  readonly resourceVersion: string | undefined;
  /** Undefined leaves it to the object's finalizers. */
  readonly propagation: Propagation | undefined;
}

interface GivenOptions {
  readonly gracePeriodSeconds?: number | null;
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string } | null;
  readonly propagationPolicy?: string | null;
  readonly orphanDependents?: boolean | null;
  readonly dryRun?: readonly string[] | null;
}

/** From the body, and from the query where there is none. @throws StatusError BadRequest, Invalid, UnsupportedMediaType */
export function readDeleteOptions(request: RestRequest): DeleteOptions {
  const given = request.body ? fromBody(request) : fromQuery(request.query);
  const { gracePeriodSeconds, preconditions, propagationPolicy, orphanDependents } = given;
  const dryRun = given.dryRun ?? [];
  const errors = [...propagationErrors(propagationPolicy, orphanDependents), ...dryRunErrors(dryRun)];
  if (errors.length > 0) throw invalidObject("DeleteOptions.meta.k8s.io", "", errors);
  const orphaned = orphanDependents ? "Orphan" : "Background";
  return {
    dryRun: dryRun.length > 0,
    gracePeriodSeconds: gracePeriodSeconds ?? undefined,
    uid: preconditions?.uid,
    resourceVersion: preconditions?.resourceVersion,
    propagation: (propagationPolicy ?? (typeof orphanDependents === "boolean" ? orphaned : undefined)) as
      | Propagation
      | undefined,
  };
}

function fromQuery(query: URLQuery): GivenOptions {
  const gracePeriodSeconds = readInteger(query.get("gracePeriodSeconds"));
  return {
    ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
    ...(query.has("propagationPolicy") ? { propagationPolicy: query.get("propagationPolicy")! } : {}),
    ...(query.has("orphanDependents") ? { orphanDependents: isTrue(query.get("orphanDependents")) } : {}),
    dryRun: dryRunOf(query),
  };
}

function fromBody(request: RestRequest): GivenOptions {
  requireJson(request);
  const text = request.body!;
  const wrong = bodyComplaint(text);
  if (wrong !== undefined) throw badRequest(wrong);
  const value = (JSON.parse(text) ?? {}) as Record<string, unknown>;
  const { kind = "DeleteOptions", apiVersion = "meta.k8s.io/v1" } = value;
  if (kind !== "DeleteOptions") {
    throw badRequest(
      `no kind "${kind}" is registered for version "${apiVersion}" in scheme "pkg/runtime/scheme.go:111"`,
    );
  }
  requireType(value, "gracePeriodSeconds", "number", "int64");
  requireType(value, "orphanDependents", "boolean", "bool");
  requireType(value, "propagationPolicy", "string", "v1.DeletionPropagation");
  return value as GivenOptions;
}

function requireType(value: Readonly<Record<string, unknown>>, field: string, type: string, goType: string): void {
  const given = value[field];
  if (given === undefined || given === null || typeof given === type) return;
  const found = typeof given === "boolean" ? "bool" : Array.isArray(given) ? "array" : typeof given;
  throw badRequest(`json: cannot unmarshal ${found} into Go struct field DeleteOptions.${field} of type ${goType}`);
}

const policies: readonly string[] = ["Foreground", "Background", "Orphan"];

function propagationErrors(policy: string | null | undefined, orphan: boolean | null | undefined): FieldError[] {
  const field = "propagationPolicy";
  if (policy === undefined || policy === null) return [];
  const errors: FieldError[] = [];
  if (typeof orphan === "boolean") {
    errors.push(invalid(field, policy, "orphanDependents and deletionPropagation cannot be both set"));
  }
  if (!policies.includes(policy)) errors.push(notSupported(field, policy, [...policies, "nil"]));
  return errors;
}
