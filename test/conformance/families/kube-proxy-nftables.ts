import { exploreNftOutcomes } from "@kubenetsim/netfilter/engine/nft/explore-nft-outcomes";
import { compileNftables } from "@kubenetsim/proxy/nftables/sync-nftables";
import { type CheckResult, type Family, failed, passed } from "../family.ts";
import { readKubeProxyCase, snapshotOf } from "../kube-proxy-case.ts";
import { nftRulesetDifference } from "../nft-ruleset.ts";
import { packetCheck } from "../packet-check.ts";
import { isFileIn } from "../path-of-case.ts";

/** One node's kube-proxy in nftables mode: what it writes, and where packets go by it. */
export const kubeProxyNftables: Family = {
  name: "kube-proxy/nftables",
  claims: (path, isFolder) => !isFolder && isFileIn(path, "kube-proxy/nftables", ".json"),
  *run(path: string): Iterable<CheckResult> {
    const recorded = readKubeProxyCase(path);
    const table = compileNftables(snapshotOf(recorded));
    if (recorded.ruleset !== undefined) {
      const difference = nftRulesetDifference(recorded.ruleset, table);
      yield difference === undefined ? passed("ruleset") : failed("ruleset", difference);
    }
    const { addresses: localAddresses } = recorded.node;
    for (const packet of recorded.packets ?? []) {
      yield packetCheck(packet, exploreNftOutcomes(table, { ...packet, localAddresses }));
    }
  },
};
