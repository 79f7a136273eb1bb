import type { IpFamily } from "@kubenetsim/core/net/address";
import type { Kernel } from "@kubenetsim/netfilter/engine/kernel";
import type { IpvsDirector } from "@kubenetsim/netfilter/ipvs/director";
import type { TableName } from "@kubenetsim/netfilter/ruleset/ruleset";
import { printIpsetList, setReferences } from "@kubenetsim/netfilter/text/ipset";
import { printIptablesSave } from "@kubenetsim/netfilter/text/iptables-print";
import { printIpvsadm } from "@kubenetsim/netfilter/text/ipvsadm-print";

/** What `iptables-save` prints on a node, for one table or all. */
export function nodeIptables(
  kernel: Kernel,
  options: { readonly table?: TableName; readonly family?: IpFamily; readonly counters?: boolean } = {},
): string {
  const { table, family = "IPv4", counters = false } = options;
  return printIptablesSave(kernel.ruleset(family), { counters, ...(table === undefined ? {} : { order: [table] }) });
}

/** What `ipvsadm -Ln` prints on a node. */
export function nodeIpvsadm(director: IpvsDirector): string {
  return printIpvsadm(director.list());
}

/** What `ipset list` prints on a node. */
export function nodeIpset(kernel: Kernel): string {
  return printIpsetList(kernel.sets(), setReferences([kernel.ruleset("IPv4"), kernel.ruleset("IPv6")]));
}
