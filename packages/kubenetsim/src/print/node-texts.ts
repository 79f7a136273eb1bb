import type { IpFamily } from "@kubenetsim/core/net/address";
import type { Kernel } from "@kubenetsim/netfilter/engine/kernel";
import type { NftFamily } from "@kubenetsim/netfilter/ruleset/nft-table";
import type { TableName } from "@kubenetsim/netfilter/ruleset/ruleset";
import { printIpsetList, setReferences } from "@kubenetsim/netfilter/text/ipset";
import { printIptablesSave } from "@kubenetsim/netfilter/text/iptables-print";
import { printIpvsadm } from "@kubenetsim/netfilter/text/ipvsadm-print";
import { printNftList } from "@kubenetsim/netfilter/text/nft-list-print";
import type { NodeKernel } from "../dataplane/node-kernel.ts";

/** A command of the node whose output tells what its kernel holds. */
export interface NodeText {
  /** `ipvsadm -Ln`. */
  readonly command: string;
  print(node: NodeKernel): string;
}

/** What `iptables-save` prints on a node, for one table or all. */
export function nodeIptables(
  kernel: Kernel,
  options: { readonly table?: TableName; readonly family?: IpFamily; readonly counters?: boolean } = {},
): string {
  const { table, family = "IPv4", counters = false } = options;
  return printIptablesSave(kernel.ruleset(family), { counters, ...(table === undefined ? {} : { order: [table] }) });
}

export const ipvsadmText: NodeText = {
  command: "ipvsadm -Ln",
  print: ({ director }) => printIpvsadm(director.list()),
};

export const ipsetListText: NodeText = {
  command: "ipset list",
  print: ({ kernel }) => printIpsetList(kernel.sets(), setReferences([kernel.ruleset("IPv4"), kernel.ruleset("IPv6")])),
};

/** kube-proxy's table of a family; nothing where it has not written one. */
export function nftListText(family: NftFamily): NodeText {
  return {
    command: `nft list table ${family} kube-proxy`,
    print: ({ kernel }) => {
      const table = kernel.nftTable(family, "kube-proxy");
      return table === undefined ? "" : printNftList(table);
    },
  };
}
