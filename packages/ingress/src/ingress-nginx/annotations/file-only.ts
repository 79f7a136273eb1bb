import { type AnnotationProblem, isProblem, valueOr } from "./annotation-problem.ts";
import type { AnnotationField, AnnotationFields, AnnotationReader } from "./annotation-reader.ts";
import { anything, basicCharacters, boolean, matching, nginxVariable, sizeText } from "./value-checks.ts";

const spaceless = { withoutSpaces: true };
const flag: AnnotationField = { check: boolean, risk: "Low" };
const ciphers = /^(?:(?:[A-Za-z0-9!:+\-_])*(?:@STRENGTH)*(?:@SECLEVEL=[0-5])*(?:@STRENGTH)*)*$/;

/** Those that change nginx's file, but neither who answers a request nor what is answered. */
export const fileOnlyFields: AnnotationFields = {
  "client-body-buffer-size": { check: matching(sizeText, spaceless), risk: "Low" },
  "enable-access-log": flag,
  "enable-rewrite-log": flag,
  "http2-push-preload": flag,
  "ssl-ciphers": { check: matching(ciphers, spaceless), risk: "Low" },
  "ssl-prefer-server-ciphers": flag,
  "enable-opentelemetry": flag,
  "opentelemetry-trust-incoming-span": flag,
  "opentelemetry-operation-name": { check: matching(/^[A-Za-z0-9_-]*$/, spaceless), risk: "Medium" },
};

/** Those that could change what is answered, in ways that are not modelled. */
export const unmodelledFields: AnnotationFields = {
  "enable-modsecurity": flag,
  "enable-owasp-core-rules": flag,
  "modsecurity-transaction-id": { check: matching(nginxVariable, spaceless), risk: "High" },
  "modsecurity-snippet": { check: anything, risk: "Critical" },
  "configuration-snippet": { check: anything, risk: "Critical" },
  "server-snippet": { check: anything, risk: "Critical" },
  "stream-snippet": { check: anything, risk: "Critical" },
  "fastcgi-index": { check: matching(/^[A-Za-z0-9.\-_]+$/, spaceless), risk: "Medium" },
  "fastcgi-params-configmap": { check: matching(basicCharacters, spaceless), risk: "Medium" },
};

/** The names of their parsers in the program. */
export const groupsOfOthers: Readonly<Record<string, string>> = {
  "client-body-buffer-size": "ClientBodyBufferSize",
  "enable-access-log": "Logs",
  "enable-rewrite-log": "Logs",
  "http2-push-preload": "HTTP2PushPreload",
  "ssl-ciphers": "SSLCipher",
  "ssl-prefer-server-ciphers": "SSLCipher",
  "enable-opentelemetry": "Opentelemetry",
  "opentelemetry-trust-incoming-span": "Opentelemetry",
  "opentelemetry-operation-name": "Opentelemetry",
  "enable-modsecurity": "ModSecurity",
  "enable-owasp-core-rules": "ModSecurity",
  "modsecurity-transaction-id": "ModSecurity",
  "modsecurity-snippet": "ModSecurity",
  "configuration-snippet": "ConfigurationSnippet",
  "server-snippet": "ServerSnippet",
  "stream-snippet": "StreamSnippet",
  "fastcgi-index": "FastCGI",
  "fastcgi-params-configmap": "FastCGI",
};

/** Names whose parser hands on that its value is refused: that drops the Ingress. */
const strict: ReadonlySet<string> = new Set([
  "client-body-buffer-size",
  "http2-push-preload",
  "ssl-ciphers",
  "opentelemetry-operation-name",
  "fastcgi-index",
  "fastcgi-params-configmap",
]);

const snippets = /-snippet$/;
const fields = Object.entries({ ...fileOnlyFields, ...unmodelledFields });

/**
 * The values of those that stand in nginx's file and decide nothing here, by their names: flags as `true` and `false`. Snippets are left out where
 * the configuration does not allow them (`allow-snippet-annotations`).
 */
export function parseFileOnly(
  reader: AnnotationReader,
  allowsSnippets: boolean,
): Readonly<Record<string, string>> | AnnotationProblem {
  const values: Record<string, string> = {};
  for (const [name, { check }] of fields) {
    if (snippets.test(name) && !allowsSnippets) continue;
    if (name.startsWith("opentelemetry-") && values["enable-opentelemetry"] !== "true") continue;
    const value = check === boolean ? reader.boolean(name) : reader.text(name);
    if (isProblem(value) && value.kind === "validation" && strict.has(name)) return value;
    if (isProblem(value) && value.kind === "content") warnOfContent(reader, name);
    const text = String(valueOr<string | boolean>(value, ""));
    if (text !== "") values[name] = text;
  }
  return values;
}

/** What ModSecurity's parser says to a text that is empty, and the line that says it. */
const modSecurityLines: Readonly<Record<string, readonly [line: number, fallback: string]>> = {
  "enable-modsecurity": [123, " to false"],
  "enable-owasp-core-rules": [132, " to false"],
  "modsecurity-transaction-id": [140, ""],
};

function warnOfContent({ log }: AnnotationReader, name: string): void {
  const [line, fallback] = modSecurityLines[name] ?? [];
  if (line === undefined) return;
  log.warn(`main.go:${line}`, `annotation ${name} contains invalid directive, defaulting${fallback}`);
}
