import { joinHostPort } from "@kubenetsim/core/net/endpoint-text";
import type { IpSet } from "@kubenetsim/netfilter/ruleset/ip-set";
import type { VirtualServer } from "@kubenetsim/netfilter/ruleset/virtual-server";
import { kernelSetName, setNames } from "@kubenetsim/proxy/ipvs/set-catalog";
import { compileIpvs } from "@kubenetsim/proxy/ipvs/sync-ipvs";
import { type CheckResult, type Family, failed, passed } from "../family.ts";
import { firstSetDifference } from "../first-difference.ts";
import { type KubeProxyCase, type RecordedVirtualServer, readKubeProxyCase, snapshotOf } from "../kube-proxy-case.ts";
import { isFileIn } from "../path-of-case.ts";
import { chainsDifference, writtenTables } from "../restore-chains.ts";

/** Has a rule per load balancer IP, in the order of a Go map. */
const unordered: ReadonlySet<string> = new Set(["KUBE-IPVS-OUT-FILTER"]);

/** One node's kube-proxy in ipvs mode: a case is right when its virtual servers, sets and chains all are. */
export const kubeProxyIpvs: Family = {
  name: "kube-proxy/ipvs",
  claims: (path, isFolder) => !isFolder && isFileIn(path, "kube-proxy/ipvs", ".json"),
  *run(path: string): Iterable<CheckResult> {
    const recorded = readKubeProxyCase(path);
    const program = compileIpvs(snapshotOf(recorded));
    const difference =
      serversDifference(recorded, program.virtualServers) ??
      setsDifference(recorded.ipsets ?? {}, program.ipSets) ??
      chainsDifference(recorded.chains ?? {}, writtenTables(program.ruleset), unordered, familyFreeName);
    yield difference === undefined ? passed("programs") : failed("programs", difference);
  },
};

function serversDifference({ virtualServers }: KubeProxyCase, actual: readonly VirtualServer[]): string | undefined {
  const difference = firstSetDifference((virtualServers ?? []).map(sayRecorded), actual.map(sayActual));
  return difference === undefined ? undefined : `virtual servers ${difference}`;
}

function sayRecorded({ virtual, scheduler, flags, timeout, real }: RecordedVirtualServer): string {
  return `${virtual} ${scheduler} flags ${flags} timeout ${timeout} -> ${[...real].sort().join(" ")}`;
}

function sayActual(server: VirtualServer): string {
  return sayRecorded({
    virtual: `${joinHostPort(server.address, server.port)}/${server.protocol}`,
    scheduler: server.scheduler,
    flags: server.persistenceTimeout === undefined ? 0 : 1,
    timeout: server.persistenceTimeout ?? 0,
    real: server.realServers.map((one) => joinHostPort(one.address, one.port)),
  });
}

/** kube-proxy's unit tests give their IPv6 proxier sets with the IPv4 names (NewFakeProxier), which a real one never has. */
function familyFreeName(text: string): string {
  return text.replace(/KUBE-6-[A-Z-]+/g, (kernelName) => {
    return setNames.find((name) => kernelSetName(name, "IPv6") === kernelName) ?? kernelName;
  });
}

/** Recorded are the sets that have members, by the members' text. */
function setsDifference(
  recorded: Readonly<Record<string, readonly string[]>>,
  sets: readonly IpSet[],
): string | undefined {
  const names = sets.map((set) => familyFreeName(set.name));
  for (const name of Object.keys(recorded)) {
    if (!names.includes(name)) return `set ${name} is missing`;
  }
  for (const [i, set] of sets.entries()) {
    const expected = (recorded[names[i]!] ?? []).map((text) => text.replace(/\/(32|128)$/, ""));
    const difference = firstSetDifference(
      expected,
      set.entries.map((entry) => entry.text),
    );
    if (difference !== undefined) return `set ${set.name} ${difference}`;
  }
  return undefined;
}
