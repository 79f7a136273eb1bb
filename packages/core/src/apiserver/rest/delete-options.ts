import { decodeObject } from "../decode/decode-object.ts";
import type { PlainObject } from "../manifest/manifest-document.ts";
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
  /** The object is to go even where it cannot be read from the store. */
  readonly breaksStore: boolean;
}

export const unsafe = "ignoreStoreReadErrorWithClusterBreakingPotential";

/** `metav1.DeleteOptions` as they are sent. */
export interface GivenOptions {
  readonly gracePeriodSeconds?: number;
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
  readonly propagationPolicy?: string;
  readonly orphanDependents?: boolean;
  readonly dryRun?: readonly string[];
  readonly [unsafe]?: boolean;
}

/** From the body, and from the query where there is none. @throws StatusError BadRequest, Invalid, UnsupportedMediaType */
export function readDeleteOptions(request: RestRequest): DeleteOptions {
  return checkedOptions(request.body ? fromBody(request) : fromQuery(request.query));
}

/** Options that are decoded. @throws StatusError Invalid */
export function checkedOptions(given: GivenOptions): DeleteOptions {
  const { gracePeriodSeconds, preconditions, propagationPolicy, orphanDependents } = given;
  const dryRun = given.dryRun ?? [];
  const errors = [
    ...propagationErrors(propagationPolicy, orphanDependents),
    ...dryRunErrors(dryRun),
    ...unsafeErrors(given),
  ];
  if (errors.length > 0) throw invalidObject("DeleteOptions.meta.k8s.io", "", errors);
  const orphaned = orphanDependents ? "Orphan" : "Background";
  return {
    dryRun: dryRun.length > 0,
    gracePeriodSeconds,
    uid: preconditions?.uid,
    resourceVersion: preconditions?.resourceVersion,
    propagation: (propagationPolicy ?? (orphanDependents === undefined ? undefined : orphaned)) as
      | Propagation
      | undefined,
    breaksStore: given[unsafe] === true,
  };
}

function fromQuery(query: URLQuery): GivenOptions {
  const gracePeriodSeconds = readInteger(query.get("gracePeriodSeconds"));
  return {
    ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
    ...(query.has("propagationPolicy") ? { propagationPolicy: query.get("propagationPolicy")! } : {}),
    ...(query.has("orphanDependents") ? { orphanDependents: isTrue(query.get("orphanDependents")) } : {}),
    ...(query.has(unsafe) ? { [unsafe]: isTrue(query.get(unsafe)) } : {}),
    dryRun: dryRunOf(query),
  };
}

function fromBody(request: RestRequest): GivenOptions {
  requireJson(request);
  const text = request.body!;
  const wrong = bodyComplaint(text);
  if (wrong !== undefined) throw badRequest(wrong);
  const value = (JSON.parse(text) ?? {}) as PlainObject;
  const { kind = "DeleteOptions", apiVersion = "meta.k8s.io/v1" } = value;
  if (kind !== "DeleteOptions") {
    throw badRequest(
      `no kind "${kind}" is registered for version "${apiVersion}" in scheme "pkg/runtime/scheme.go:111"`,
    );
  }
  const { object, wrongType } = decodeObject(value, "meta.DeleteOptions");
  if (wrongType !== undefined) throw badRequest(wrongType.message);
  return object as GivenOptions;
}

const policies: readonly string[] = ["Foreground", "Background", "Orphan"];

function propagationErrors(policy: string | undefined, orphan: boolean | undefined): FieldError[] {
  const field = "propagationPolicy";
  if (policy === undefined) return [];
  const errors: FieldError[] = [];
  if (orphan !== undefined) {
    errors.push(invalid(field, policy, "orphanDependents and deletionPropagation cannot be both set"));
  }
  if (!policies.includes(policy)) errors.push(notSupported(field, policy, [...policies, "nil"]));
  return errors;
}

/** It goes with few other options (ValidateDeleteOptions). */
function unsafeErrors(given: GivenOptions): FieldError[] {
  if (given[unsafe] !== true) return [];
  const others = ["propagationPolicy", "orphanDependents", "gracePeriodSeconds", "preconditions"] as const;
  const together = others.filter((field) => given[field] !== undefined);
  return together.map((field) => invalid(unsafe, true, `cannot be set together with .${field}`));
}
