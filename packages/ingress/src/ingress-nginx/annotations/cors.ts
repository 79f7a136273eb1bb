import { isProblem, valueOr } from "./annotation-problem.ts";
import type { AnnotationFields, AnnotationReader } from "./annotation-reader.ts";
import { boolean, headerNames, integer, matching } from "./value-checks.ts";

export interface Cors {
  readonly enabled: boolean;
  /** `*` alone for all. */
  readonly allowOrigins: readonly string[];
  readonly allowMethods: string;
  readonly allowHeaders: string;
  readonly allowCredentials: boolean;
  /** Empty for none. */
  readonly exposeHeaders: string;
  /** Seconds. */
  readonly maxAge: number;
}

export const noCors: Cors = {
  enabled: false,
  allowOrigins: [],
  allowMethods: "",
  allowHeaders: "",
  allowCredentials: false,
  exposeHeaders: "",
  maxAge: 0,
};

const usualMethods = "GET, PUT, POST, DELETE, PATCH, OPTIONS";
const usualHeaders =
  "DNT,Keep-Alive,User-Agent,X-Requested-With,If-Modified-Since,Cache-Control,Content-Type,Range,Authorization";
const usualMaxAge = 1_728_000;

/** What one origin of the list may be; a list is checked part by part, which says the same as the program's one pattern. */
const listedOrigin = /^(?:([a-z]+:\/\/)?(\*\.)?[A-Za-z0-9\-.]*(:\d+)?|null)$/;
const origin = /^([a-z]+:\/\/(\*\.)?[A-Za-z0-9\-.]*(:\d+)?|\*|null)?$/;
const methods = /^[A-Za-z][A-Za-z, \t\n\f\r]*$/;
const exposedHeaders = /^[A-Za-z0-9\-_*][A-Za-z0-9\-_*, \t\n\f\r]*$/;

export const corsFields: AnnotationFields = {
  "enable-cors": { check: boolean, risk: "Low" },
  "cors-allow-origin": { check: isOriginList, risk: "Medium" },
  "cors-allow-headers": { check: matching(headerNames, { withoutSpaces: true }), risk: "Medium" },
  "cors-allow-methods": { check: matching(methods, { withoutSpaces: true }), risk: "Medium" },
  "cors-allow-credentials": { check: boolean, risk: "Low" },
  "cors-expose-headers": { check: matching(exposedHeaders, { withoutSpaces: true }), risk: "Medium" },
  "cors-max-age": { check: integer, risk: "Low" },
};

function isOriginList(value: string): boolean {
  const text = value.replaceAll(" ", "");
  return text === "*" || text.split(",").every((part) => listedOrigin.test(part));
}

/** internal/ingress/annotations/cors: a value that is refused is as none. */
export function parseCors(reader: AnnotationReader): Cors {
  const flag = (name: "enable-cors" | "cors-allow-credentials", fallback: boolean, line: number): boolean => {
    const value = reader.boolean(name);
    const isInvalid = isProblem(value) && value.kind === "validation";
    if (isInvalid) reader.log.warn(`main.go:${line}`, `${name} is invalid, defaulting to '${fallback}'`);
    return valueOr(value, fallback);
  };
  const list = (name: string, pattern: RegExp, fallback: string): string => {
    const value = valueOr(reader.text(name), fallback);
    return pattern.test(value) ? value : fallback;
  };
  return {
    enabled: flag("enable-cors", false, 194),
    allowOrigins: originsOf(reader),
    allowHeaders: list("cors-allow-headers", headerNames, usualHeaders),
    allowMethods: list("cors-allow-methods", methods, usualMethods),
    allowCredentials: flag("cors-allow-credentials", true, 242),
    exposeHeaders: list("cors-expose-headers", exposedHeaders, ""),
    maxAge: maxAgeOf(reader),
  };
}

function originsOf(reader: AnnotationReader): readonly string[] {
  const text = reader.text("cors-allow-origin");
  if (isProblem(text)) {
    if (text.kind === "validation") reader.log.warn("main.go:223", "cors-allow-origin is invalid, defaulting to '*'");
    return ["*"];
  }
  const origins = text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
  if (origins.includes("*")) return ["*"];
  return origins.filter((part) => {
    if (origin.test(part)) return true;
    const why = `Error parsing cors-allow-origin parameters. Supplied incorrect origin: ${part}. Skipping.`;
    reader.log.error("main.go:215", why);
    return false;
  });
}

function maxAgeOf(reader: AnnotationReader): number {
  const value = reader.integer("cors-max-age");
  if (isProblem(value) && value.kind === "validation") {
    reader.log.warn("main.go:256", `cors-max-age is invalid, defaulting to ${usualMaxAge}`);
  }
  return valueOr(value, usualMaxAge);
}
