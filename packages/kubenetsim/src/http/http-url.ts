import { ParseError } from "@kubenetsim/core/runtime/errors";

/** A URL as curl reads it. */
export interface HttpUrl {
  readonly scheme: "http" | "https";
  /** A name or an address, without brackets, as it was written. */
  readonly host: string;
  readonly port: number;
  /** `host:port` as the Host header has it: without the scheme's own port. */
  readonly authority: string;
  /** Path and query, at least `/`. */
  readonly target: string;
  /** `user:password` */
  readonly user: string | undefined;
}

const pattern =
  /^(?:([a-z][a-z0-9+.-]*):\/\/\/?(?!\/))?(?:([^@/?#]*)@)?(\[[^\]/?#]+\]|[^:/?#[\]@]+)(?::(\d*))?([/?#].*)?$/i;
const ports = { http: 80, https: 443 };

/**
 * Reads `https://shop.test:8443/cart?id=1#top`; http where no scheme is written. Dots in the path are resolved, what stands behind `#` is
 * not sent.
 *
 * @throws ParseError
 */
export function parseHttpUrl(text: string): HttpUrl {
  if (typeof text !== "string")
    throw new ParseError("curl's URL is no text", { hint: "for example https://shop.test/cart" });
  const match = pattern.exec(text.trim());
  const scheme = (match?.[1] ?? "http").toLowerCase();
  // Without its slashes a scheme is no host, nor is it one whose host is missing.
  const isHostless = match?.[1] === undefined && /^[a-z][a-z0-9+.-]*:\/\//i.test(text.trim());
  if (match === null || isHostless || /[\s\p{Cc}]/u.test(text.trim()) || (scheme !== "http" && scheme !== "https")) {
    const shown = text.length > 80 ? `${text.slice(0, 80)}…` : text;
    throw new ParseError(`"${shown}" is not a URL of http or https`, { hint: "for example https://shop.test/cart" });
  }
  const host = match[3]!.replace(/^\[|\]$/g, "");
  const port = match[4] === undefined || match[4] === "" ? ports[scheme] : Number(match[4]);
  if (port > 65535) throw new ParseError(`"${text}" has a port above 65535`);
  const name = host.includes(":") ? `[${host}]` : host;
  return {
    scheme,
    host,
    port,
    authority: port === ports[scheme] ? name : `${name}:${port}`,
    target: targetOf(match[5] ?? "/"),
    user: match[2],
  };
}

/** What a Location header means for who asked for this URL (RFC 3986, 5.2). @throws ParseError */
export function redirectTarget(base: HttpUrl, location: string): HttpUrl {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(location)) return parseHttpUrl(location);
  if (location.startsWith("//")) return parseHttpUrl(`${base.scheme}:${location}`);
  const origin = `${base.scheme}://${base.authority}`;
  if (location.startsWith("/")) return parseHttpUrl(`${origin}${location}`);
  const path = base.target.split("?")[0]!;
  if (location.startsWith("?")) return parseHttpUrl(`${origin}${path}${location}`);
  return parseHttpUrl(`${origin}${path.slice(0, path.lastIndexOf("/") + 1)}${location}`);
}

/** The URL as text, whole. */
export function urlText({ scheme, authority, target }: HttpUrl): string {
  return `${scheme}://${authority}${target}`;
}

function targetOf(rest: string): string {
  const [sent = ""] = rest.split("#", 1);
  const question = sent.indexOf("?");
  const path = question < 0 ? sent : sent.slice(0, question);
  return `${withoutDots(path)}${question < 0 ? "" : sent.slice(question)}`;
}

/** `/a/./b/../c` → `/a/c` (RFC 3986, 5.2.4). */
function withoutDots(path: string): string {
  if (!/\/\.{1,2}(\/|$)/.test(path)) return path === "" ? "/" : path;
  const parts: string[] = [];
  const given = path.split("/").slice(1);
  given.forEach((part, i) => {
    const isLast = i === given.length - 1;
    if (part === "..") parts.pop();
    if (part !== "." && part !== "..") parts.push(part);
    else if (isLast) parts.push("");
  });
  return `/${parts.join("/")}`;
}
