import { formatAddress, parseAddressWords } from "@kubenetsim/core/net/address";
import type { EndpointAddress, EndpointsEntry } from "./endpoints-entry.ts";
import type { PodEntry } from "./pod-entry.ts";
import type { ServiceEntry } from "./service-entry.ts";

/** One thing that a name leads to (plugin/etcd/msg, Service), with the objects that it comes from. */
export interface BackendService {
  /** An address, or the name that an ExternalName Service stands for. */
  readonly host: string;
  /** -1 where there is none. */
  readonly port: number;
  /** Seconds. */
  readonly ttl: number;
  /** What SRV records have as their target, below the zone: `web.default.svc`. */
  readonly relativeName: string;
  /** Of a TXT record alone. */
  readonly text?: string;
  readonly service?: ServiceEntry;
  readonly endpoints?: EndpointsEntry;
  readonly endpoint?: EndpointAddress;
  readonly pod?: PodEntry;
}

export interface HostAddress {
  readonly type: "A" | "AAAA";
  /** Canonical. */
  readonly address: string;
}

/** The address that a host is, as Go's net.ParseIP reads it: an IPv4 address within IPv6 is one of IPv4. Undefined for names. */
export function hostAddress(host: string): HostAddress | undefined {
  const words = parseAddressWords(host);
  if (words === undefined) return undefined;
  // There is one text of an IPv4 address.
  if (words.length === 1) return { type: "A", address: host };
  const isMapped = words[0] === 0 && words[1] === 0 && words[2] === 0xffff;
  if (isMapped) return { type: "A", address: formatAddress(words.slice(3)) };
  return { type: "AAAA", address: formatAddress(words) };
}
