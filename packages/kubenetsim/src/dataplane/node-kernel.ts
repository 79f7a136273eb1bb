import type { IpAddress, IpFamily } from "@kubenetsim/core/net/address";
import type { Clock } from "@kubenetsim/core/runtime/clock";
import { copyRandom, type Random } from "@kubenetsim/core/runtime/random";
import type { DeviceInput } from "@kubenetsim/netfilter/engine/address-book";
import type { ConntrackTimeouts } from "@kubenetsim/netfilter/engine/conntrack";
import { Kernel } from "@kubenetsim/netfilter/engine/kernel";
import type { SharedNumbers } from "@kubenetsim/netfilter/engine/shared-numbers";
import { IpvsDirector } from "@kubenetsim/netfilter/ipvs/director";
import { type KernelNames, liveNames, nftNames } from "@kubenetsim/network/trace/kernel-names";
import type { LogLine } from "@kubenetsim/proxy/log/log-line";
import { LocalhostPins } from "@kubenetsim/proxy/nftables/localhost-listener";
import type { UserspaceProxier } from "@kubenetsim/proxy/userspace/userspace-proxier";
import { ipvsSchedulers } from "@kubenetsim/schedulers/ipvs/table";

/** One node's kernel: all that kube-proxies of any mode have written into it, and what stays of it when they end. */
export interface NodeKernel extends KernelSurroundings {
  readonly kernel: Kernel;
  readonly director: IpvsDirector;
  /** What kube-ipvs0 holds, by family; empty when the device is not there. */
  readonly dummyAddresses: Map<IpFamily, readonly IpAddress[]>;
  /** Those that somebody has set, by path below /proc/sys. */
  readonly sysctls: Map<string, number>;
  /** Not of the kernel, but as mutable: the kube-proxy that runs in userspace mode, which listens and dials. */
  userspace: UserspaceProxier | undefined;
  /** The same of one in nftables mode that listens on localhost, and its stream of random numbers. */
  localhostPins: LocalhostPins;
  readonly kubeProxyRandom: Random;
  /** What the last clean-up of leftovers logged that it could not remove: `kube-proxy --cleanup`, or a kube-proxy that started. */
  cleanUpProblems: readonly LogLine[];
}

export interface KernelSurroundings {
  readonly random: Random;
  readonly clock: Clock;
  /** What the kernels of a cluster have in common. */
  readonly numbers: SharedNumbers;
  /** As of the kernel's options. */
  readonly keptWaste?: number | undefined;
}

/** A kernel without rules, with these devices. */
export function emptyKernel(
  { random, clock, numbers, keptWaste }: KernelSurroundings,
  devices: readonly DeviceInput[],
): NodeKernel {
  const director = new IpvsDirector({ clock, schedulers: ipvsSchedulers });
  const kernel = new Kernel({ random, clock, director, numbers, keptWaste, devices });
  return {
    kernel,
    director,
    dummyAddresses: new Map(),
    sysctls: new Map(),
    userspace: undefined,
    localhostPins: new LocalhostPins(),
    kubeProxyRandom: random.fork("kube-proxy/localhost"),
    cleanUpProblems: [],
    random,
    clock,
    numbers,
  };
}

/** A copy in the same state that goes its own way from here. */
export function forkKernel(node: NodeKernel, { random, clock, numbers }: KernelSurroundings): NodeKernel {
  const director = node.director.fork(clock);
  const kernel = node.kernel.fork({ random, clock, director });
  return {
    kernel,
    director,
    dummyAddresses: new Map(node.dummyAddresses),
    sysctls: new Map(node.sysctls),
    userspace: node.userspace?.fork(random.fork("kube-proxy"), clock),
    localhostPins: node.localhostPins.fork(),
    kubeProxyRandom: copyRandom(node.kubeProxyRandom),
    cleanUpProblems: node.cleanUpProblems,
    random,
    clock,
    numbers,
  };
}

/** Puts what kube-proxy has written into another node's kernel into this one: rules and sysctls of a mode without IPVS and nft. */
export function takeWritten(node: NodeKernel, from: NodeKernel): void {
  node.kernel.takeRules(from.kernel);
  setSysctls(node, from.sysctls);
  node.cleanUpProblems = from.cleanUpProblems;
}

/** Those of connection tracking that are modelled. */
const conntrackTimeouts: Readonly<Record<string, keyof ConntrackTimeouts>> = {
  "net/netfilter/nf_conntrack_tcp_timeout_established": "tcpEstablished",
  "net/netfilter/nf_conntrack_tcp_timeout_close_wait": "tcpCloseWait",
  "net/netfilter/nf_conntrack_udp_timeout": "udp",
  "net/netfilter/nf_conntrack_udp_timeout_stream": "udpReplied",
};

export function setSysctls(node: NodeKernel, values: ReadonlyMap<string, number>): void {
  for (const [path, value] of values) {
    node.sysctls.set(path, value);
    const timeout = conntrackTimeouts[path];
    if (timeout !== undefined) node.kernel.setConntrackTimeouts({ [timeout]: value });
  }
}

/** What the numbers on a tape stand for as the rules are now; later syncs do not change it. */
export function kernelNames({ kernel, director }: NodeKernel): KernelNames {
  const chainAt = kernel.chainsNow();
  return {
    ...liveNames(kernel, director),
    ...nftNames(kernel, kernel.nftChainsNow()),
    chain: (id) => {
      const { table, chain } = kernel.chainName(id);
      return { table, chain, rules: chainAt(id)?.rules ?? [] };
    },
  };
}
