import { noTraffic } from "@kubenetsim/netfilter/ipvs/counters";
import type { Ruleset } from "@kubenetsim/netfilter/ruleset/ruleset";
import type { VirtualServer } from "@kubenetsim/netfilter/ruleset/virtual-server";
import { printIpsetSave } from "@kubenetsim/netfilter/text/ipset";
import { printIptablesSave } from "@kubenetsim/netfilter/text/iptables-print";
import { printIpvsadmSave } from "@kubenetsim/netfilter/text/ipvsadm-save";
import { printNftTransaction } from "@kubenetsim/netfilter/text/nft-command-print";
import { syncIptables } from "@kubenetsim/proxy/iptables/sync-iptables";
import { syncIpvs } from "@kubenetsim/proxy/ipvs/sync-ipvs";
import type { NftablesProgram } from "@kubenetsim/proxy/nftables/nftables-program";
import { syncNftables } from "@kubenetsim/proxy/nftables/sync-nftables";
import type { ProxySnapshot } from "@kubenetsim/proxy/snapshot/snapshot";
import type { NetworkNamespace } from "./network-namespace.ts";

export const backendNames = ["iptables-legacy", "iptables-nft", "nft", "ipvs"] as const;
export type BackendName = (typeof backendNames)[number];

/** A way of the kernel to do what kube-proxy wants, with what our kube-proxy writes for it. */
interface Backend {
  readonly mode: "iptables" | "nftables" | "ipvs";
  readonly programs: readonly string[];
  /** Whose `--version` the model names. */
  readonly program: string;
  /** nft takes ever longer for a transaction the larger it is: kube-proxy is shown so many Services at a time. */
  readonly servicesAtOnce: number;
  load(namespace: NetworkNamespace, snapshots: Iterable<ProxySnapshot>): Promise<void>;
}

export const backends: Readonly<Record<BackendName, Backend>> = {
  "iptables-legacy": iptablesBackend("iptables-legacy"),
  "iptables-nft": iptablesBackend("iptables-nft"),
  nft: {
    mode: "nftables",
    programs: ["nft"],
    program: "nft",
    servicesAtOnce: 1000,
    load: loadNft,
  },
  ipvs: {
    mode: "ipvs",
    programs: ["ipvsadm", "ipset", "iptables-legacy-restore", "sysctl"],
    program: "ipvsadm",
    servicesAtOnce: Number.POSITIVE_INFINITY,
    load: loadIpvs,
  },
};

function iptablesBackend(program: "iptables-legacy" | "iptables-nft"): Backend {
  return {
    mode: "iptables",
    programs: [`${program}-restore`],
    program,
    servicesAtOnce: Number.POSITIVE_INFINITY,
    async load(namespace, snapshots) {
      for (const snapshot of snapshots) {
        const { ruleset } = syncIptables(undefined, snapshot, { found: [], now: 0 });
        await restore(namespace, program, ruleset);
      }
    },
  };
}

async function restore(namespace: NetworkNamespace, program: string, ruleset: Ruleset): Promise<void> {
  await namespace.run([`${program}-restore`], printIptablesSave(ruleset));
}

async function loadNft(namespace: NetworkNamespace, snapshots: Iterable<ProxySnapshot>): Promise<void> {
  let program: NftablesProgram | undefined;
  for (const snapshot of snapshots) {
    program = syncNftables(program, snapshot, { now: 0 });
    for (const transaction of program.transactions) {
      await namespace.run(["nft", "-f", "-"], printNftTransaction(transaction));
    }
  }
}

async function loadIpvs(namespace: NetworkNamespace, snapshots: Iterable<ProxySnapshot>): Promise<void> {
  for (const snapshot of snapshots) {
    const { virtualServers, ipSets, dummyAddresses, sysctls, ruleset } = syncIpvs(undefined, snapshot);
    // First, for the sysctls are there only where IPVS is.
    await namespace.run(["ipvsadm", "-R"], virtualServersText(virtualServers));
    for (const [name, value] of sysctls) await namespace.run(["sysctl", "-q", `${name.replaceAll("/", ".")}=${value}`]);
    await namespace.run(["ip", "link", "add", "kube-ipvs0", "type", "dummy"]);
    const addresses = dummyAddresses.map((address) => `address add ${address}/32 dev kube-ipvs0\n`);
    await namespace.run(["ip", "-batch", "-"], addresses.join(""));
    await namespace.run(["ipset", "restore"], printIpsetSave(ipSets));
    await restore(namespace, "iptables-legacy", ruleset);
  }
}

/** In the order in which kube-proxy adds them: the kernel has the newest of a bucket first. */
function virtualServersText(servers: readonly VirtualServer[]): string {
  return printIpvsadmSave(
    servers.map((virtualServer) => ({
      virtualServer,
      counters: noTraffic,
      realServers: virtualServer.realServers.map((realServer) => ({
        realServer,
        activeConnections: 0,
        inactiveConnections: 0,
        persistentConnections: 0,
        counters: noTraffic,
      })),
    })),
  );
}
