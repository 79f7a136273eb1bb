import type { IpAddress, IpFamily } from "@kubenetsim/core/net/address";
import type { Random } from "@kubenetsim/core/runtime/random";
import type { DnsMessage } from "../message/dns-message.ts";
import type { DnsName } from "../message/resource-record.ts";
import type { DnsTransport, Exchange } from "../plugins/plugin.ts";

/** A C library, by how it looks names up: glibc 2.36 or musl 1.2.5. */
export type Libc = "glibc" | "musl";

/** A query as it leaves the resolver. */
export interface SentQuery {
  readonly server: IpAddress;
  readonly transport: DnsTransport;
  /** Queries with the same number leave from the same source port. */
  readonly socket: number;
  /** Milliseconds since the name was asked for. */
  readonly atMs: number;
  readonly message: DnsMessage;
}

/** A query with what became of it. */
export interface AskedQuery extends SentQuery {
  readonly outcome: Exchange;
}

/** Codes of getaddrinfo, as both libraries name them. */
export type LookupError = "EAI_NONAME" | "EAI_NODATA" | "EAI_AGAIN" | "EAI_FAIL";

/** What came of looking up a name. */
export interface Resolution {
  readonly name: string;
  /** Who knew it: the name was an address, /etc/hosts, or a server. */
  readonly source: "address" | "files" | "dns";
  /** In the order in which a program tries them; none where `error` stands. */
  readonly addresses: readonly IpAddress[];
  readonly error?: LookupError | undefined;
  /** The name that was found: with the domain of the search list that made it so. */
  readonly foundAs?: DnsName | undefined;
  readonly queries: readonly AskedQuery[];
  readonly tookMs: number;
}

/** What a resolver stands in. */
export interface ResolverSurroundings {
  readonly libc: Libc;
  /** The texts of the files. */
  readonly resolvConf: string;
  readonly hosts: string;
  /** What the host calls itself: where resolv.conf has no search list, glibc searches the domain in it. */
  readonly hostname?: string | undefined;
  /** What is asked for: both unless given (AF_UNSPEC). */
  readonly families?: readonly IpFamily[] | undefined;
  /** Families that the host has addresses of: others are tried last. */
  readonly usableFamilies: readonly IpFamily[];
  /** Message numbers and, with `rotate`, the first server. */
  readonly random: Random;
  /** Sends a query and waits for what becomes of it; within the resolver's timeout is for the resolver to say. */
  readonly exchange: (query: SentQuery) => Exchange;
}
