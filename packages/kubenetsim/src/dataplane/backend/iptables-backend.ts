import type { IpFamily } from "@kubenetsim/core/net/address";
import type { Chain, TableName } from "@kubenetsim/netfilter/ruleset/ruleset";
import { isServiceChainName } from "@kubenetsim/proxy/iptables/chain-names";
import type { IptablesProgram } from "@kubenetsim/proxy/iptables/iptables-program";
import { iptablesJumps } from "@kubenetsim/proxy/iptables/static-jumps";
import { syncIptables } from "@kubenetsim/proxy/iptables/sync-iptables";
import { iptablesTexts } from "../../print/node-texts.ts";
import { type NodeKernel, setSysctls } from "../node-kernel.ts";
import type { Backend, Proxier } from "./backend.ts";
import { ensureChain, ensureJumps, removeJumps } from "./ensure-jumps.ts";
import { removeChains } from "./remove-chains.ts";

/** pkg/proxy/iptables. */
export const iptablesBackend: Backend = {
  mode: "iptables",
  removes: ["nftables"],
  texts: iptablesTexts,
  start(snapshot, node, nowMs) {
    const found = serviceChains(node, snapshot.basis.family);
    const program = syncIptables(undefined, snapshot, { found, now: nowMs });
    setSysctls(node, program.sysctls);
    write(node, program);
    return proxier(program);
  },
  cleanUp,
};

function proxier(program: IptablesProgram): Proxier {
  return {
    snapshot: program.snapshot,
    sync(snapshot, node, nowMs) {
      const next = syncIptables(program, snapshot, { now: nowMs });
      write(node, next);
      return proxier(next);
    },
  };
}

/** The chain by which kube-proxy notices that somebody has flushed the rules (pkg/util/iptables/iptables.go, Monitor). */
const canaryChain = "KUBE-PROXY-CANARY";
const canaryTables: readonly TableName[] = ["mangle", "nat", "filter"];

function write({ kernel }: NodeKernel, { sync, input }: IptablesProgram): void {
  if (sync === "full") {
    for (const table of canaryTables) ensureChain(kernel, input.family, table, canaryChain);
    ensureJumps(kernel, input.family, iptablesJumps);
  }
  kernel.restore(input);
}

/** What the first sync finds of an earlier kube-proxy by `iptables-save -t nat`. */
function serviceChains({ kernel }: NodeKernel, family: IpFamily): Chain[] {
  const nat = kernel.ruleset(family).tables.get("nat");
  return [...(nat?.chains.values() ?? [])].filter(({ name }) => isServiceChainName(name));
}

const natChains = ["KUBE-SERVICES", "KUBE-NODEPORTS", "KUBE-POSTROUTING", "KUBE-MARK-MASQ", canaryChain];
const filterChains = [
  "KUBE-SERVICES",
  "KUBE-EXTERNAL-SERVICES",
  "KUBE-FORWARD",
  "KUBE-NODEPORTS",
  "KUBE-PROXY-FIREWALL",
  canaryChain,
];

/** pkg/proxy/iptables/cleanup.go. KUBE-FIREWALL and its jumps, which the kubelet had too, stay. */
function cleanUp({ kernel }: NodeKernel): void {
  for (const family of ["IPv4", "IPv6"] as const) {
    removeJumps(
      kernel,
      family,
      iptablesJumps.filter(({ to }) => to !== "KUBE-FIREWALL"),
    );
    removeChains(kernel, family, "nat", (name) => natChains.includes(name) || isServiceChainName(name));
    removeChains(kernel, family, "filter", (name) => filterChains.includes(name));
    removeChains(kernel, family, "mangle", (name) => name === canaryChain);
  }
}
