import type { FieldPath } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { isGateOn } from "./feature-gates.ts";
import type { FieldReader } from "./field-reader.ts";
import { parseGoDuration } from "./go-duration.ts";
import { invalid, type Refusal, refuse } from "./refusal.ts";

const mostVerbose = 2 ** 31 - 1;
const tooVerbose = `Must be <= ${mostVerbose}`;

/** k8s.io/component-base/logs/api/v1, Validate; kube-proxy has the formats text and json. */
export function logging(fields: FieldReader): Refusal[] {
  const format = fields.text("logging", "format") || "text";
  const verbosity = fields.integer("logging", "verbosity") ?? 0;
  return [
    ...flushFrequency(fields),
    ...logFormat(fields, format),
    ...(verbosity > mostVerbose ? [invalid("logging.verbosity", verbosity, tooVerbose, ["logging", "verbosity"])] : []),
    ...vmodule(fields, format),
    ...alphaOptions(fields, "text"),
    ...alphaOptions(fields, "json"),
  ];
}

/** 0 stands for the default. */
function flushFrequency(fields: FieldReader): Refusal[] {
  const path = ["logging", "flushFrequency"];
  const given = fields.at(...path) ?? 0;
  const time = typeof given === "string" ? (parseGoDuration(given) as number) : Number(given);
  return time < 0 ? [invalid("logging.flushFrequency", given, "Must be greater than zero", path)] : [];
}

function logFormat(fields: FieldReader, format: string): Refusal[] {
  const path = ["logging", "format"];
  if (format === "text") return [];
  if (format !== "json") return [invalid("logging.format", format, "Unsupported log format", path)];
  if (isGateOn("LoggingBetaOptions", fields.booleans("featureGates"))) return [];
  const message = "Forbidden: Log format json is disabled, see LoggingBetaOptions feature";
  return [refuse("logging.format", "FieldValueForbidden", message, path)];
}

function vmodule(fields: FieldReader, format: string): Refusal[] {
  const path = ["logging", "vmodule"];
  const items = (fields.at(...path) ?? []) as readonly unknown[];
  const refusals = items.flatMap((_, i) => vmoduleItem(fields, [...path, i]));
  if (items.length === 0 || format === "text") return refusals;
  const message = "Forbidden: Only supported for text log format";
  return [refuse("logging.vmodule", "FieldValueForbidden", message, path), ...refusals];
}

function vmoduleItem(fields: FieldReader, path: FieldPath): Refusal[] {
  const field = `logging.vmodule[${path.at(-1)}]`;
  const pattern = fields.text(...path, "filePattern") ?? "";
  const verbosity = fields.integer(...path, "verbosity") ?? 0;
  const refusals: Refusal[] = [];
  if (pattern === "") {
    refusals.push(refuse(field, "FieldValueRequired", "Required value: File pattern must not be empty", path));
  }
  if (/[=,]/.test(pattern)) {
    refusals.push(invalid(field, pattern, "File pattern must not contain equal sign or comma", path));
  }
  if (verbosity > mostVerbose) refusals.push(invalid(field, verbosity, tooVerbose, path));
  return refusals;
}

function alphaOptions(fields: FieldReader, format: "text" | "json"): Refusal[] {
  if (isGateOn("LoggingAlphaOptions", fields.booleans("featureGates"))) return [];
  const section = ["logging", "options", format];
  const size = String(fields.at(...section, "infoBufferSize") ?? "0");
  const given = [
    ...(fields.boolean(...section, "splitStream") === true ? ["splitStream"] : []),
    ...(/^[^eE]*[1-9]/.test(size) ? ["infoBufferSize"] : []),
  ];
  const message = "Forbidden: Feature LoggingAlphaOptions is disabled";
  return given.map((name) =>
    refuse(`logging.options.${format}.${name}`, "FieldValueForbidden", message, [...section, name]),
  );
}
