import type { ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import { invariant } from "@kubenetsim/core/runtime/invariant";
import type { NftTable } from "@kubenetsim/netfilter/ruleset/nft-table";
import type { RestoreInput } from "@kubenetsim/netfilter/ruleset/ruleset";
import { printNftTransaction } from "@kubenetsim/netfilter/text/nft-command-print";
import type { KubeProxyConfig } from "@kubenetsim/proxy/config/kube-proxy-config";
import { printRestoreInput } from "@kubenetsim/proxy/iptables/print-restore-input";
import { iptablesJumps } from "@kubenetsim/proxy/iptables/static-jumps";
import { syncIptables } from "@kubenetsim/proxy/iptables/sync-iptables";
import { serviceContainers } from "@kubenetsim/proxy/nftables/containers";
import type { NftablesProgram } from "@kubenetsim/proxy/nftables/nftables-program";
import { syncNftables } from "@kubenetsim/proxy/nftables/sync-nftables";
import { type ProxySnapshot, takeSnapshot, updateSnapshot } from "@kubenetsim/proxy/snapshot/snapshot";
import { proxyNodes } from "../dataplane/proxy-node.ts";
import { type Churn, churnOf, type ObjectChange } from "./churn.ts";
import type { Cell } from "./experiment.ts";
import { ipvsSyncs } from "./ipvs-syncs.ts";
import { nodeName } from "./made-cluster.ts";
import type { Measured } from "./measures.ts";
import { objectsOfRuleset } from "./objects-of-ruleset.ts";
import { userspaceSyncs } from "./userspace-syncs.ts";

/**
 * What the kube-proxy of the first node does for IPv4 at its first sync, on a node without any rules, and at the one after the churn. How often programs run
 * is what pkg/proxy of Kubernetes 1.37 (userspace: 1.25) asks of pkg/util/iptables, ipset and knftables; the canary chains are not in it.
 */
export function measureSync({ parameters, seed }: Cell, state: ClusterState, config: KubeProxyConfig): Measured {
  const churn = churnOf(parameters);
  if (config.mode === "userspace") return userspaceSyncs(snapshotOf(state, config).basis, state, churn, seed);
  const { before, after } = snapshotsOf(state, config, churn);
  if (config.mode === "iptables") return iptablesSyncs(before, after);
  return config.mode === "ipvs" ? ipvsSyncs(before, after) : nftablesSyncs(before, after);
}

export function snapshotOf({ tables }: ClusterState, config: KubeProxyConfig): ProxySnapshot {
  const node = proxyNodes(tables.Node.values(), "bridge").get(nodeName);
  invariant(node !== undefined, "the made cluster has its node");
  return takeSnapshot({
    family: "IPv4",
    node,
    config,
    services: tables.Service.values(),
    endpointSlices: tables.EndpointSlice.values(),
    serviceCIDRs: tables.ServiceCIDR.values(),
  });
}

function snapshotsOf(state: ClusterState, config: KubeProxyConfig, { first, second }: Churn) {
  const before = updateSnapshot(snapshotOf(state, config), first.filter(isSeen));
  return { before, after: updateSnapshot(before, second.filter(isSeen)) };
}

/** Endpoints are for userspace mode alone. */
function isSeen(change: ObjectChange): change is Exclude<ObjectChange, { readonly kind: "Endpoints" }> {
  return change.kind !== "Endpoints";
}

function iptablesSyncs(before: ProxySnapshot, after: ProxySnapshot): Measured {
  const full = syncIptables(undefined, before, { found: [], now: 0 });
  const partial = syncIptables(full, after, { found: [], now: 0 });
  return {
    objects: objectsOfRuleset(full.ruleset),
    objectsTouched: objectsOfInput(partial.input),
    bytesFull: printRestoreInput(full).length,
    bytesIncremental: printRestoreInput(partial).length,
    // For each jump `iptables -N`, `-C` and `-I`.
    programRunsFull: 3 * iptablesJumps.length + 1,
    programRunsIncremental: 1,
  };
}

function objectsOfInput({ tables }: RestoreInput): number {
  let count = 0;
  for (const { chains, deleted } of tables) {
    count += deleted.length;
    for (const { rules } of chains) count += 1 + rules.length;
  }
  return count;
}

function nftablesSyncs(before: ProxySnapshot, after: ProxySnapshot): Measured {
  const full = syncNftables(undefined, before, { now: 0 });
  const partial = syncNftables(full, after, { now: 0 });
  return {
    objects: objectsOfTable(full.table),
    objectsTouched: partial.transactions.reduce((count, { commands }) => count + commands.length, 0),
    bytesFull: bytesOf(full),
    bytesIncremental: bytesOf(partial),
    programRunsFull: runsOf(full),
    programRunsIncremental: runsOf(partial),
  };
}

/** `nft list chains` and `nft list sets`, the transactions, and at a full sync a look into each set and map that Services fill. */
function runsOf({ sync, transactions, table }: NftablesProgram): number {
  const read = sync === "full" ? serviceContainers.filter((name) => table.sets.has(name)).length : 0;
  return 2 + transactions.length + read;
}

/** Sets and maps, their elements, chains and their rules. */
function objectsOfTable({ sets, chains }: NftTable): number {
  let count = 0;
  for (const { elements } of sets.values()) count += 1 + elements.length;
  for (const { rules } of chains.values()) count += 1 + rules.length;
  return count;
}

function bytesOf({ transactions }: NftablesProgram): number {
  const encoder = new TextEncoder();
  return transactions.reduce((sum, each) => sum + encoder.encode(printNftTransaction(each)).length, 0);
}
