import type { FieldReader } from "./field-reader.ts";
import { invalid, type Refusal, refuse } from "./refusal.ts";

/** The fields of k8s.io/component-base/logs/api/v1 that can be wrong beside their types; kube-proxy has the format text alone. */
export function logging(fields: FieldReader): Refusal[] {
  const format = fields.text("logging", "format") || "text";
  const flush = fields.at("logging", "flushFrequency");
  const split = fields.boolean("logging", "options", "text", "splitStream") === true;
  const alpha = fields.booleans("featureGates").LoggingAlphaOptions === true;
  return [
    ...(format === "text" ? [] : [invalid("logging.format", format, "Unsupported log format", ["logging", "format"])]),
    ...(typeof flush === "number" && flush < 0
      ? [invalid("logging.flushFrequency", flush, "Must be greater than zero", ["logging", "flushFrequency"])]
      : []),
    ...vmodule(fields),
    ...(split && !alpha
      ? [
          refuse(
            "logging.options.text.splitStream",
            "FieldValueForbidden",
            "Forbidden: Feature LoggingAlphaOptions is disabled",
            ["logging", "options", "text", "splitStream"],
          ),
        ]
      : []),
  ];
}

function vmodule(fields: FieldReader): Refusal[] {
  const list = fields.at("logging", "vmodule");
  if (!Array.isArray(list)) return [];
  return list.flatMap((item, i) => {
    if ((item as { readonly filePattern?: unknown } | null)?.filePattern) return [];
    const message = "Required value: File pattern must not be empty";
    return [refuse(`logging.vmodule[${i}]`, "FieldValueRequired", message, ["logging", "vmodule", i])];
  });
}
