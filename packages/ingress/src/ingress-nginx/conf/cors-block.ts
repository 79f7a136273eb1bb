import type { Cors } from "../annotations/cors.ts";
import type { ConfText } from "./conf-text.ts";

/**
 * What a location answers to requests from other origins. In the program headers-more sets these headers in the `if` blocks; here the
 * blocks set variables for `add_header`, so that a later `if` does not forget them.
 */
export function writeCors(text: ConfText, cors: Cors): void {
  text.line("# Cors Preflight methods needs additional options and different Return Code");
  if (cors.allowOrigins.length > 0) writeOrigins(text, cors.allowOrigins);
  text.block("if ($request_method = 'OPTIONS')", () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of nginx
    text.directives("set $cors ${cors}options");
  });
  const headers = headersOf(cors);
  text.block("if ($cors ~ ^true)", () => {
    text.directives(...headers.map(([name, value]) => `set $cors_${name.toLowerCase().replaceAll("-", "_")} ${value}`));
  });
  for (const [name] of headers) {
    text.directives(`add_header Access-Control-${name} $cors_${name.toLowerCase().replaceAll("-", "_")} always`);
  }
  text.block('if ($cors = "trueoptions")', () => text.directives("return 204"));
  text.line();
}

/** `buildCorsOriginRegex`: bound to the end only. */
function writeOrigins(text: ConfText, origins: readonly string[]): void {
  if (origins.length === 1 && origins[0] === "*") {
    text.directives("set $http_origin *", "set $cors 'true'");
    return;
  }
  const quoted = origins.map((origin, i) => {
    const escaped = origin.replace(/[\\.+*?()|[\]{}^$]/g, "\\$&").replace("\\*", "[A-Za-z0-9\\-]+");
    return `(${escaped})${i < origins.length - 1 ? "|" : ""}`;
  });
  text.block(`if ($http_origin ~* (${quoted.join("")})$ )`, () => text.directives("set $cors 'true'"));
}

/** Without `Access-Control-`. */
function headersOf(cors: Cors): [name: string, value: string][] {
  const { allowCredentials, allowMethods, allowHeaders, exposeHeaders, maxAge } = cors;
  return [
    ["Allow-Origin", "$http_origin"],
    ...(allowCredentials ? [["Allow-Credentials", "true"] as [string, string]] : []),
    ["Allow-Methods", `'${allowMethods}'`],
    ["Allow-Headers", `'${allowHeaders}'`],
    ...(exposeHeaders === "" ? [] : [["Expose-Headers", `'${exposeHeaders}'`] as [string, string]]),
    ["Max-Age", String(maxAge)],
  ];
}
