import type { IpFamily } from "@kubenetsim/core/net/address";
import { ParseError } from "@kubenetsim/core/runtime/errors";
import { type Displayed, displayBase } from "@kubenetsim/display/display";
import { drawBoxes } from "@kubenetsim/netfilter/drawing/boxes-drawing";
import { iptablesBoxes } from "@kubenetsim/netfilter/drawing/iptables-boxes";
import { ipvsBoxes } from "@kubenetsim/netfilter/drawing/ipvs-boxes";
import { nftBoxes } from "@kubenetsim/netfilter/drawing/nft-boxes";
import type { RuleGroup } from "@kubenetsim/netfilter/drawing/rule-boxes";
import type { TableName } from "@kubenetsim/netfilter/ruleset/ruleset";
import { printIptablesSave } from "@kubenetsim/netfilter/text/iptables-print";
import { printIpvsadm } from "@kubenetsim/netfilter/text/ipvsadm-print";
import { printNftList } from "@kubenetsim/netfilter/text/nft-list-print";
import type { NodeKernel } from "../dataplane/node-kernel.ts";

/** Whose rules: iptables', nft's, or the virtual servers of IPVS. */
export type RulesProgram = "iptables" | "nft" | "ipvs";

export interface RulesOptions {
  /** IPv4 unless given; IPVS has both in one list. */
  readonly family?: IpFamily;
  /** Of iptables: one table; all unless given. */
  readonly table?: TableName;
}

const ShownRules: new () => Displayed = displayBase<NodeRules>({
  text: ({ text }) => text,
  svg: ({ title, groups }) => drawBoxes(title, groups),
  json: ({ program, groups }) => ({ program, tables: groups }),
});

/** What a node's kernel held of rules when it was asked: as text, as boxes and lines, and as a picture of these. */
export class NodeRules extends ShownRules {
  readonly program: RulesProgram;
  /** The command that tells the same on the node, and where. */
  readonly title: string;
  readonly #text: () => string;
  readonly #groups: () => readonly RuleGroup[];

  constructor(program: RulesProgram, title: string, text: () => string, groups: () => readonly RuleGroup[]) {
    super();
    this.program = program;
    this.title = title;
    this.#text = text;
    this.#groups = groups;
  }

  /** As the program lists it. */
  get text(): string {
    return this.#text();
  }

  /** Tables with their chains, sets and maps, and what leads where; or the virtual servers. */
  get groups(): readonly RuleGroup[] {
    return this.#groups();
  }
}

/** What a node's kernel holds now. */
export function nodeRules(
  node: string,
  { kernel, director }: NodeKernel,
  program: RulesProgram,
  { family = "IPv4", table }: RulesOptions,
): NodeRules {
  const v6 = family === "IPv6";
  switch (program) {
    case "iptables": {
      const rules = kernel.ruleset(family);
      const only = table === undefined ? {} : { order: [table] };
      const title = `${v6 ? "ip6tables" : "iptables"}-save${table === undefined ? "" : ` -t ${table}`} on node ${node}`;
      return new NodeRules(
        program,
        title,
        () => printIptablesSave(rules, only),
        () => iptablesBoxes(rules, table),
      );
    }
    case "nft": {
      const rules = kernel.nftTable(v6 ? "ip6" : "ip", "kube-proxy");
      const title = `nft list table ${v6 ? "ip6" : "ip"} kube-proxy on node ${node}`;
      return new NodeRules(
        program,
        title,
        () => (rules === undefined ? "" : printNftList(rules)),
        () => (rules === undefined ? [] : [nftBoxes(rules)]),
      );
    }
    case "ipvs": {
      const listing = director.list();
      return new NodeRules(
        program,
        `ipvsadm -Ln on node ${node}`,
        () => printIpvsadm(listing),
        () => [ipvsBoxes(listing)],
      );
    }
    default:
      throw new ParseError(`"${String(program satisfies never)}" has no rules`, {
        hint: "the programs are iptables, nft and ipvs",
      });
  }
}
