import { AnnotationProblem, isProblem, valueOr } from "./annotation-problem.ts";
import type { AnnotationFields, AnnotationReader } from "./annotation-reader.ts";
import { basicCharacters, boolean, integer, matching, serverNameCharacters } from "./value-checks.ts";

/** Whether an Ingress is the canary of others, and which requests it takes from them. */
export interface Canary {
  readonly enabled: boolean;
  readonly weight: number;
  readonly weightTotal: number;
  /** Name of a header; empty for none. */
  readonly header: string;
  readonly headerValue: string;
  readonly headerPattern: string;
  /** Name of a cookie; empty for none. */
  readonly cookie: string;
}

export const noCanary: Canary = {
  enabled: false,
  weight: 0,
  weightTotal: 0,
  header: "",
  headerValue: "",
  headerPattern: "",
  cookie: "",
};

const basic = matching(basicCharacters, { withoutSpaces: true });

export const canaryFields: AnnotationFields = {
  canary: { check: boolean, risk: "Low" },
  "canary-weight": { check: integer, risk: "Low" },
  "canary-weight-total": { check: integer, risk: "Low" },
  "canary-by-header": { check: basic, risk: "Medium" },
  "canary-by-header-value": { check: basic, risk: "Medium" },
  "canary-by-header-pattern": { check: matching(serverNameCharacters), risk: "Medium" },
  "canary-by-cookie": { check: basic, risk: "Medium" },
};

/** internal/ingress/annotations/canary: a value that is refused is as none. */
export function parseCanary(reader: AnnotationReader): Canary | AnnotationProblem {
  const read = <T>(name: string, value: T | AnnotationProblem, fallback: T, line: number): T => {
    const text = `${name} is invalid, defaulting to '${fallback}'`;
    if (isProblem(value) && value.kind === "validation") reader.log.warn(`main.go:${line}`, text);
    return valueOr(value, fallback);
  };
  const canary: Canary = {
    enabled: read("canary", reader.boolean("canary"), false, 127),
    weight: read("canary-weight", reader.integer("canary-weight"), 0, 135),
    weightTotal: read("canary-weight-total", reader.integer("canary-weight-total"), 100, 143),
    header: read("canary-by-header", reader.text("canary-by-header"), "", 151),
    headerValue: read("canary-by-header-value", reader.text("canary-by-header-value"), "", 159),
    headerPattern: read("canary-by-header-pattern", reader.text("canary-by-header-pattern"), "", 167),
    cookie: read("canary-by-cookie", reader.text("canary-by-cookie"), "", 175),
  };
  const { weight, header, headerValue, headerPattern, cookie } = canary;
  const isConfigured = weight > 0 || [header, headerValue, headerPattern, cookie].some((text) => text !== "");
  if (canary.enabled || !isConfigured) return canary;
  const text = "the annotation canary does not contain a valid configuration: configured but not enabled";
  return new AnnotationProblem("configuration", text);
}
