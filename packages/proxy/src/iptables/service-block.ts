import type { Rule } from "@kubenetsim/netfilter/ruleset/rule";
import type { Chain } from "@kubenetsim/netfilter/ruleset/ruleset";

/** All that one Service adds to the rules: its share of the chains that all Services have in common, and its own chains. */
export interface ServiceBlock {
  readonly natServices: readonly Rule[];
  readonly natNodePorts: readonly Rule[];
  readonly filterServices: readonly Rule[];
  readonly filterExternalServices: readonly Rule[];
  readonly filterNodePorts: readonly Rule[];
  readonly filterFirewall: readonly Rule[];
  /** In the nat table: KUBE-EXT-, -FW-, -SVC-, -SVL- and -SEP-, port by port. */
  readonly chains: readonly Chain[];
}

/** A block while it is written. */
export interface BlockDraft {
  readonly natServices: Rule[];
  readonly natNodePorts: Rule[];
  readonly filterServices: Rule[];
  readonly filterExternalServices: Rule[];
  readonly filterNodePorts: Rule[];
  readonly filterFirewall: Rule[];
  readonly chains: Chain[];
}
