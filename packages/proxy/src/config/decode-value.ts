import type { Plain } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import type { FieldType } from "./config-schema.ts";
import { parseGoDuration } from "./go-duration.ts";

/** Why Go's decoder takes no such value for a field; undefined when it does. */
export type DecodeProblem = string | undefined;

/**
 * What sigs.k8s.io/json, and what the types' own `UnmarshalJSON`, say of a value that is none of the type.
 *
 * @param field `KubeProxyConfiguration.mode`: the Go struct, and the path from the root without indices
 * @example decodeProblem("x", "bool", "KubeProxyConfiguration.enableProfiling");
 * // "json: cannot unmarshal string into Go struct field KubeProxyConfiguration.enableProfiling of type bool"
 */
export function decodeProblem(value: Plain, type: FieldType, field: string): DecodeProblem {
  if (value === null) return type === "v1.Duration" ? (parseGoDuration("") as string) : undefined;
  switch (type) {
    case "string":
    case "v1alpha1.ProxyMode":
    case "v1alpha1.LocalMode":
      return typeof value === "string" ? undefined : mismatch(kindOf(value), type, field);
    case "bool":
      return typeof value === "boolean" ? undefined : mismatch(kindOf(value), type, field);
    case "int32":
      return isInteger(value, -(2 ** 31), 2 ** 31 - 1) ? undefined : mismatch(shown(value), type, field);
    case "v1.VerbosityLevel":
      return isInteger(value, 0, 2 ** 32 - 1) ? undefined : mismatch(shown(value), type, field);
    case "float32":
      return isNumber(value) && Math.abs(Number(value)) < 2 ** 128 ? undefined : mismatch(shown(value), type, field);
    case "[]string":
      if (!Array.isArray(value)) return mismatch(kindOf(value), type, field);
      return first(value.map((item) => decodeProblem(item, "string", field)));
    case "map[string]bool":
      if (!isObject(value)) return mismatch(kindOf(value), type, field);
      return first(Object.values(value).map((item) => decodeProblem(item, "bool", field)));
    case "v1.Duration":
    case "*v1.Duration":
      return typeof value === "string" ? durationProblem(value) : mismatch(kindOf(value), "string", field);
    case "v1.TimeOrMetaDuration":
      return typeof value === "string" ? durationProblem(value) : nanosecondsProblem(value);
    case "v1.VModuleConfiguration":
      return Array.isArray(value) ? undefined : mismatch(kindOf(value), type, field);
    case "resource.QuantityValue":
      return quantityProblem(value);
  }
}

/** `kind` is what stands there: `string`, `number`, of a number that has not the range `number -1`. */
export function mismatch(kind: string, type: string, field: string): string {
  return `json: cannot unmarshal ${kind} into Go struct field ${field} of type ${type}`;
}

export function kindOf(value: Plain): string {
  if (Array.isArray(value)) return "array";
  if (typeof value === "boolean") return "bool";
  return typeof value === "bigint" ? "number" : typeof value;
}

export function isObject(value: Plain): value is { readonly [name: string]: Plain } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function shown(value: Plain): string {
  return isNumber(value) ? `number ${numberText(value)}` : kindOf(value);
}

/** As the decoder of YAML hands it on: what is larger than 64 bits has become a float. */
function numberText(value: number | bigint): string {
  return String(BigInt(2 ** 64) > value ? value : Number(value));
}

function isNumber(value: Plain): value is number | bigint {
  return typeof value === "number" || typeof value === "bigint";
}

function isInteger(value: Plain, least: number, most: number | bigint): boolean {
  return isNumber(value) && (typeof value === "bigint" || Number.isInteger(value)) && value >= least && value <= most;
}

function first(problems: readonly DecodeProblem[]): DecodeProblem {
  return problems.find((problem) => problem !== undefined);
}

function durationProblem(text: string): DecodeProblem {
  const duration = parseGoDuration(text);
  return typeof duration === "string" ? duration : undefined;
}

/** A `time.Duration` as JSON has it. */
function nanosecondsProblem(value: Plain): DecodeProblem {
  if (isInteger(value, -(2 ** 63), 2n ** 63n - 1n)) return undefined;
  const raw = JSON.stringify(isNumber(value) ? numberText(value) : JSON.stringify(value));
  return `invalid duration ${raw}: json: cannot unmarshal ${shown(value)} into Go value of type time.Duration`;
}

const quantity = /^[+-]?(?:\d+\.?\d*|\.\d+)([eEinumkKMGTP]*[-+]?\d*)$/;
const suffix = /^(?:|[numkMGTPE]|[KMGTPE]i|[eE][-+]?\d+)$/;

/** resource.ParseQuantity. */
function quantityProblem(value: Plain): DecodeProblem {
  const [, unit] = quantity.exec(typeof value === "object" ? "" : String(value)) ?? [];
  if (unit === undefined) {
    return "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
  }
  return suffix.test(unit) ? undefined : "unable to parse quantity's suffix";
}
