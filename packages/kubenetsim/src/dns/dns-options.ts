import type { Question } from "@kubenetsim/dns/message/dns-message";
import type { Rcode } from "@kubenetsim/dns/message/rcode";
import type { ResourceRecord } from "@kubenetsim/dns/message/resource-record";

/** What the name servers beyond the cluster say of a name: addresses, another name, or a response code. */
export type UpstreamAnswer = readonly string[] | { readonly cname: string } | Rcode;

/**
 * The name servers beyond the cluster, those of the nodes' resolv.conf: a table by name, in which a name that is missing does not
 * exist, or a function of the question that gives records or a response code.
 */
export type Upstream =
  | Readonly<Record<string, UpstreamAnswer>>
  | ((question: Question) => readonly ResourceRecord[] | Rcode);

/** How names are looked up. */
export interface DnsOptions {
  /** Knows no name unless given. */
  readonly upstream?: Upstream;
  /** The nodes' /etc/resolv.conf; `nameserver 192.168.10.1` unless given. */
  readonly nodeResolvConf?: string;
  /** /etc/hosts of hosts outside: `192.168.10.11 web.example.com`. Empty unless given. */
  readonly outsideHosts?: string;
}

export const defaultNodeResolvConf = "nameserver 192.168.10.1\n";
