/** Nothing is to be done about such a one. */
const plainName = /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/;

/**
 * The name in a Host header: small letters, without port and last dot (src/http/ngx_http_request.c `ngx_http_validate_host`);
 * undefined for one that nginx answers with 400.
 */
export function hostName(header: string | undefined): string | undefined {
  if (header === undefined || header === "") return undefined;
  if (plainName.test(header)) return header;
  if (header.includes("..") || [...header].some(isWrongIn)) return undefined;
  const end = nameEnd(header);
  const withoutDot = header.lastIndexOf(".") === end - 1 ? end - 1 : end;
  return withoutDot <= 0 ? undefined : header.slice(0, withoutDot).toLowerCase();
}

/** Behind the port, too. */
function isWrongIn(character: string): boolean {
  return character <= " " || character === "\x7f" || character === "/";
}

/** Where the port begins; colons within brackets are the address's own. */
function nameEnd(header: string): number {
  const bracket = header.startsWith("[") ? header.indexOf("]") : -1;
  if (header.startsWith("[")) return bracket < 0 ? header.length : bracket + 1;
  const colon = header.indexOf(":");
  return colon < 0 ? header.length : colon;
}
