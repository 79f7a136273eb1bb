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

/** pkg/proxy/nftables. */
export const nftablesBackend: Backend = {
  mode: "nftables",
  removes: ["iptables", "ipvs"],
  texts: [nftListText("ip"), nftListText("ip6"), nftRulesetText],
  start(snapshot, node, nowMs) {
    const kernel = (): NftTable | undefined => tableOf(node, snapshot);
    return write(node, undefined, syncNftables(undefined, snapshot, { now: nowMs, kernel }));
  },
  cleanUp,
};

/** @param refusal why the last sync did not hold; then the next one writes everything */
function proxier(program: NftablesProgram, refusal?: Problem): Proxier {
  const mustWriteAll = refusal !== undefined;
  return {
    snapshot: program.snapshot,
    problems: refusal === undefined ? [] : [refusal],
    isRefused: mustWriteAll,
    sync(snapshot, node, nowMs) {
      if (isOnlyServiceCIDRs(program.snapshot, snapshot)) {
        return proxier(withServiceCIDRs(program, snapshot), refusal);
      }
      const kernel = (): NftTable | undefined => tableOf(node, snapshot);
      return write(node, program, syncNftables(program, snapshot, { full: mustWriteAll, now: nowMs, kernel }));
    },
    listener: (packet, { localhostPins: pins, kubeProxyRandom: random, clock }) =>
      localhostProcess(program, packet, { pins, random, nowMs: () => clock.nowMs }),
  };
}

function isOnlyServiceCIDRs(before: ProxySnapshot, after: ProxySnapshot): boolean {
  return before.basis === after.basis && before.serviceTable === after.serviceTable;
}

/**
 * An endpoint may have an impossible port, or somebody else may have changed the table, so that nft refuses a transaction; then the next sync writes everything. (A real
 * kube-proxy tries that again after its sync period; here the next change brings it.)
 */
function write(
  { kernel, localhostPins }: NodeKernel,
  before: NftablesProgram | undefined,
  program: NftablesProgram,
): Proxier {
  try {
    for (const transaction of program.transactions) kernel.applyNft(transaction);
    localhostPins.follow(program);
    return proxier(program);
  } catch (problem) {
    if (!(problem instanceof NftError)) throw problem;
    return proxier(afterRefusal({ ...(before ?? program), snapshot: program.snapshot }), refusalOf(problem));
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
