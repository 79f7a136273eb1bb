import type { ConfigMap } from "@kubenetsim/core/model/config-map";
import { quoted } from "../../controller-log.ts";
import { type AnnotationProblem, locationDenied, valueOr } from "./annotation-problem.ts";
import type { AnnotationFields, AnnotationReader } from "./annotation-reader.ts";
import { basicCharacters, matching } from "./value-checks.ts";

export const customHeaderFields: AnnotationFields = {
  "custom-headers": { check: matching(basicCharacters, { withoutSpaces: true }), risk: "Medium" },
};

const headerName = /^[a-zA-Z\d\-_]+$/;
const headerValue = /^[a-zA-Z\d_ :;.,\\/"'?!(){}[\]@<>=\-+*#$&`|~^%]+$/;

export function isHeaderName(text: string): boolean {
  return headerName.test(text);
}

/**
 * Headers that answers get, from a ConfigMap (internal/ingress/annotations/customheaders). Only those that the configuration allows
 * (`global-allowed-response-headers`); one that is not, or not a header, denies the locations to all.
 */
export function parseCustomHeaders(
  reader: AnnotationReader,
  allowed: readonly string[],
  configMapOf: (key: string) => ConfigMap | undefined,
): Readonly<Record<string, string>> | AnnotationProblem {
  const key = valueOr(reader.text("custom-headers"), "");
  if (key === "") return {};
  const found = configMapOf(key);
  if (found === undefined) return locationDenied(`unable to find configMap ${quoted(key)}`);
  const data = found.data ?? {};
  for (const [header, value] of Object.entries(data)) {
    if (!headerName.test(header)) return locationDenied("invalid header name in configmap");
    if (!headerValue.test(value)) return locationDenied("invalid header value in configmap");
    if (!allowed.includes(header)) {
      const list = `defined allowed headers inside global-allowed-response-headers [${allowed.join(" ")}]`;
      return locationDenied(`header ${header} is not allowed, ${list}`);
    }
  }
  return data;
}
