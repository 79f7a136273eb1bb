import { type StatusCause, StatusError, type StatusSubject } from "../../runtime/errors.ts";
import type { FieldPath } from "../manifest/manifest-document.ts";

/** One refused field, worded as apimachinery's field.Error words it. */
export interface FieldError {
  /** As the message spells it: `spec.ports[0].port`. */
  readonly field: string;
  readonly reason: StatusCause["reason"];
  /** Without the field: `Invalid value: 0: must be between 1 and 65535, inclusive`. */
  readonly message: string;
}

export function required(field: string, detail = ""): FieldError {
  return { field, reason: "FieldValueRequired", message: withDetail("Required value", detail) };
}

export function invalid(field: string, value: unknown, detail: string): FieldError {
  return { field, reason: "FieldValueInvalid", message: withDetail(`Invalid value: ${printed(value)}`, detail) };
}

/** One error for each complaint about a value. */
export function invalidEach(field: string, value: unknown, complaints: readonly string[]): FieldError[] {
  return complaints.map((text) => invalid(field, value, text));
}

export function notFound(field: string, value: unknown, detail = ""): FieldError {
  return { field, reason: "FieldValueNotFound", message: withDetail(`Not found: ${printed(value)}`, detail) };
}

/** A value that is needed and must be one of a few. */
export function requiredOneOf(field: string, value: string | undefined, supported: readonly string[]): FieldError[] {
  return value ? optionalOneOf(field, value, supported) : [required(field)];
}

/** A value that may be left out. */
export function optionalOneOf(field: string, value: string | undefined, supported: readonly string[]): FieldError[] {
  return value === undefined || supported.includes(value) ? [] : [notSupported(field, value, supported)];
}

export function notNegative(field: string, value: number | undefined): FieldError[] {
  return (value ?? 0) < 0 ? [invalid(field, value, "must be greater than or equal to 0")] : [];
}

export function notSupported(field: string, value: unknown, supported: readonly string[]): FieldError {
  const list = supported.map((word) => JSON.stringify(word)).join(", ");
  return {
    field,
    reason: "FieldValueNotSupported",
    message: `Unsupported value: ${printed(value)}: supported values: ${list}`,
  };
}

export function duplicate(field: string, value: unknown): FieldError {
  return { field, reason: "FieldValueDuplicate", message: `Duplicate value: ${printed(value)}` };
}

export function forbidden(field: string, detail: string): FieldError {
  return { field, reason: "FieldValueForbidden", message: withDetail("Forbidden", detail) };
}

export function tooMany(field: string, count: number, most: number): FieldError {
  const detail = `must have at most ${most} items`;
  return { field, reason: "FieldValueTooMany", message: withDetail(`Too many: ${count}`, detail) };
}

export function tooLong(field: string, detail: string): FieldError {
  return { field, reason: "FieldValueTooLong", message: withDetail("Too long", detail) };
}

function withDetail(body: string, detail: string): string {
  return detail === "" ? body : `${body}: ${detail}`;
}

function printed(value: unknown): string {
  return value === undefined ? "null" : JSON.stringify(value);
}

/** A refusal found while defaults and allocations are made: it ends the work on the object. */
export class Refusal extends Error {
  readonly errors: readonly FieldError[];
  constructor(errors: readonly FieldError[]) {
    super("refused");
    this.errors = errors;
  }
}

/** The API server's answer for an object whose fields it refuses (apierrors.NewInvalid). */
export function invalidObject(
  qualifiedKind: string,
  name: string,
  errors: readonly FieldError[],
  details: { position?: StatusError["position"]; hint?: string } = {},
): StatusError {
  // What two rules refuse is told once (field.ErrorList.Filter).
  const byText = new Map(errors.map((error) => [`${error.field}: ${error.message}`, error]));
  const causes = [...byText.values()].map(({ field, reason, message }) => ({ field, reason, message }));
  const texts = [...byText.keys()];
  const list = texts.length === 1 ? texts[0] : `[${texts.join(", ")}]`;
  return new StatusError("Invalid", `${qualifiedKind} ${JSON.stringify(name)} is invalid: ${list}`, {
    causes,
    subject: subjectOf(qualifiedKind, name),
    ...(details.position === undefined ? {} : { position: details.position }),
    ...(details.hint === undefined ? {} : { hint: details.hint }),
  });
}

function subjectOf(qualifiedKind: string, name: string): StatusSubject {
  const [kind = "", ...group] = qualifiedKind.split(".");
  return { ...(name === "" ? {} : { name }), ...(group.length === 0 ? {} : { group: group.join(".") }), kind };
}

/** `spec.ports[0].port` as the steps from the root; keys in brackets (`annotations[a.b/c]`) are one step. */
export function stepsOf(field: string): FieldPath {
  const steps: (string | number)[] = [];
  for (const match of field.replace(/^metadata\.taints/, "spec.taints").matchAll(/\[([^\]]*)\]|([^.[]+)/g)) {
    if (match[2] !== undefined)
      steps.push(match[2] === "LoadBalancerSourceRanges" ? "loadBalancerSourceRanges" : match[2]);
    else steps.push(/^\d+$/.test(match[1]!) ? Number(match[1]) : match[1]!);
  }
  return steps;
}
