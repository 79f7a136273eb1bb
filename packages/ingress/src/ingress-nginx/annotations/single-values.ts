import type { Service } from "@kubenetsim/core/model/service";
import { AnnotationProblem, isProblem, valueOr } from "./annotation-problem.ts";
import type { AnnotationFields, AnnotationReader } from "./annotation-reader.ts";
import { boolean, matching, oneOf, pathWithCapture, serverName, serverNames, serviceName } from "./value-checks.ts";

/** Annotations that stand alone: each is a parser of its own under internal/ingress/annotations. */
export const singleFields: AnnotationFields = {
  "server-alias": { check: serverNames, risk: "High" },
  "custom-http-errors": { check: matching(/^(?:[4,5]\d{2},?)*$/, { withoutSpaces: true }), risk: "Low" },
  "disable-proxy-intercept-errors": { check: boolean, risk: "Low" },
  "default-backend": { check: serviceName, risk: "Low" },
  "service-upstream": { check: boolean, risk: "Low" },
  "use-port-in-redirects": { check: boolean, risk: "Low" },
  "load-balance": {
    check: oneOf(["round_robin", "chash", "chashsubset", "sticky_balanced", "sticky_persistent", "ewma"]),
    risk: "Low",
  },
  "upstream-vhost": { check: serverName, risk: "Low" },
  "x-forwarded-prefix": { check: matching(pathWithCapture, { withoutSpaces: true }), risk: "Medium" },
  "backend-protocol": {
    check: oneOf(["auto_http", "http", "https", "grpc", "grpcs", "fcgi"], { anyCase: true }),
    risk: "Low",
  },
  satisfy: { check: oneOf(["any", "all"]), risk: "Low" },
  "connection-proxy-header": { check: matching(/^(close|keep-alive)$/, { withoutSpaces: true }), risk: "Low" },
  "ssl-passthrough": { check: boolean, risk: "Low" },
  "enable-global-auth": { check: boolean, risk: "Low" },
};

/** Whether one rule of access is enough (`any`) or all count; empty where the Ingress does not say. */
export function parseSatisfy(reader: AnnotationReader): string {
  const word = valueOr(reader.text("satisfy"), "");
  return ["any", "all"].includes(word) ? word : "";
}

/** Names between commas, sorted, each once. */
export function parseServerAlias(reader: AnnotationReader): readonly string[] | AnnotationProblem {
  const text = reader.text("server-alias");
  if (isProblem(text)) return text;
  const names = text.split(",").map((name) => name.trim());
  return [...new Set(names.filter((name) => name !== ""))].sort();
}

/** Status codes from 400 to 599. */
export function parseCustomHttpErrors(reader: AnnotationReader): readonly number[] | AnnotationProblem {
  const text = reader.text("custom-http-errors");
  if (isProblem(text)) return text;
  const codes = text.split(",").map((code) => code.trim());
  return codes.filter((code) => code !== "").map(Number);
}

/** The Service that answers where a location's own has no endpoints. */
export function parseDefaultBackend(
  reader: AnnotationReader,
  serviceOf: (key: string) => Service | undefined,
): Service | AnnotationProblem {
  const name = reader.text("default-backend");
  if (isProblem(name)) return name;
  const key = `${reader.ingress.metadata.namespace ?? ""}/${name}`;
  const why = `unexpected error reading service ${key}: no object matching key "${key}" in local store`;
  return serviceOf(key) ?? new AnnotationProblem("other", why);
}

/** One flag, `usual` where the Ingress does not say; what cannot be read counts as false. */
export function parseServiceUpstream(reader: AnnotationReader, usual: boolean): boolean {
  const value = reader.boolean("service-upstream");
  if (isProblem(value)) return value.kind === "missing" ? usual : false;
  return value;
}

/** How nginx talks to the endpoints: `HTTP` where the Ingress does not say. */
export function parseBackendProtocol(reader: AnnotationReader): string {
  const protocol = reader.text("backend-protocol");
  if (!isProblem(protocol)) return protocol;
  if (protocol.kind === "validation") {
    reader.log.warn("main.go:75", `validation error ${protocol.message}. Using HTTP as protocol`);
  }
  return "HTTP";
}
