import { familyOf, type IpAddress, type IpFamily } from "@kubenetsim/core/net/address";
import { type Found, searchAsGlibc } from "./glibc.ts";
import { addressesInHosts } from "./hosts-file.ts";
import { literalAddress } from "./literal-address.ts";
import { searchAsMusl } from "./musl.ts";
import { QueryLog } from "./query-log.ts";
import type { Libc, Resolution, ResolverSurroundings } from "./resolution.ts";
import { type ResolvConf, readResolvConf } from "./resolv-conf.ts";

const searches = { glibc: searchAsGlibc, musl: searchAsMusl } as const satisfies Record<Libc, unknown>;

const bothFamilies: readonly IpFamily[] = ["IPv4", "IPv6"];

/**
 * What getaddrinfo makes of a name in a program linked with glibc or musl: an address as it is, then /etc/hosts, then the
 * servers of resolv.conf (nsswitch.conf `hosts: files dns`). Every query that leaves is in the outcome.
 *
 * @example
 * resolveName("web", surroundings).queries.map(({ message }) => message.questions[0].name);
 * // ["web.default.svc.cluster.local.", "web.default.svc.cluster.local."]: A and AAAA
 */
export function resolveName(name: string, surroundings: ResolverSurroundings): Resolution {
  const { libc, resolvConf, hosts, families = bothFamilies, usableFamilies } = surroundings;
  const literal = literalAddress(name);
  if (literal !== undefined) return { name, source: "address", addresses: [literal], queries: [], tookMs: 0 };
  const fromFiles = addressesInHosts(hosts, name, families);
  if (fromFiles.length > 0) {
    return { name, source: "files", addresses: inOrder(fromFiles, usableFamilies, libc), queries: [], tookMs: 0 };
  }
  const conf = withHostDomain(readResolvConf(resolvConf, libc), libc, surroundings.hostname);
  const log = new QueryLog(surroundings, conf);
  const found: Found = searches[libc](name, families.map(typeOf), conf, log);
  const { queries, nowMs: tookMs } = log;
  if (found.kind === "failed") return { name, source: "dns", addresses: [], error: found.error, queries, tookMs };
  const addresses = inOrder(found.addresses, usableFamilies, libc);
  return { name, source: "dns", addresses, foundAs: found.name, queries, tookMs };
}

function typeOf(family: IpFamily): "A" | "AAAA" {
  return family === "IPv4" ? "A" : "AAAA";
}

/** Without a search list glibc takes the domain of the host's own name (res_init); musl has none. */
function withHostDomain(conf: ResolvConf, libc: Libc, hostname = ""): ResolvConf {
  const domain = hostname.slice(hostname.indexOf(".") + 1);
  if (libc !== "glibc" || conf.search.length > 0 || !hostname.includes(".") || domain === "") return conf;
  return { ...conf, search: [domain] };
}

/**
 * Families that the host has no address of come last (RFC 6724, rule 1), else what stands higher in the library's table of
 * precedences comes first (rule 6): with musl unique local addresses come after IPv4. The order is kept otherwise.
 */
function inOrder(addresses: readonly IpAddress[], usable: readonly IpFamily[], libc: Libc): IpAddress[] {
  const rank = (address: IpAddress): number => {
    const family = familyOf(address);
    const isLocal = libc === "musl" && /^f[cd]/.test(address);
    const precedence = family === "IPv4" ? 1 : isLocal ? 2 : 0;
    return (usable.includes(family) ? 0 : 3) + precedence;
  };
  return [...new Set(addresses)].sort((a, b) => rank(a) - rank(b));
}
