import { addressWords, familyOf } from "@kubenetsim/core/net/address";
import { cidrContains } from "@kubenetsim/core/net/cidr";
import { virtualServerKey } from "@kubenetsim/netfilter/ipvs/virtual-server-key";
import type { VirtualServer } from "@kubenetsim/netfilter/ruleset/virtual-server";
import { setReferences } from "@kubenetsim/netfilter/text/ipset";
import { ipvsJumps } from "@kubenetsim/proxy/ipvs/ipvs-jumps";
import { setNames } from "@kubenetsim/proxy/ipvs/set-catalog";
import { type IpvsProgram, syncIpvs } from "@kubenetsim/proxy/ipvs/sync-ipvs";
import { error, type LogLine } from "@kubenetsim/proxy/log/log-line";
import { cidrsOfFamily } from "@kubenetsim/proxy/snapshot/sloppy-address";
import type { ProxySnapshot } from "@kubenetsim/proxy/snapshot/snapshot";
import {
  ipsetListText,
  ipsetSaveText,
  ipvsadmConnectionsText,
  ipvsadmSaveText,
  ipvsadmStatsText,
  ipvsadmText,
} from "../../print/node-texts.ts";
import { type NodeKernel, setSysctls } from "../node-kernel.ts";
import type { Backend, Proxier } from "./backend.ts";
import { ensureJumps, removeJumps } from "./ensure-jumps.ts";
import { checkIntervalMs, endTerminated, keepServing, type Terminating } from "./graceful-termination.ts";
import { removeChainByChain } from "./remove-chains.ts";

/** pkg/proxy/ipvs. */
export const ipvsBackend: Backend = {
  mode: "ipvs",
  removes: ["nftables"],
  texts: [ipvsadmText, ipvsadmStatsText, ipvsadmConnectionsText, ipvsadmSaveText, ipsetListText, ipsetSaveText],
  start,
  cleanUp,
};

function start(snapshot: ProxySnapshot, node: NodeKernel, nowMs: number): Proxier {
  const program = syncIpvs(undefined, snapshot);
  setSysctls(node, program.sysctls);
  setTimeouts(node, program);
  const terminating = keepServing(node.director, program.virtualServers, new Map());
  return write(node, { program, terminating, startedMs: nowMs }, excludedServers(node, program), nowMs);
}

/** A proxier with what it remembers from sync to sync. */
interface IpvsState {
  readonly program: IpvsProgram;
  readonly terminating: Terminating;
  readonly startedMs: number;
}

function proxier(state: IpvsState, nowMs: number): Proxier {
  const { program, terminating, startedMs } = state;
  const passed = Math.floor((nowMs - startedMs) / checkIntervalMs);
  return {
    snapshot: program.snapshot,
    problems: program.problems,
    sync(snapshot, node, now) {
      const next = syncIpvs(program, snapshot);
      const excluded = excludedServers(node, next);
      const nextTerminating = stillServing(node, state, next, excluded);
      return write(node, { program: next, terminating: nextTerminating, startedMs }, excluded, now);
    },
    alarm: terminating.size === 0 ? undefined : terminationAlarm(state, startedMs + (passed + 1) * checkIntervalMs),
  };
}

function stillServing(
  { director }: NodeKernel,
  { program, terminating }: IpvsState,
  next: IpvsProgram,
  excluded: readonly VirtualServer[],
): Terminating {
  if (next.changedServers !== "all") return keepServing(director, next.changedServers, terminating);
  const known = new Set(program.virtualServers);
  const changed = next.virtualServers.filter((one) => !known.has(one));
  const staying = terminating.size === 0 ? [] : [...excluded, ...next.virtualServers];
  const keys = new Set(staying.map(virtualServerKey));
  const kept = [...terminating].filter(([one]) => keys.has(virtualServerKey(one)));
  return keepServing(director, changed, new Map(kept));
}

function terminationAlarm(state: IpvsState, atMs: number): NonNullable<Proxier["alarm"]> {
  return {
    atMs,
    ring(node) {
      const terminating = endTerminated(node.director, state.terminating);
      for (const wanted of state.terminating.keys()) node.director.setVirtualServer(terminating.get(wanted) ?? wanted);
      return proxier({ ...state, terminating }, atMs);
    },
  };
}

