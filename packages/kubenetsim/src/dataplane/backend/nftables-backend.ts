import { NftError } from "@kubenetsim/netfilter/nft/nft-error";
import type { NftTable } from "@kubenetsim/netfilter/ruleset/nft-table";
import { tableName } from "@kubenetsim/proxy/nftables/base-objects";
import { afterRefusal, type NftablesProgram, withServiceCIDRs } from "@kubenetsim/proxy/nftables/nftables-program";
import { syncNftables } from "@kubenetsim/proxy/nftables/sync-nftables";
import type { ProxySnapshot } from "@kubenetsim/proxy/snapshot/snapshot";
import { nftListText } from "../../print/node-texts.ts";
import { localhostProcess } from "../localhost-process.ts";
import type { NodeKernel } from "../node-kernel.ts";
import type { Backend, Proxier } from "./backend.ts";

/** pkg/proxy/nftables. */
export const nftablesBackend: Backend = {
  mode: "nftables",
  removes: ["iptables", "ipvs"],
  texts: [nftListText("ip"), nftListText("ip6")],
  start(snapshot, node, nowMs) {
    const kernel = (): NftTable | undefined => tableOf(node, snapshot);
    return write(node, undefined, syncNftables(undefined, snapshot, { now: nowMs, kernel }));
  },
  cleanUp,
};

function proxier(program: NftablesProgram, mustWriteAll = false): Proxier {
  return {
    snapshot: program.snapshot,
    sync(snapshot, node, nowMs) {
      if (isOnlyServiceCIDRs(program.snapshot, snapshot)) {
        return proxier(withServiceCIDRs(program, snapshot), mustWriteAll);
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
 * Somebody else may have changed the table so that nft refuses a transaction; then the next sync writes everything. (A real
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
    return proxier(afterRefusal({ ...(before ?? program), snapshot: program.snapshot }), true);
  }
}

function tableOf({ kernel }: NodeKernel, { basis }: ProxySnapshot): NftTable | undefined {
  return kernel.nftTable(basis.family === "IPv4" ? "ip" : "ip6", tableName);
}

/** pkg/proxy/nftables/cleanup.go. */
function cleanUp({ kernel }: NodeKernel): void {
  for (const family of ["ip", "ip6"] as const) {
    if (kernel.nftTable(family, tableName) === undefined) continue;
    kernel.applyNft({ family, table: tableName, commands: [{ verb: "delete", object: "table" }] });
  }
}
