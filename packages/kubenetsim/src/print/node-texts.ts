import type { IpFamily } from "@kubenetsim/core/net/address";
import { ParseError } from "@kubenetsim/core/runtime/errors";
import type { Kernel } from "@kubenetsim/netfilter/engine/kernel";
import type { IpSet } from "@kubenetsim/netfilter/ruleset/ip-set";
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
  /** The command may end with the name of one thing to tell of. */
  readonly takesName?: boolean;
  /** @throws ParseError where the command fails */
  print(node: NodeKernel, name?: string): string;
}

/** What `iptables-save` prints on a node, for one table or all. */
export function nodeIptables(
  kernel: Kernel,
  options: { readonly table?: TableName; readonly family?: IpFamily; readonly counters?: boolean } = {},
): string {
  const { table, family = "IPv4", counters = false } = options;
  return printIptablesSave(kernel.ruleset(family, counters), {
    counters,
    ...(table === undefined ? {} : { order: [table] }),
  });
}

/** `iptables-save` and `ip6tables-save`, whole and by table, without and with counters. */
export const iptablesTexts: readonly NodeText[] = (["IPv4", "IPv6"] as const).flatMap((family) =>
  [false, true].flatMap((counters) =>
    ([undefined, "nat", "filter", "mangle"] as const).map((table) => {
      const program = family === "IPv4" ? "iptables-save" : "ip6tables-save";
      const ofTable = table === undefined ? {} : { table };
      return {
        command: `${program}${counters ? " -c" : ""}${table === undefined ? "" : ` -t ${table}`}`,
        print: ({ kernel }: NodeKernel) => nodeIptables(kernel, { family, counters, ...ofTable }),
      };
    }),
  ),
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

export const ipsetSaveText: NodeText = {
  command: "ipset save",
  takesName: true,
  print: ({ kernel }, name) => printIpsetSave(setsNamed(kernel, name)),
};

export const ipsetListText: NodeText = {
  command: "ipset list",
  takesName: true,
  print: ({ kernel }, name) =>
    printIpsetList(setsNamed(kernel, name), setReferences([kernel.ruleset("IPv4"), kernel.ruleset("IPv6")])),
};

function setsNamed(kernel: Kernel, name: string | undefined): readonly IpSet[] {
  const sets = kernel.sets().filter((set) => name === undefined || set.name === name);
  if (name === undefined || sets.length > 0) return sets;
  throw new ParseError(`ipset: The set with the given name does not exist: ${name}`, {
    hint: `the sets are ${
      kernel
        .sets()
        .map((set) => set.name)
        .join(", ") || "none"
    }`,
  });
}

/** kube-proxy's table of a family; undefined where it has not written one. */
export function nftTableText({ kernel }: NodeKernel, family: NftFamily): string | undefined {
  const table = kernel.nftTable(family, "kube-proxy");
  return table === undefined ? undefined : printNftList(table);
}

/** The same as a command, which fails where there is none. */
export function nftListText(family: NftFamily): NodeText {
  const command = `nft list table ${family} kube-proxy`;
  return {
    command,
    print: (node) => {
      const text = nftTableText(node, family);
      if (text === undefined) throw new ParseError(`${command}: No such file or directory`);
      return text;
    },
  };
}

/** Of a machine whose iptables is the legacy one: its rules are not nft's. */
export const nftRulesetText: NodeText = {
  command: "nft list ruleset",
  print: (node) => (["ip", "ip6"] as const).map((family) => nftTableText(node, family) ?? "").join(""),
};
