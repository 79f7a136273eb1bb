import type { RequestContext } from "./request-context.ts";

/**
 * `$cookie_NAME`: the first cookie of the name, which does not tell capitals from small letters
 * (src/http/ngx_http_parse.c `ngx_http_parse_multi_header_lines`).
 */
export function variableCookie({ headers }: RequestContext, name: string): string | undefined {
  const text = headers.cookie ?? "";
  const wanted = name.toLowerCase();
  for (let at = 0; at < text.length; ) {
    if (text.slice(at, at + name.length).toLowerCase() === wanted) {
      at = behindSpaces(text, at + name.length);
      if (text[at] === "=") return text.slice(behindSpaces(text, at + 1)).split(";", 1)[0]!;
      // What stands in the place of `=` is skipped, be it the `;` before another cookie.
      at++;
    }
    while (at < text.length && text[at] !== ";" && text[at] !== ",") at++;
    at = behindSpaces(text, at + 1);
  }
  return undefined;
}

function behindSpaces(text: string, start: number): number {
  let at = start;
  while (text[at] === " ") at++;
  return at;
}

/** A cookie as Lua reads it, the last of the name (lua-resty-cookie, `get_cookie_table`): its value ends at a space, too. */
export function luaCookie({ headers }: RequestContext, name: string): string | undefined {
  const text = headers.cookie;
  if (text === undefined) return undefined;
  let found: string | undefined;
  for (const [, key, value] of text.matchAll(/[ \t]*([^=]*)=([^; \t]*)[; \t]?/g)) if (key === name) found = value;
  return found;
}
