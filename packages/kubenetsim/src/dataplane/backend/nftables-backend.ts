import { NftError } from "@kubenetsim/netfilter/nft/nft-error";
import type { NftTable } from "@kubenetsim/netfilter/ruleset/nft-table";
import type { LogLine } from "@kubenetsim/proxy/log/log-line";
import { error } from "@kubenetsim/proxy/log/log-line";
import type { Problem } from "@kubenetsim/proxy/log/problem";
import { tableName } from "@kubenetsim/proxy/nftables/base-objects";
import { afterRefusal, type NftablesProgram, withServiceCIDRs } from "@kubenetsim/proxy/nftables/nftables-program";
import { syncNftables } from "@kubenetsim/proxy/nftables/sync-nftables";
import type { ProxySnapshot } from "@kubenetsim/proxy/snapshot/snapshot";
import { nftListText, nftRulesetText } from "../../print/node-texts.ts";
import { localhostProcess } from "../localhost-process.ts";
import type { NodeKernel } from "../node-kernel.ts";
import type { Backend, Proxier } from "./backend.ts";
import { dueRunMs, idleIntervalMs, type Runs } from "./idle-runs.ts";

/** pkg/proxy/nftables. */
export const nftablesBackend: Backend = {
  mode: "nftables",
  removes: ["iptables", "ipvs"],
  texts: [nftListText("ip"), nftListText("ip6"), nftRulesetText],
  start(snapshot, node, nowMs) {
    return proxier(run(undefined, snapshot, node, { lastMs: nowMs, idle: 0 }));
  },
  cleanUp,
};

/** A proxier with what it remembers from run to run. */
interface NftablesState {
  readonly program: NftablesProgram;
  /** Why nft has refused its last transaction, if it has. */
  readonly refusal: Problem | undefined;
  readonly runs: Runs;
}

function proxier(state: NftablesState): Proxier {
  const { program, refusal, runs } = state;
  const { snapshot } = program;
  const intervalMs = idleIntervalMs(snapshot.basis.config, refusal !== undefined);
  return {
    snapshot,
    problems: refusal === undefined ? [] : [refusal],
    isRefused: refusal !== undefined,
    ranMs: runs.lastMs,
    sync(next, node, nowMs) {
      if (isOnlyServiceCIDRs(snapshot, next)) return proxier({ ...state, program: withServiceCIDRs(program, next) });
      return proxier(run(state, next, node, { lastMs: nowMs, idle: 0 }));
    },
    alarm: {
      atMs: runs.lastMs + intervalMs,
      ring(node, untilMs) {
        const lastMs = dueRunMs(runs, intervalMs, untilMs);
        return proxier(run(state, snapshot, node, { lastMs, idle: runs.idle + 1 }));
      },
    },
    listener: (packet, { localhostPins: pins, kubeProxyRandom: random, clock }) =>
      localhostProcess(program, packet, { pins, random, nowMs: () => clock.nowMs }),
  };
}

function isOnlyServiceCIDRs(before: ProxySnapshot, after: ProxySnapshot): boolean {
  return before.basis === after.basis && before.serviceTable === after.serviceTable;
}

/**
 * One sync. An endpoint may have an impossible port, or somebody else may have changed the table, so that nft refuses a
 * transaction; then the next sync, after the sync
 * period at the latest, writes everything.
 */
function run(before: NftablesState | undefined, snapshot: ProxySnapshot, node: NodeKernel, runs: Runs): NftablesState {
  const full = before?.refusal !== undefined;
  const found = (): NftTable | undefined => tableOf(node, snapshot);
  const program = syncNftables(before?.program, snapshot, { full, now: runs.lastMs, kernel: found });
  try {
    for (const transaction of program.transactions) node.kernel.applyNft(transaction);
    node.localhostPins.follow(program);
    return { program, refusal: undefined, runs };
  } catch (problem) {
    if (!(problem instanceof NftError)) throw problem;
    return { program: afterRefusal({ ...(before?.program ?? program), snapshot }), refusal: refusalOf(problem), runs };
  }
}

function refusalOf({ message, command }: NftError): Problem {
  const origin = command.object === "rule" && command.verb === "add" ? command.rule.origin : undefined;
  return { servicePort: origin?.servicePort, line: error("nftables sync failed", { err: message }) };
}

function tableOf({ kernel }: NodeKernel, { basis }: ProxySnapshot): NftTable | undefined {
  return kernel.nftTable(basis.family === "IPv4" ? "ip" : "ip6", tableName);
}

/** pkg/proxy/nftables/cleanup.go. */
function cleanUp({ kernel }: NodeKernel): readonly LogLine[] {
  for (const family of ["ip", "ip6"] as const) {
    if (kernel.nftTable(family, tableName) === undefined) continue;
    kernel.applyNft({ family, table: tableName, commands: [{ verb: "delete", object: "table" }] });
  }
  return [];
}
