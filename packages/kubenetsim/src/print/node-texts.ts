import type { IpFamily } from "@kubenetsim/core/net/address";
import type { Kernel } from "@kubenetsim/netfilter/engine/kernel";
import type { NftFamily } from "@kubenetsim/netfilter/ruleset/nft-table";
import type { TableName } from "@kubenetsim/netfilter/ruleset/ruleset";
import { printIpsetList, printIpsetSave, setReferences } from "@kubenetsim/netfilter/text/ipset";
import { printIptablesSave } from "@kubenetsim/netfilter/text/iptables-print";
import { printIpvsadmConnections } from "@kubenetsim/netfilter/text/ipvsadm-connections";
import { printIpvsadm } from "@kubenetsim/netfilter/text/ipvsadm-print";
import { printIpvsadmSave } from "@kubenetsim/netfilter/text/ipvsadm-save";
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

/** `iptables-save` and `ip6tables-save`, whole and by table. */
export const iptablesTexts: readonly NodeText[] = (["IPv4", "IPv6"] as const).flatMap((family) =>
  ([undefined, "nat", "filter", "mangle"] as const).map((table) => ({
    command: `${family === "IPv4" ? "iptables-save" : "ip6tables-save"}${table === undefined ? "" : ` -t ${table}`}`,
    print: ({ kernel }: NodeKernel) => nodeIptables(kernel, { family, ...(table === undefined ? {} : { table }) }),
  })),
);

export const ipvsadmText: NodeText = {
  command: "ipvsadm -Ln",
  print: ({ director }) => printIpvsadm(director.list()),
};

export const ipvsadmStatsText: NodeText = {
  command: "ipvsadm -Ln --stats",
  print: ({ director }) => printIpvsadm(director.list(), { view: "stats" }),
};

export const ipvsadmConnectionsText: NodeText = {
  command: "ipvsadm -Lnc",
  print: ({ director }) => printIpvsadmConnections(director.listConnections()),
};

export const ipvsadmSaveText: NodeText = {
  command: "ipvsadm-save -n",
  print: ({ director }) => printIpvsadmSave(director.list()),
};

export const ipsetSaveText: NodeText = { command: "ipset save", print: ({ kernel }) => printIpsetSave(kernel.sets()) };

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
