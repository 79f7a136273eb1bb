import type { Rule } from "@kubenetsim/netfilter/ruleset/rule";
import type { TableName } from "@kubenetsim/netfilter/ruleset/ruleset";

/** The chains to which every Service adds rules; each sync writes them whole. */
export type SharedChain =
  | "natServices"
  | "natNodePorts"
  | "filterServices"
  | "filterExternalServices"
  | "filterNodePorts"
  | "filterFirewall";

export const sharedChains: Readonly<Record<SharedChain, { readonly table: TableName; readonly name: string }>> = {
  natServices: { table: "nat", name: "KUBE-SERVICES" },
  natNodePorts: { table: "nat", name: "KUBE-NODEPORTS" },
  filterServices: { table: "filter", name: "KUBE-SERVICES" },
  filterExternalServices: { table: "filter", name: "KUBE-EXTERNAL-SERVICES" },
  filterNodePorts: { table: "filter", name: "KUBE-NODEPORTS" },
  filterFirewall: { table: "filter", name: "KUBE-PROXY-FIREWALL" },
};

/** A rule that a Service port adds to a chain of all. */
export interface Frontend {
  readonly chain: SharedChain;
  readonly rule: Rule;
}
