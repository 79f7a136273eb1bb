import type { IpFamily } from "@kubenetsim/core/net/address";
import type { Chain, TableName } from "@kubenetsim/netfilter/ruleset/ruleset";
import { isServiceChainName } from "@kubenetsim/proxy/iptables/chain-names";
import { afterRefusedRestore, type IptablesProgram } from "@kubenetsim/proxy/iptables/iptables-program";
import { restoreRefusal } from "@kubenetsim/proxy/iptables/refused-restore";
import { iptablesJumps } from "@kubenetsim/proxy/iptables/static-jumps";
import { syncIptables } from "@kubenetsim/proxy/iptables/sync-iptables";
import type { LogLine } from "@kubenetsim/proxy/log/log-line";
import type { Problem } from "@kubenetsim/proxy/log/problem";
import type { ProxySnapshot } from "@kubenetsim/proxy/snapshot/snapshot";
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
    return sync(undefined, snapshot, node, nowMs);
  },
  cleanUp,
};

/** What is in the kernel, if a sync has held already, and why the last one did not. */
interface IptablesState {
  readonly program: IptablesProgram | undefined;
  readonly refusal: Problem | undefined;
}

function proxier(snapshot: ProxySnapshot, { program, refusal }: IptablesState): Proxier {
  return {
    snapshot,
    problems: refusal === undefined ? [] : [refusal],
    isRefused: refusal !== undefined,
    sync: (next, node, nowMs) => sync(program, next, node, nowMs, refusal !== undefined),
  };
}

/** One sync. `iptables-restore` takes all that it is fed or nothing; the next sync after a failed one is a full one. */
function sync(
  before: IptablesProgram | undefined,
  snapshot: ProxySnapshot,
  node: NodeKernel,
  now: number,
  full = false,
): Proxier {
  const found = before === undefined ? serviceChains(node, snapshot.basis.family) : [];
  const program = syncIptables(before, snapshot, { found, full, now });
  if (before === undefined) setSysctls(node, program.sysctls);
  ensureParts(node, program);
  const refusal = restoreRefusal(program);
  if (refusal !== undefined) {
    return proxier(snapshot, { program: before && afterRefusedRestore(before, program), refusal });
  }
  node.kernel.restore(program.input);
  return proxier(snapshot, { program, refusal });
}

/** The chain by which kube-proxy notices that somebody has flushed the rules (pkg/util/iptables/iptables.go, Monitor). */
const canaryChain = "KUBE-PROXY-CANARY";
const canaryTables: readonly TableName[] = ["mangle", "nat", "filter"];

/** What a full sync makes sure of before it writes: canaries, and the jumps from the built-in chains. */
function ensureParts({ kernel }: NodeKernel, { sync, snapshot }: IptablesProgram): void {
  if (sync !== "full") return;
  const { family } = snapshot.basis;
  for (const table of canaryTables) ensureChain(kernel, family, table, canaryChain);
  ensureJumps(kernel, family, iptablesJumps);
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
function cleanUp({ kernel }: NodeKernel): LogLine[] {
  return (["IPv4", "IPv6"] as const).flatMap((family) => {
    removeJumps(
      kernel,
      family,
      iptablesJumps.filter(({ to }) => to !== "KUBE-FIREWALL"),
    );
    const problems = [
      ...removeChains(kernel, family, "nat", (name) => natChains.includes(name) || isServiceChainName(name)),
      ...removeChains(kernel, family, "filter", (name) => filterChains.includes(name)),
    ];
    removeChains(kernel, family, "mangle", (name) => name === canaryChain);
    return problems;
  });
}
