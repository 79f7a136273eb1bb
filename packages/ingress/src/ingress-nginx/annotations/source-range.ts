import { AnnotationProblem, isProblem } from "./annotation-problem.ts";
import type { AnnotationFields, AnnotationReader } from "./annotation-reader.ts";
import { parseSourceRanges } from "./source-ranges-text.ts";
import { sourceRanges } from "./value-checks.ts";

export const allowlistFields: AnnotationFields = {
  "allowlist-source-range": { check: sourceRanges, risk: "Medium", aliases: ["whitelist-source-range"] },
};

export const denylistFields: AnnotationFields = {
  "denylist-source-range": { check: sourceRanges, risk: "Medium" },
};

/**
 * Addresses and ranges that may, or may not, reach a location (internal/ingress/annotations/ipallowlist, ipdenylist):
 * those of the configuration where the Ingress names none. A list that cannot be read denies everybody.
 */
export function parseSourceRange(
  reader: AnnotationReader,
  name: string,
  configured: readonly string[],
): readonly string[] | AnnotationProblem {
  const text = reader.text(name);
  if (isProblem(text)) {
    return text.kind === "missing" ? [...configured].sort() : new AnnotationProblem("denied", text.message);
  }
  const ranges = parseSourceRanges(text);
  if (ranges !== undefined) return ranges;
  const why = `the annotation does not contain a valid IP address or network: invalid CIDR address: ${text}`;
  return new AnnotationProblem("denied", why);
}
