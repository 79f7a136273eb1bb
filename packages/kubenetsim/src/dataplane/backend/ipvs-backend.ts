import { setReferences } from "@kubenetsim/netfilter/text/ipset";
import { ipvsJumps } from "@kubenetsim/proxy/ipvs/ipvs-jumps";
import { setNames } from "@kubenetsim/proxy/ipvs/set-catalog";
import { type IpvsProgram, syncIpvs } from "@kubenetsim/proxy/ipvs/sync-ipvs";
import { ipsetListText, ipvsadmText } from "../../print/node-texts.ts";
import { type NodeKernel, setSysctls } from "../node-kernel.ts";
import type { Backend, Proxier } from "./backend.ts";
import { ensureJumps, removeJumps } from "./ensure-jumps.ts";
import { removeChainByChain } from "./remove-chains.ts";

/** pkg/proxy/ipvs. */
export const ipvsBackend: Backend = {
  mode: "ipvs",
  removes: ["nftables"],
  texts: [ipvsadmText, ipsetListText],
  start(snapshot, node) {
    const program = syncIpvs(undefined, snapshot);
    setSysctls(node, program.sysctls);
    setTimeouts(node, program);
    write(node, program);
    return proxier(program);
  },
  cleanUp,
};

function proxier(program: IpvsProgram): Proxier {
  return {
    snapshot: program.snapshot,
    sync(snapshot, node) {
      const next = syncIpvs(program, snapshot);
      write(node, next);
      return proxier(next);
    },
  };
}

/** Virtual servers, sets and rules of one family; what the other family has stays as it is. */
function write({ kernel, director, dummyAddresses }: NodeKernel, program: IpvsProgram): void {
  const { family } = program.snapshot.basis;
  dummyAddresses.set(family, program.dummyAddresses);
  if (program.changedServers === "all") director.load(program.virtualServers, family);
  else for (const virtualServer of program.changedServers) director.setVirtualServer(virtualServer);
  kernel.putSets(program.ipSets);
  ensureJumps(kernel, family, ipvsJumps);
  const tables = [...program.ruleset.tables.values()].map(({ name, chains }) => ({
    name,
    chains: [...chains.values()].filter(({ policy }) => policy === undefined),
    deleted: [],
  }));
  kernel.restore({ family, tables });
}

function setTimeouts({ director }: NodeKernel, { snapshot }: IpvsProgram): void {
  const { tcpTimeoutSeconds, tcpFinTimeoutSeconds, udpTimeoutSeconds } = snapshot.basis.config.ipvs;
  const { timeouts } = director;
  director.configure({
    timeouts: {
      tcp: tcpTimeoutSeconds || timeouts.tcp,
      tcpFin: tcpFinTimeoutSeconds || timeouts.tcpFin,
      udp: udpTimeoutSeconds || timeouts.udp,
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
function cleanUp({ kernel, director, dummyAddresses }: NodeKernel): void {
  director.load([]);
  dummyAddresses.clear();
  for (const family of ["IPv4", "IPv6"] as const) {
    removeJumps(kernel, family, ipvsJumps);
    removeChainByChain(kernel, family, "nat", natChains);
    removeChainByChain(kernel, family, "filter", filterChains);
  }
  const used = setReferences([kernel.ruleset("IPv4"), kernel.ruleset("IPv6")]);
  kernel.destroySets(setNames.filter((name) => (used.get(name) ?? 0) === 0));
}
