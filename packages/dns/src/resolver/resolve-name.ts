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
  const { libc, resolvConf, hosts, families = bothFamilies, random, usableFamilies } = surroundings;
  const literal = literalAddress(name);
  if (literal !== undefined) return { name, source: "address", addresses: [literal], queries: [], tookMs: 0 };
  const fromFiles = addressesInHosts(hosts, name, families);
  if (fromFiles.length > 0) {
    return { name, source: "files", addresses: inOrder(fromFiles, usableFamilies), queries: [], tookMs: 0 };
  }
  const read = readResolvConf(resolvConf, libc);
  const conf =
    libc === "glibc" && read.flags.has("rotate") ? rotated(read, random.below(read.nameservers.length)) : read;
  const log = new QueryLog(surroundings, conf);
  const found: Found = searches[libc](name, families.map(typeOf), conf, log);
  const { queries, nowMs: tookMs } = log;
  if (found.kind === "failed") return { name, source: "dns", addresses: [], error: found.error, queries, tookMs };
  const addresses = inOrder(found.addresses, usableFamilies);
  return { name, source: "dns", addresses, foundAs: found.name, queries, tookMs };
}

function typeOf(family: IpFamily): "A" | "AAAA" {
  return family === "IPv4" ? "A" : "AAAA";
}

/** musl does not know `rotate`. */
function rotated(conf: ResolvConf, by: number): ResolvConf {
  const { nameservers } = conf;
  return { ...conf, nameservers: [...nameservers.slice(by), ...nameservers.slice(0, by)] };
}

/** Families that the host has no address of come last, else IPv6 goes first (RFC 6724, rules 1 and 6); the order is kept otherwise. */
function inOrder(addresses: readonly IpAddress[], usable: readonly IpFamily[]): IpAddress[] {
  const rank = (address: IpAddress): number => {
    const family = familyOf(address);
    return (usable.includes(family) ? 0 : 2) + (family === "IPv6" ? 0 : 1);
  };
  return [...new Set(addresses)].sort((a, b) => rank(a) - rank(b));
}
