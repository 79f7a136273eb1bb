import type { Cors } from "../annotations/cors.ts";

/**
 * The headers that an answer to a request with this Origin gets; undefined when the origin is not one of the list, as none is of an empty
 * one, in which every origin was a wrong one.
 */
export function corsHeaders(cors: Cors, origin: string | undefined): Record<string, string> | undefined {
  if (!cors.enabled || cors.allowOrigins.length === 0) return undefined;
  const isForAll = cors.allowOrigins.length === 1 && cors.allowOrigins[0] === "*";
  if (!isForAll && (origin === undefined || !originPattern(cors.allowOrigins).test(origin))) return undefined;
  return {
    "access-control-allow-origin": isForAll ? "*" : origin!,
    ...(cors.allowCredentials && { "access-control-allow-credentials": "true" }),
    "access-control-allow-methods": cors.allowMethods,
    "access-control-allow-headers": cors.allowHeaders,
    ...(cors.exposeHeaders !== "" && { "access-control-expose-headers": cors.exposeHeaders }),
    "access-control-max-age": String(cors.maxAge),
  };
}

/** Patterns of lists of annotations, which never change. */
const known = new WeakMap<readonly string[], RegExp>();

function originPattern(origins: readonly string[]): RegExp {
  let pattern = known.get(origins);
  if (pattern === undefined) {
    pattern = patternOf(origins);
    known.set(origins, pattern);
  }
  return pattern;
}

/** `buildCorsOriginRegex`: bound to the end only, so that more may stand before an origin. */
function patternOf(origins: readonly string[]): RegExp {
  const quoted = origins.map((origin) => {
    const escaped = origin.replace(/[\\.+*?()|[\]{}^$]/g, "\\$&").replace("\\*", "[A-Za-z0-9\\-]+");
    return `(${escaped})`;
  });
  return new RegExp(`(${quoted.join("|")})$`, "i");
}
