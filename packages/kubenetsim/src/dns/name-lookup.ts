import type { Trace } from "@kubenetsim/core/trace/trace";
import type { DnsStep } from "@kubenetsim/dns/plugins/plugin";
import type { AskedQuery, Libc, Resolution } from "@kubenetsim/dns/resolver/resolution";

/** How a program looks names up. */
export interface LookupOptions {
  /** glibc unless given. */
  readonly libc?: Libc;
  /** Both unless given: AF_UNSPEC. */
  readonly families?: readonly ("IPv4" | "IPv6")[];
}

/** A query with its way, who answered, and why so. */
export interface NameQuery extends AskedQuery {
  /** `pod kube-system/coredns-6c7b8d9f5c-x2x4z`, `upstream 192.168.10.1`; undefined where nobody did. */
  readonly answeredBy?: string | undefined;
  /** What each plugin of the server had to say. */
  readonly steps: readonly DnsStep[];
  /** The way of its packet; undefined for servers beyond the modelled network. */
  readonly trace?: Trace | undefined;
}

/** What came of a name, with every query that left. */
export interface NameLookup extends Resolution {
  readonly queries: readonly NameQuery[];
}
