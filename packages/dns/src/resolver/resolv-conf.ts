import { type IpAddress, parseAddress } from "@kubenetsim/core/net/address";
import type { Libc } from "./resolution.ts";

/** resolv.conf as a C library reads it, within the library's limits. */
export interface ResolvConf {
  readonly nameservers: readonly IpAddress[];
  readonly search: readonly string[];
  readonly ndots: number;
  readonly timeoutMs: number;
  readonly attempts: number;
  /** Options without a number: `rotate`, `single-request`, `use-vc` … */
  readonly flags: ReadonlySet<string>;
}

interface Limits {
  readonly ndots: number;
  readonly timeoutSeconds: number;
  readonly attempts: number;
  /** With none at all glibc asks nobody. */
  readonly fewestAttempts: number;
  /** A longer line counts for nothing. */
  readonly lineLength: number;
}

/** glibc resolv/resolv.h (RES_MAXNDOTS, RES_MAXRETRANS, RES_MAXRETRY); musl src/network/resolvconf.c. */
const limits: Readonly<Record<Libc, Limits>> = {
  glibc: { ndots: 15, timeoutSeconds: 30, attempts: 5, fewestAttempts: 0, lineLength: Number.POSITIVE_INFINITY },
  musl: { ndots: 15, timeoutSeconds: 60, attempts: 10, fewestAttempts: 1, lineLength: 254 },
};

/** MAXNS of both. */
const mostNameservers = 3;

/**
 * Reads resolv.conf: at most three nameservers, the last `search` or `domain` line. What is not understood is passed over, as
 * the libraries do; musl passes over lines of more than 254 characters too, so that a long search list counts for nothing.
 *
 * @example
 * readResolvConf("search a.b\nnameserver 10.96.0.10\noptions ndots:5", "glibc").ndots; // 5
 */
export function readResolvConf(text: string, libc: Libc): ResolvConf {
  const limit = limits[libc];
  const nameservers: IpAddress[] = [];
  let search: readonly string[] = [];
  const options: string[] = [];
  for (const line of text.split("\n")) {
    if (line.length > limit.lineLength || /^[#;]/.test(line)) continue;
    const [keyword, ...words] = line.split(/\s+/).filter((word) => word !== "");
    if (keyword === undefined || /^\s/.test(line)) continue;
    if (keyword === "nameserver") {
      const address = parseAddress(words[0] ?? "");
      if (address !== undefined && nameservers.length < mostNameservers) nameservers.push(address);
    } else if (keyword === "search") search = words;
    else if (keyword === "domain") search = words.slice(0, 1);
    else if (keyword === "options") options.push(...words);
  }
  const number = (name: string, unless: number, most: number): number => {
    const value = options.map((option) => new RegExp(`^${name}:(\\d+)`).exec(option)?.[1]).findLast(Boolean);
    return value === undefined ? unless : Math.min(Number(value), most);
  };
  return {
    nameservers: nameservers.length === 0 ? ["127.0.0.1" as IpAddress] : nameservers,
    search,
    ndots: number("ndots", 1, limit.ndots),
    timeoutMs: number("timeout", 5, limit.timeoutSeconds) * 1000,
    attempts: Math.max(limit.fewestAttempts, number("attempts", 2, limit.attempts)),
    flags: new Set(options.filter((option) => !option.includes(":"))),
  };
}
