/** The parts of a request's target that nginx works with; texts of bytes. */
export interface RequestTarget {
  /** The path: decoded, slashes merged, dots resolved. */
  readonly uri: string;
  /** Behind the first `?`; undefined where there is none. */
  readonly args: string | undefined;
  /** The path held escapes, and is escaped again where it is changed. */
  readonly isQuoted: boolean;
}

const slash = 0x2f;
const dot = 0x2e;
const percentSign = 0x25;

/**
 * Reads a target as nginx does (src/http/ngx_http_parse.c `ngx_http_parse_complex_uri`, with merge_slashes on). undefined for what nginx
 * answers with 400: a wrong escape, a zero byte, more `..` than folders, no slash at the beginning.
 *
 * @example
 * parseTarget("/a//b/../%63?x=1"); // { uri: "/a/c", args: "x=1", isQuoted: true }
 */
export function parseTarget(target: string): RequestTarget | undefined {
  const hash = target.indexOf("#");
  const withoutFragment = hash < 0 ? target : target.slice(0, hash);
  const question = withoutFragment.indexOf("?");
  const path = question < 0 ? withoutFragment : withoutFragment.slice(0, question);
  const args = question < 0 ? undefined : withoutFragment.slice(question + 1);
  if (isPlain(path)) return { uri: path, args, isQuoted: false };
  const decoded = decode(path);
  if (decoded === undefined || decoded.charCodeAt(0) !== slash) return undefined;
  const uri = resolveDots(decoded);
  return uri === undefined ? undefined : { uri, args, isQuoted: path.includes("%") };
}

/** A path without anything that is decoded, merged or resolved. */
function isPlain(path: string): boolean {
  if (path.charCodeAt(0) !== slash) return false;
  let before = 0;
  for (let i = 0; i < path.length; i++) {
    const code = path.charCodeAt(i);
    const isSpecial = code === percentSign || code === 0 || (before === slash && (code === slash || code === dot));
    if (isSpecial) return false;
    before = code;
  }
  return true;
}

function decode(path: string): string | undefined {
  let decoded = "";
  for (let i = 0; i < path.length; i++) {
    let code = path.charCodeAt(i);
    if (code === percentSign) {
      const hex = path.slice(i + 1, i + 3);
      if (!/^[0-9a-f]{2}$/i.test(hex)) return undefined;
      code = Number.parseInt(hex, 16);
      i += 2;
    }
    if (code === 0) return undefined;
    decoded += String.fromCharCode(code);
  }
  return decoded;
}

function resolveDots(path: string): string | undefined {
  const kept: string[] = [];
  const parts = path.split("/").slice(1);
  for (const part of parts) {
    if (part === "" || part === ".") continue;
    if (part !== "..") kept.push(part);
    else if (kept.pop() === undefined) return undefined;
  }
  const last = parts.at(-1)!;
  const endsInSlash = last === "" || last === "." || last === "..";
  return `/${kept.join("/")}${endsInSlash && kept.length > 0 ? "/" : ""}`;
}

/** `set_escape_uri` (openresty/set-misc-nginx-module, src/ngx_http_set_escape_uri.c `ngx_escape_uri_patched`). */
export function escapeComponent(text: string): string {
  return text.replace(notInComponent, percent);
}

/**
 * A path as nginx sends it after a change (src/core/ngx_string.c `ngx_escape_uri` with NGX_ESCAPE_URI, of 1.21.1 and later): spaces,
 * control characters, bytes above 126 and what no URI has as it is.
 */
export function escapeUri(uri: string): string {
  return uri.replace(inUri, percent);
}

/** A part of a query (NGX_ESCAPE_ARGS). */
export function escapeArguments(text: string): string {
  return text.replace(inArguments, percent);
}

const notInComponent = /[^A-Za-z0-9\-_.~!*'()$,@`|]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: texts are bytes
const inUri = /[\x00-\x20\x7f-\xff"#%<>?\\^`{|}]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: texts are bytes
const inArguments = /[\x00-\x20\x7f-\xff"#%<>?\\^`{|}&+;]/g;

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
}
