import { invariant } from "@kubenetsim/core/runtime/invariant";
import type { NftTable } from "@kubenetsim/netfilter/ruleset/nft-table";
import type { RestoreInput } from "@kubenetsim/netfilter/ruleset/ruleset";
import { printNftTransaction } from "@kubenetsim/netfilter/text/nft-command-print";
import { printRestoreInput } from "@kubenetsim/proxy/iptables/print-restore-input";
import { iptablesJumps } from "@kubenetsim/proxy/iptables/static-jumps";
import { syncIptables } from "@kubenetsim/proxy/iptables/sync-iptables";
import { serviceContainers } from "@kubenetsim/proxy/nftables/containers";
import type { NftablesProgram } from "@kubenetsim/proxy/nftables/nftables-program";
import { syncNftables } from "@kubenetsim/proxy/nftables/sync-nftables";
import { type ProxySnapshot, takeSnapshot, updateSnapshot } from "@kubenetsim/proxy/snapshot/snapshot";
import { proxyNodes } from "../dataplane/proxy-node.ts";
import { type Churn, churnOf, type ObjectChange } from "./churn.ts";
import { ipvsSyncs } from "./ipvs-syncs.ts";

import type { Measured } from "./measures.ts";
import { objectsOfRuleset } from "./objects-of-ruleset.ts";
import type { Setting } from "./setting.ts";
import { userspaceSyncs } from "./userspace-syncs.ts";

/**
 * What the kube-proxy of the first node does for IPv4 at its first sync, on a node without any rules, and at the one after the churn. How often programs run
 * is what pkg/proxy of Kubernetes 1.37.2 (userspace: 1.25.16) asks of pkg/util/iptables, ipset and knftables; the canary chains are not in it. With
 * the lines of those sources:
 *
 * - iptables (pkg/proxy/iptables/proxier.go), at a full sync for each of 14 jumps `iptables -N`, `-C` and, as it is not there, `-I` (686 to 696,
 *   pkg/util/iptables/iptables.go:208 and 244); `iptables-save -t nat` (1251) but for incremental syncs with more than 1,000 endpoints (805);
 *   `iptables-restore` (1384). So 44; and 2, or 1 with more endpoints.
 * - ipvs: `programRuns` in ipvs-syncs.ts.
 * - nftables (pkg/proxy/nftables/proxier.go): `nft -f -` (1872), whatever has changed; at a full sync `nft list` of each of the 7 sets and maps that
 *   Services fill (790 to 799, knftables nftables.go:554). What chains and sets there are (1269, 1276) it asks by netlink: the gate NFTablesNetlink
 *   (supported.go:43) is on by default. So 8; and 1.
 * - userspace (pkg/proxy/userspace/proxier.go), at its start for each of 5 chains `iptables -N`, `-C` and `-I` or `-A`, and `-F` (256, 261); at each sync of
 *   Services `-N` and `-C` of these again (387), and for both rules of each portal `-C`, and `-A` where it is not there (780, 813); for one that goes `-C` and
 *   `-D` (954, 976) and `conntrack -D` (597). So 30 + 6 for each Service; and none for endpoints.
 */
export function measureSync(setting: Setting): Measured {
  const { cell, site, state, config } = setting;
  const churn = churnOf(cell.parameters, site);
  if (config.mode === "userspace") return userspaceSyncs(snapshotOf(setting).basis, state, churn, cell.seed);
  const { before, after } = snapshotsOf(setting, churn);
  if (config.mode === "iptables") return iptablesSyncs(before, after);
  return config.mode === "ipvs" ? ipvsSyncs(before, after) : nftablesSyncs(before, after);
}

export function snapshotOf({ site, state: { tables }, config }: Setting): ProxySnapshot {
  const node = proxyNodes(tables.Node.values(), "bridge").get(site.client.node);
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

function snapshotsOf(setting: Setting, { first, second }: Churn) {
  const before = updateSnapshot(snapshotOf(setting), first.filter(isSeen));
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
    programRunsFull: 3 * iptablesJumps.length + 2,
    programRunsIncremental: partial.largeCluster ? 1 : 2,
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

/** A transaction runs even where it is empty. */
function runsOf({ sync, transactions, table }: NftablesProgram): number {
  const read = sync === "full" ? serviceContainers.filter((name) => table.sets.has(name)).length : 0;
  return Math.max(1, transactions.length) + read;
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
