import type { ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import { invariant } from "@kubenetsim/core/runtime/invariant";
import type { NftTable } from "@kubenetsim/netfilter/ruleset/nft-table";
import type { RestoreInput, Ruleset } from "@kubenetsim/netfilter/ruleset/ruleset";
import type { VirtualServer } from "@kubenetsim/netfilter/ruleset/virtual-server";
import { printNftTransaction } from "@kubenetsim/netfilter/text/nft-command-print";
import type { KubeProxyConfig } from "@kubenetsim/proxy/config/kube-proxy-config";
import { printRestoreInput } from "@kubenetsim/proxy/iptables/print-restore-input";
import { syncIptables } from "@kubenetsim/proxy/iptables/sync-iptables";
import { type IpvsProgram, syncIpvs } from "@kubenetsim/proxy/ipvs/sync-ipvs";
import type { NftablesProgram } from "@kubenetsim/proxy/nftables/nftables-program";
import { syncNftables } from "@kubenetsim/proxy/nftables/sync-nftables";
import { type ProxySnapshot, takeSnapshot, updateSnapshot } from "@kubenetsim/proxy/snapshot/snapshot";
import { proxyNodes } from "../dataplane/proxy-node.ts";
import type { Cell } from "./experiment.ts";
import { nodeName, serviceName, sliceObject } from "./made-cluster.ts";
import type { Measured } from "./measures.ts";

/** kube-proxy's first sync, and the one after some Services have lost their last endpoint. userspace mode has none to measure. */
export function measureSync({ parameters }: Cell, state: ClusterState, config: KubeProxyConfig): Measured {
  const before = snapshotOf(state, config);
  const after = updateSnapshot(before, churn(parameters.services, parameters.endpoints, parameters.churn));
  switch (config.mode) {
    case "iptables":
      return iptablesSyncs(before, after);
    case "nftables":
      return nftablesSyncs(before, after);
    case "ipvs":
      return ipvsSyncs(before, after);
    default:
      return {};
  }
}

function snapshotOf({ tables }: ClusterState, config: KubeProxyConfig): ProxySnapshot {
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

/** Spread evenly over all Services. */
function churn(services: number, endpoints: number, changed: number) {
  return Array.from({ length: changed }, (_, i) => {
    const number = Math.floor(((2 * i + 1) * services) / (2 * changed));
    return {
      kind: "EndpointSlice" as const,
      key: `default/${serviceName(number)}`,
      before: sliceObject(number, endpoints),
      after: sliceObject(number, endpoints - 1),
    };
  });
}

function iptablesSyncs(before: ProxySnapshot, after: ProxySnapshot): Measured {
  const full = syncIptables(undefined, before, { found: [], now: 0 });
  const partial = syncIptables(full, after, { found: [], now: 0 });
  return {
    objects: objectsOfRuleset(full.ruleset),
    objectsTouched: objectsOfInput(partial.input),
    bytesFull: printRestoreInput(full).length,
    bytesIncremental: printRestoreInput(partial).length,
  };
}

/** Chains and their rules. */
function objectsOfRuleset({ tables }: Ruleset): number {
  let count = 0;
  for (const { chains } of tables.values()) for (const { rules } of chains.values()) count += 1 + rules.length;
  return count;
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
  };
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

function ipvsSyncs(before: ProxySnapshot, after: ProxySnapshot): Measured {
  const full = syncIpvs(undefined, before);
  const partial = syncIpvs(full, after);
  const known = objectsOfIpvs(full);
  const wanted = objectsOfIpvs(partial);
  let touched = 0;
  for (const each of wanted) if (!known.has(each)) touched++;
  for (const each of known) if (!wanted.has(each)) touched++;
  return { objects: known.size + objectsOfRuleset(full.ruleset), objectsTouched: touched };
}

/** Virtual servers, their real servers, entries of sets and addresses of kube-ipvs0, each by its text. */
function objectsOfIpvs({ virtualServers, ipSets, dummyAddresses }: IpvsProgram): Set<string> {
  const objects = new Set<string>();
  for (const server of virtualServers) {
    const name = nameOf(server);
    objects.add(name);
    for (const { address, port, weight } of server.realServers) objects.add(`${name} ${address} ${port} ${weight}`);
  }
  for (const { name, entries } of ipSets) {
    objects.add(`set ${name}`);
    for (const entry of entries) objects.add(`set ${name} ${JSON.stringify(entry)}`);
  }
  for (const address of dummyAddresses) objects.add(`address ${address}`);
  return objects;
}

function nameOf({ protocol, address, port, scheduler }: VirtualServer): string {
  return `server ${protocol} ${address} ${port} ${scheduler}`;
}