/** Virtual servers, sets and rules of one family; what the other family has stays as it is. */
function write(node: NodeKernel, state: IpvsState, excluded: readonly VirtualServer[], nowMs: number): Proxier {
  const { kernel, dummyAddresses } = node;
  const { program } = state;
  const { family } = program.snapshot.basis;
  dummyAddresses.set(family, program.dummyAddresses);
  loadServers(node, state, excluded);
  kernel.putSets(program.ipSets, program.changedSet);
  ensureJumps(kernel, family, ipvsJumps);
  const tables = [...program.ruleset.tables.values()].map(({ name, chains }) => ({
    name,
    chains: [...chains.values()].filter(({ policy }) => policy === undefined),
    deleted: [],
  }));
  kernel.restore({ family, tables });
  return proxier(state, nowMs);
}

function loadServers(
  { director }: NodeKernel,
  { program, terminating }: IpvsState,
  excluded: readonly VirtualServer[],
): void {
  const inKernel = (wanted: VirtualServer): VirtualServer => terminating.get(wanted) ?? wanted;
  if (program.changedServers === "all") {
    director.load([...excluded, ...program.virtualServers.map(inKernel)], program.snapshot.basis.family);
  } else {
    for (const wanted of program.changedServers) director.setVirtualServer(inKernel(wanted));
  }
}

/**
 * Those in excludeCIDRs that are there already and that it does not want: of others, and of Services that are gone
 * (cleanLegacyService). None when it looks at real servers alone.
 */
function excludedServers({ director }: NodeKernel, program: IpvsProgram): VirtualServer[] {
  const { family, config } = program.snapshot.basis;
  const ranges = cidrsOfFamily(config.ipvs.excludeCIDRs, family);
  if (ranges.length === 0 || program.changedServers !== "all") return [];
  const own = new Set(program.virtualServers.map(virtualServerKey));
  return director
    .list()
    .map(({ virtualServer }) => virtualServer)
    .filter((one) => familyOf(one.address) === family && !own.has(virtualServerKey(one)))
    .filter(({ address }) => ranges.some((range) => cidrContains(range, addressWords(address))));
}

function setTimeouts({ director }: NodeKernel, { snapshot }: IpvsProgram): void {
  const { tcpTimeoutSeconds, tcpFinTimeoutSeconds, udpTimeoutSeconds } = snapshot.basis.config.ipvs;
  const { timeouts } = director;
  director.configure({
    timeouts: {
      tcp: Math.trunc(tcpTimeoutSeconds) || timeouts.tcp,
      tcpFin: Math.trunc(tcpFinTimeoutSeconds) || timeouts.tcpFin,
      udp: Math.trunc(udpTimeoutSeconds) || timeouts.udp,
    },
  });
}

const natChains = ["KUBE-SERVICES", "KUBE-POSTROUTING", "KUBE-NODE-PORT", "KUBE-LOAD-BALANCER", "KUBE-MARK-MASQ"];
const filterChains = [
  "KUBE-FORWARD",
  "KUBE-NODE-PORT",
  "KUBE-PROXY-FIREWALL",
  "KUBE-SOURCE-RANGES-FIREWALL",
  "KUBE-IPVS-FILTER",
  "KUBE-IPVS-OUT-FILTER",
];

/** pkg/proxy/ipvs/cleanup.go: all virtual servers, kube-ipvs0, the rules, and the sets of IPv4; those of IPv6 stay. */
function cleanUp({ kernel, director, dummyAddresses }: NodeKernel): LogLine[] {
  director.load([]);
  dummyAddresses.clear();
  const problems = (["IPv4", "IPv6"] as const).flatMap((family) => {
    removeJumps(kernel, family, ipvsJumps);
    return [
      ...removeChainByChain(kernel, family, "nat", natChains),
      ...removeChainByChain(kernel, family, "filter", filterChains),
    ];
  });
  const used = setReferences([kernel.ruleset("IPv4"), kernel.ruleset("IPv6")]);
  const isUsed = (name: string): boolean => (used.get(name) ?? 0) > 0;
  kernel.destroySets(setNames.filter((name) => !isUsed(name)));
  return [...problems, ...setNames.filter(isUsed).map((ipset) => error("Error removing ipset", { ipset }))];
}
