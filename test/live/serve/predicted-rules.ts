import type { ApiObject } from "@kubenetsim/core/model/api-object";
import type { NftChain, NftSet, NftTable } from "@kubenetsim/netfilter/ruleset/nft-table";
import { canonicalIptablesSave } from "@kubenetsim/netfilter/text/iptables-canonical";
import { canonicalNftList } from "@kubenetsim/netfilter/text/nft-canonical";
import { parseNftList } from "@kubenetsim/netfilter/text/nft-list-parse";
import { Cluster } from "kubenetsim";
import type { ProxyConfigDocument, Rules } from "./real-node.ts";

/** What our node says that kube-proxy writes there for these objects; its texts are as the tools print them. */
export function predictedRules(objects: readonly ApiObject[], node: string, config: ProxyConfigDocument): Rules {
  const lab = Cluster.create();
  const documents = [config, ...objects].map((object) => ({ source: "served", text: JSON.stringify(object) }));
  lab.applyAll(documents);
  lab.settle();
  const handle = lab.node(node);
  if (config.mode === "nftables") {
    return { "nft-ip": handle.nftList(), "nft-ip6": handle.nftList({ family: "IPv6" }) };
  }
  return { "iptables-save": handle.iptablesSave(), "ip6tables-save": handle.run("ip6tables-save") };
}

/** The tool's text without what differs from run to run; nothing where there is no such table yet. */
export function canonicalRules(name: string, text: string): string {
  if (text.trim() === "") return "";
  return name.startsWith("nft") ? canonicalNftList(withoutPast(parseNftList(text)[0]!)) : canonicalIptablesSave(text);
}

/** What the rules of now do not depend on. */
function withoutPast(table: NftTable): NftTable {
  return withoutElementComments(withoutStale(table));
}

/** kube-proxy empties the chains of what is gone, and deletes them with a sync that comes a second later or more. */
function withoutStale(table: NftTable): NftTable {
  const isStale = ({ name, rules }: NftChain): boolean => rules.length === 0 && name.includes("/");
  return { ...table, chains: new Map([...table.chains].filter(([, chain]) => !isStale(chain))) };
}

/**
 * An element that stays keeps the comment with which it came, though its port has another name by now (upstream: nftables/proxier.go,
 * `ensureElem`). Which states kube-proxy has seen on the way is a matter of time; `--mode nftables` holds the comments sync by sync.
 */
function withoutElementComments(table: NftTable): NftTable {
  const bare = (set: NftSet): NftSet => ({
    ...set,
    elements: set.elements.map((element) => ({ ...element, comment: undefined })),
  });
  return { ...table, sets: new Map([...table.sets].map(([name, set]) => [name, bare(set)])) };
}
