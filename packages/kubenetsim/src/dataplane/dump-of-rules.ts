import type { Ruleset } from "@kubenetsim/netfilter/ruleset/ruleset";
import { setReferences } from "@kubenetsim/netfilter/text/ipset";
import { tableName } from "@kubenetsim/proxy/nftables/base-objects";
import type { NodeKernel } from "./node-kernel.ts";

/**
 * The rules of a machine that has nothing else: they stand in the place of all that kube-proxy wrote for their family, its
 * nftables table too. IPVS and kube-ipvs0 stay only where the rules name sets, as those of ipvs mode do: then what the
 * node's own kube-proxy has there goes with them.
 */
export function loadDump({ kernel, director, dummyAddresses }: NodeKernel, ruleset: Ruleset): void {
  const { family } = ruleset;
  const nftFamily = family === "IPv4" ? "ip" : "ip6";
  if (kernel.nftTable(nftFamily, tableName) !== undefined) {
    kernel.applyNft({ family: nftFamily, table: tableName, commands: [{ verb: "delete", object: "table" }] });
  }
  if (setReferences([ruleset]).size === 0) {
    director.load([], family);
    dummyAddresses.delete(family);
  }
  kernel.load(ruleset);
}
