/** Nothing is to be done about such a one. */
const plainName = /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/;

/**
 * The name in a Host header: small letters, without port and last dot (src/http/ngx_http_request.c `ngx_http_validate_host`);
 * undefined for one that nginx answers with 400.
 */
export function hostName(header: string | undefined): string | undefined {
  if (header === undefined || header === "") return undefined;
  if (plainName.test(header)) return header;
  const literal = /^(\[[0-9a-f:.]*\])(?::.*)?$/i.exec(header);
  const name = literal?.[1] ?? header.split(":", 1)[0]!;
  const hasWrongByte = [...name].some((character) => character <= " " || character === "\x7f" || character === "/");
  if (hasWrongByte || name.includes("..")) return undefined;
  const withoutDot = name.replace(/\.$/, "");
  return withoutDot === "" ? undefined : withoutDot.toLowerCase();
}
