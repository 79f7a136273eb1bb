import type { IpAddress } from "@kubenetsim/core/net/address";
import type { IpSetEntry } from "@kubenetsim/netfilter/ruleset/ip-set";
import type { Rule } from "@kubenetsim/netfilter/ruleset/rule";
import type { VirtualServer } from "@kubenetsim/netfilter/ruleset/virtual-server";
import type { RefusedEntry } from "./refused-entry.ts";
import type { SetName } from "./set-catalog.ts";

/** All that one Service adds in ipvs mode. */
export interface IpvsBlock {
  readonly virtualServers: readonly VirtualServer[];
  readonly entries: readonly SetEntries[];
  /** Entries that do not come into their sets. */
  readonly refused: readonly RefusedEntry[];
  /** Addresses for kube-ipvs0. */
  readonly boundAddresses: readonly IpAddress[];
  /** Rules of KUBE-IPVS-OUT-FILTER: load balancer IPs that this node may not use. */
  readonly outFilter: readonly Rule[];
}

export interface SetEntries {
  readonly set: SetName;
  readonly entries: readonly IpSetEntry[];
}
