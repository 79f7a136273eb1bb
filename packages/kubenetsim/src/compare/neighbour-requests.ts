import type { Ingress, IngressRule } from "@kubenetsim/core/model/ingress";

/** A request to compare controllers by. */
export interface ComparedRequest {
  readonly scheme: "http" | "https";
  readonly host: string;
  /** Path and query. */
  readonly path: string;
}

/** A host that no Ingress names. */
const otherHost = "nobody.test";

/**
 * Requests at and around what Ingresses say: each host, names under a wildcard, one that nobody names; each path, with and without a
 * slash at its end, longer, deeper, in capitals, and others.
 */
export function neighbourRequests(ingresses: readonly Ingress[]): ComparedRequest[] {
  const rules = ingresses.flatMap(({ spec }) => spec.rules ?? []);
  const secure = ingresses.some(({ spec }) => (spec.tls ?? []).length > 0);
  const paths = new Map<string, Set<string>>();
  for (const { host = "", http } of [...rules, {} as IngressRule]) {
    for (const name of namesOf(host)) {
      const known = paths.get(name) ?? new Set(["/", "/nowhere"]);
      paths.set(name, known);
      for (const { path = "/" } of http?.paths ?? []) for (const each of neighbours(path)) known.add(each);
    }
  }
  const shared = rules.filter(({ host = "" }) => host === "").flatMap(({ http }) => http?.paths ?? []);
  for (const known of paths.values()) for (const { path = "/" } of shared) known.add(path);
  const schemes = secure ? (["http", "https"] as const) : (["http"] as const);
  return [...paths].flatMap(([host, known]) =>
    [...known].sort().flatMap((path) => schemes.map((scheme) => ({ scheme, host, path }))),
  );
}

function namesOf(host: string): string[] {
  if (host === "") return [otherHost];
  return host.startsWith("*.") ? [`any${host.slice(1)}`, `far.any${host.slice(1)}`] : [host];
}

/** Of a regular expression the part before its first special character. */
function neighbours(path: string): string[] {
  const special = path.search(/[()[\]{}*+?^$|\\]/);
  const plain = special < 0 ? path : path.slice(0, special) || "/";
  const bare = plain.replace(/\/+$/, "");
  const all = [plain, `${bare}/`, `${bare}/x`, `${bare}/x/y`, `${bare}x`, plain.toUpperCase(), `${bare}//x`];
  return [...new Set(bare === "" ? all : [...all, bare])];
}
