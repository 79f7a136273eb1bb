import type { IpFamily } from "@kubenetsim/core/net/address";
import { RestoreError } from "@kubenetsim/netfilter/ruleset/restore-error";
import type { Chain, TableName } from "@kubenetsim/netfilter/ruleset/ruleset";
import { isServiceChainName } from "@kubenetsim/proxy/iptables/chain-names";
import {
  afterRefusedRestore,
  type IptablesProgram,
  isSameOnOtherNodes,
  programOnNode,
} from "@kubenetsim/proxy/iptables/iptables-program";
import { impossiblePort, missingChain } from "@kubenetsim/proxy/iptables/refused-restore";
import { iptablesJumps } from "@kubenetsim/proxy/iptables/static-jumps";
import { syncIptables } from "@kubenetsim/proxy/iptables/sync-iptables";
import type { LogLine } from "@kubenetsim/proxy/log/log-line";
import type { Problem } from "@kubenetsim/proxy/log/problem";
import type { ProxyNode } from "@kubenetsim/proxy/snapshot/proxy-node";
import { onNode, type ProxySnapshot } from "@kubenetsim/proxy/snapshot/snapshot";
import { iptablesTexts } from "../../print/node-texts.ts";
import { type NodeKernel, setSysctls } from "../node-kernel.ts";
import type { Alarm, Backend, Proxier } from "./backend.ts";
import { ensureChain, ensureJumps, removeJumps } from "./ensure-jumps.ts";
import { dueRunMs, idleIntervalMs, nextRepeatMs, type Runs } from "./idle-runs.ts";
import { removeChains } from "./remove-chains.ts";

/** pkg/proxy/iptables. */
export const iptablesBackend: Backend = {
  mode: "iptables",
  removes: ["nftables"],
  texts: iptablesTexts,
  start(snapshot, node, nowMs) {
    ensureCanaries(node, snapshot);
    const canaryMs = nowMs + syncPeriodMs(snapshot);
    return proxier(run({ snapshot, runs: { lastMs: nowMs, idle: 0 }, canaryMs }, node, { now: nowMs }));
  },
  cleanUp,
};

/** A proxier with what it remembers from run to run. */
interface IptablesState {
  readonly snapshot: ProxySnapshot;
  /** What is in the kernel, as far as it knows: what the last sync that held has written. */
  readonly program?: IptablesProgram;
  /** Why the last sync did not hold, if it did not. */
  readonly refusal?: Problem | undefined;
  readonly runs: Runs;
  /** When it looks for the canary next. */
  readonly canaryMs: number;
  /** It has missed one, and waits for those of other tables to go. */
  readonly isWaiting?: boolean;
}

function proxier(state: IptablesState): Proxier {
  const { snapshot, program, runs, refusal } = state;
  return {
    snapshot,
    problems: refusal === undefined ? [] : [refusal],
    isRefused: refusal !== undefined,
    ranMs: Math.max(runs.lastMs, program?.lastFullSync ?? 0),
    sync(next, node, nowMs) {
      const runs = { lastMs: nowMs, idle: 0 };
      return proxier(run({ ...state, snapshot: next, runs }, node, { now: nowMs }));
    },
    onNode: (other) => proxierOnNode(state, other),
    alarm: [idleAlarm(state), canaryAlarm(state)].reduce((first, one) => (one.atMs < first.atMs ? one : first)),
  };
}

/** One sync. The next sync after a failed one is a full one. */
function run(state: IptablesState, node: NodeKernel, { now, full = false }: RunOptions): IptablesState {
  const { snapshot, program: before } = state;
  const { family } = snapshot.basis;
  const found = before === undefined ? serviceChains(node, family) : [];
  const program = syncIptables(before, snapshot, { found, full: full || state.refusal !== undefined, now });
  if (before === undefined) setSysctls(node, program.sysctls);
  if (program.sync === "full") ensureJumps(node.kernel, family, iptablesJumps);
  const refusal = write(node, program);
  if (refusal === undefined) return { ...state, program, refusal };
  return { ...state, ...(before && { program: afterRefusedRestore(before, program) }), refusal };
}

interface RunOptions {
  readonly now: number;
  readonly full?: boolean;
}

/** Why `iptables-restore` has not taken all; it commits table by table, so that the one before has been taken. */
function write({ kernel }: NodeKernel, program: IptablesProgram): Problem | undefined {
  const { family, tables } = program.input;
  const refusal = impossiblePort(program);
  try {
    kernel.restore({ family, tables: refusal === undefined ? tables : tables.filter(({ name }) => name !== "nat") });
    return refusal;
  } catch (problem) {
    if (!(problem instanceof RestoreError)) throw problem;
    return missingChain(program, problem);
  }
}

/** It runs by the hour, and after a sync that failed when the sync period is over. */
function idleAlarm(state: IptablesState): Alarm {
  const { snapshot, runs, refusal } = state;
  const intervalMs = idleIntervalMs(snapshot.basis.config, refusal !== undefined);
  return {
    atMs: runs.lastMs + intervalMs,
    ring(node, untilMs) {
      const now = dueRunMs(runs, intervalMs, untilMs);
      return proxier(run({ ...state, runs: { lastMs: now, idle: runs.idle + 1 } }, node, { now }));
    },
  };
}

/**
 * By the sync period it looks whether somebody has flushed the rules, and writes all of them again if so (Monitor of
 * pkg/util/iptables/iptables.go). Where another table still has its canary it has waited for that for five seconds.
 */
function canaryAlarm(state: IptablesState): Alarm {
  const { snapshot, canaryMs, isWaiting = false } = state;
  const periodMs = syncPeriodMs(snapshot);
  return {
    atMs: canaryMs,
    ring(node, untilMs) {
      const [first, ...others] = canaryTables.map((table) => hasCanary(node, snapshot, table));
      if (first && !isWaiting) return proxier({ ...state, canaryMs: nextRepeatMs(canaryMs, periodMs, untilMs) });
      if (others.includes(true) && !isWaiting) {
        return proxier({ ...state, canaryMs: canaryMs + flushTimeoutMs, isWaiting: true });
      }
      const next = run({ ...state, canaryMs: canaryMs + periodMs, isWaiting: false }, node, {
        now: canaryMs,
        full: true,
      });
      ensureCanaries(node, snapshot);
      return proxier(next);
    },
  };
}

/** The chain by which kube-proxy notices that somebody has flushed the rules. */
const canaryChain = "KUBE-PROXY-CANARY";
const canaryTables: readonly TableName[] = ["mangle", "nat", "filter"];
const flushTimeoutMs = 5000;

function ensureCanaries({ kernel }: NodeKernel, { basis }: ProxySnapshot): void {
  for (const table of canaryTables) ensureChain(kernel, basis.family, table, canaryChain);
}

function hasCanary({ kernel }: NodeKernel, { basis }: ProxySnapshot, table: TableName): boolean {
  return kernel.chain(basis.family, table, canaryChain) !== undefined;
}

function syncPeriodMs({ basis }: ProxySnapshot): number {
  return basis.config.syncPeriodSeconds * 1000;
}

/** The same proxier on another node, where it has written nothing that is not the same there. */
function proxierOnNode(state: IptablesState, node: ProxyNode): Proxier | undefined {
  const { program, refusal } = state;
  if (program === undefined || refusal !== undefined || !isSameOnOtherNodes(program)) return undefined;
  const snapshot = onNode(state.snapshot, node);
  return proxier({ ...state, snapshot, program: programOnNode(program, snapshot) });
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
