import { quotedBytes } from "./quoted-bytes.ts";

/**
 * What Go's crypto/x509 says of a URI among the names of a certificate; undefined for a good one. Of net/url's reasons those that a
 * URI with its host can meet: escapes within a host are believed.
 *
 * @param text one character for each byte
 */
export function uriProblem(text: string): string | undefined {
  const cannot = `x509: cannot parse URI ${quotedBytes(text)}`;
  const parsed = parseUri(text);
  if ("problem" in parsed) return `${cannot}: parse ${quotedBytes(text)}: ${parsed.problem}`;
  return parsed.host === "" || isDomain(parsed.host) ? undefined : `${cannot}: invalid domain`;
}

/** net/url `Parse`, as far as it tells scheme and host, with its port. */
export function parseUri(text: string): { scheme: string; host: string } | { problem: string } {
  if ([...text].some((character) => character < " " || character === "\x7f"))
    return { problem: "net/url: invalid control character in URL" };
  if (text.startsWith(":")) return { problem: "missing protocol scheme" };
  const whole = text.split("#")[0]!;
  const scheme = /^[a-zA-Z][a-zA-Z0-9+.-]*:/.exec(whole)?.[0] ?? "";
  const rest = whole.slice(scheme.length).split("?")[0]!;
  if (!rest.startsWith("/")) {
    if (scheme !== "") return { scheme: scheme.slice(0, -1).toLowerCase(), host: "" };
    if (rest.split("/")[0]!.includes(":")) return { problem: "first path segment in URL cannot contain colon" };
  }
  const authority = (scheme !== "" || !rest.startsWith("///")) && rest.startsWith("//") ? rest.split("/")[2]! : "";
  const host = authority.slice(authority.lastIndexOf("@") + 1);
  const port = host.startsWith("[") ? host.slice(host.indexOf("]") + 1) : (/:.*$/.exec(host)?.[0] ?? "");
  if (!/^(:\d*)?$/.test(port)) return { problem: `invalid port ${quotedBytes(port)} after host` };
  const strange = /[ "<>\\^`{|}]/.exec(host)?.[0];
  if (strange !== undefined) return { problem: `invalid character ${quotedBytes(strange)} in host name` };
  const badEscape = /%(?![0-9a-fA-F]{2}).{0,2}/.exec(rest)?.[0];
  return badEscape === undefined
    ? { scheme: scheme.slice(0, -1).toLowerCase(), host }
    : { problem: `invalid URL escape ${quotedBytes(badEscape)}` };
}

/** crypto/x509 `domainNameValid`. */
function isDomain(host: string): boolean {
  return host.split(".").every((label) => /^[!-~]+$/.test(label));
}
