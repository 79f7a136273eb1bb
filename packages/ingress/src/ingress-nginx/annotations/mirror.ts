import { isProblem, valueOr } from "./annotation-problem.ts";
import type { AnnotationFields, AnnotationReader } from "./annotation-reader.ts";
import { hostOfUrl } from "./external-auth.ts";
import { matching, serverName } from "./value-checks.ts";

/** Where a copy of each request goes, whose answer nobody waits for. */
export interface Mirror {
  /** Path of the location that sends it; empty for none. */
  readonly source: string;
  /** `on` or `off`. */
  readonly requestBody: string;
  /** A URL, with nginx's variables. */
  readonly target: string;
  readonly host: string;
}

export const noMirror: Mirror = { source: "", requestBody: "", target: "", host: "" };

export const mirrorFields: AnnotationFields = {
  "mirror-request-body": { check: matching(/^(on|off)$/, { withoutSpaces: true }), risk: "Low" },
  "mirror-target": { check: serverName, risk: "High" },
  "mirror-host": { check: serverName, risk: "High" },
};

/** internal/ingress/annotations/mirror. */
export function parseMirror(reader: AnnotationReader): Mirror {
  const isRefused = (value: unknown): boolean => isProblem(value) && value.kind === "validation";
  const warn = (name: string, line: number, more: string): void => {
    reader.log.warn(`main.go:${line}`, `annotation ${name} contains invalid value${more}`);
  };
  const body = reader.text("mirror-request-body");
  if (isRefused(body)) warn("mirror-request-body", 124, "");
  const target = reader.text("mirror-target");
  if (isRefused(target)) warn("mirror-target", 132, ", defaulting");
  const host = reader.text("mirror-host");
  if (isRefused(host)) warn("mirror-host", 142, ", defaulting");
  const url = valueOr(target, "");
  const isSet = !isProblem(target) || target.kind === "validation";
  return {
    source: isSet ? `/_mirror-${reader.ingress.metadata.uid ?? ""}` : "",
    requestBody: body === "off" ? "off" : "on",
    target: url,
    host: isProblem(host) ? (url === "" ? "" : valueOr(hostOfUrl(url.split("$")[0]!), "").replace(/:\d*$/, "")) : host,
  };
}
