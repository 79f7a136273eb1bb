import { GoPattern } from "@kubenetsim/core/pattern/go-pattern";
import { goQuoted } from "@kubenetsim/core/runtime/go-quoted";
import { textOfBytes, utf8Bytes } from "./go-url.ts";

export type PathMatcher = "Path" | "PathPrefix" | "PathRegexp";

/** What a router of an Ingress takes: a host (any where there is none) and a path. */
export interface RuleParts {
  readonly host: string;
  readonly path: string;
  readonly matcher: PathMatcher;
  /** `strictPrefixMatching`: `/foo` is not `/foobar`. */
  readonly isStrict: boolean;
}

/** ``Host("a.test") && PathPrefix("/x")`` (pkg/provider/kubernetes/ingress/kubernetes.go `loadRouter`, `buildRule`). */
export function ruleText({ host, path, matcher, isStrict }: RuleParts): string {
  const rules: string[] = [];
  if (host !== "") rules.push(`Host(${goQuoted(host)})`);
  if (path !== "" && isStrict && matcher === "PathPrefix" && path !== "/") {
    const bare = path.replace(/\/$/, "");
    rules.push(`(Path(${goQuoted(bare)}) || PathPrefix(${goQuoted(`${bare}/`)}))`);
  } else if (path !== "") rules.push(`${matcher}(${goQuoted(path)})`);
  return rules.join(" && ");
}

/** A router's priority unless it is given one: the length of its rule in bytes (pkg/muxer/http/mux.go `GetRulePriority`). */
export function rulePriority(rule: string): number {
  return utf8Bytes(rule).length;
}

/** Tells whether a path, as bytes, is one of a rule. @throws PatternSyntaxError in Go's words; UnsupportedError as GoPattern */
export function pathTest({ path, matcher, isStrict }: RuleParts): (routingPath: string) => boolean {
  const bytes = utf8Bytes(path);
  if (path === "") return () => true;
  if (matcher === "Path") return (asked) => asked === bytes;
  if (matcher === "PathRegexp") {
    const pattern = new GoPattern(path);
    return (asked) => pattern.test(textOfBytes(asked));
  }
  if (!isStrict || path === "/") return (asked) => asked.startsWith(bytes);
  const bare = bytes.replace(/\/$/, "");
  return (asked) => asked === bare || asked.startsWith(`${bare}/`);
}

/** The host of a request as rules see it: small letters, without its port. */
export function canonicalHost(host: string): string {
  return hostWithoutPort(host).trim().toLowerCase();
}

/** pkg/middlewares/requestdecorator `parseHost`. */
function hostWithoutPort(host: string): string {
  if (!host.includes(":")) return host;
  const bracketed = /^\[([^\]]*)\](?::[^:]*)?$/.exec(host);
  if (bracketed !== null) return bracketed[1]!;
  const parts = host.split(":");
  return parts.length === 2 ? parts[0]! : host;
}

/** The hosts of rules that a request's host is one of, all of the same weight: itself and its first label as `*`. */
export function ruleHosts(host: string): string[] {
  const names = host.endsWith(".") ? [host, host.slice(0, -1)] : [host];
  return host === "" ? [] : names.flatMap((name) => [name, name.replace(/^[^.]*/, "*")]);
}
