import { exploreOutcomes } from "@kubenetsim/netfilter/engine/explore-outcomes";
import { compileIptables } from "@kubenetsim/proxy/iptables/sync-iptables";
import { type CheckResult, type Family, failed, passed } from "../family.ts";
import { readKubeProxyCase, snapshotOf } from "../kube-proxy-case.ts";
import { packetCheck } from "../packet-check.ts";
import { isFileIn } from "../path-of-case.ts";
import { chainsDifference, writtenTables } from "../restore-chains.ts";

/** kube-proxy fills these in the order of a Go map. */
const unordered: ReadonlySet<string> = new Set([
  "KUBE-SERVICES",
  "KUBE-NODEPORTS",
  "KUBE-EXTERNAL-SERVICES",
  "KUBE-PROXY-FIREWALL",
  "KUBE-FORWARD",
]);

/** One node's kube-proxy in iptables mode: what it writes, and where packets go by it. */
export const kubeProxyIptables: Family = {
  name: "kube-proxy/iptables",
  claims: (path, isFolder) => !isFolder && isFileIn(path, "kube-proxy/iptables", ".json"),
  *run(path: string): Iterable<CheckResult> {
    const recorded = readKubeProxyCase(path);
    const program = compileIptables(snapshotOf(recorded));
    if (recorded.chains !== undefined) {
      const difference = chainsDifference(recorded.chains, writtenTables(program.ruleset), unordered);
      yield difference === undefined ? passed("chains") : failed("chains", difference);
    }
    const { addresses: localAddresses } = recorded.node;
    for (const packet of recorded.packets ?? []) {
      yield packetCheck(packet, exploreOutcomes(program.ruleset, { ...packet, localAddresses }));
    }
  },
};
