import { AnnotationProblem, isProblem, orMissing } from "./annotation-problem.ts";
import type { AnnotationFields, AnnotationReader } from "./annotation-reader.ts";
import { boolean, integer, matching, urlText } from "./value-checks.ts";

/** A fixed answer in the place of a backend, and the server that sends `www.` to the name without it, or back. */
export interface Redirect {
  /** Empty for none. */
  readonly url: string;
  readonly code: number;
  readonly fromToWww: boolean;
  readonly relative: boolean;
}

export const noRedirect: Redirect = { url: "", code: 0, fromToWww: false, relative: false };

export const redirectFields: AnnotationFields = {
  "from-to-www-redirect": { check: boolean, risk: "Low" },
  "temporal-redirect": { check: matching(urlText), risk: "Medium" },
  "temporal-redirect-code": { check: integer, risk: "Low" },
  "permanent-redirect": { check: matching(urlText), risk: "Medium" },
  "permanent-redirect-code": { check: integer, risk: "Low" },
  "relative-redirects": { check: boolean, risk: "Low" },
};

/** internal/ingress/annotations/redirect: a temporal redirect wins over a permanent one. */
export function parseRedirect(reader: AnnotationReader): Redirect | AnnotationProblem {
  const fromToWww = orMissing(reader.boolean("from-to-www-redirect"), false);
  if (isProblem(fromToWww)) return fromToWww;
  const relative = orMissing(reader.boolean("relative-redirects"), false);
  if (isProblem(relative)) return relative;
  const temporal = targetOf(reader, "temporal", 302, 307);
  if (isProblem(temporal)) return temporal;
  if (temporal.url !== "") {
    if (!/^http[a-z0-9+.-]*:/i.test(temporal.url)) {
      return new AnnotationProblem("other", "only http and https are valid protocols ()");
    }
    return { ...temporal, fromToWww, relative };
  }
  const permanent = targetOf(reader, "permanent", 301, 308);
  if (isProblem(permanent)) return permanent;
  if (permanent.url !== "" || fromToWww) return { ...permanent, fromToWww, relative };
  return relative ? { ...noRedirect, relative } : new AnnotationProblem("missing", "ingress rule without annotations");
}

/** The URL, and its code where that is from 300 to `highest`. */
function targetOf(
  reader: AnnotationReader,
  kind: "temporal" | "permanent",
  usual: number,
  highest: number,
): { url: string; code: number } | AnnotationProblem {
  const url = orMissing(reader.text(`${kind}-redirect`), "");
  if (isProblem(url)) return url;
  if (url === "" && kind === "temporal") return { url, code: usual };
  const code = orMissing(reader.integer(`${kind}-redirect-code`), 0);
  if (isProblem(code)) return code;
  return { url, code: code < 300 || code > highest ? usual : code };
}
