import type { IpAddress } from "@kubenetsim/core/net/address";
import type { SchedulerFlag } from "@kubenetsim/netfilter/ruleset/virtual-server";
import { type NodeContext, nodeContext } from "../snapshot/node-context.ts";
import type { ProxyBasis } from "../snapshot/proxy-basis.ts";
import { isLoopback, reachableAddresses } from "../snapshot/proxy-node.ts";

export interface IpvsContext extends NodeContext {
  /** Addresses on which node ports are served; never loopback. */
  readonly nodePortIPs: readonly IpAddress[];
  /** Addresses that stand on other interfaces than kube-ipvs0, and are not put on it. */
  readonly hostAddresses: ReadonlySet<IpAddress>;
  readonly scheduler: string;
  readonly schedulerFlags: readonly SchedulerFlag[];
}

export function ipvsContext(basis: ProxyBasis): IpvsContext {
  const { family, node, config } = basis;
  const context = nodeContext(basis, config.iptables);
  const { nodePorts } = context;
  const hostAddresses = reachableAddresses(node, family);
  const scheduler = config.ipvs.scheduler === "" ? "rr" : config.ipvs.scheduler;
  return {
    ...context,
    nodePortIPs: nodePorts.matchAll ? hostAddresses : nodePorts.addresses.filter((address) => !isLoopback(address)),
    hostAddresses: new Set(hostAddresses),
    scheduler,
    // kube-proxy's FlagSourceHash is what ipvsadm calls mh-port.
    schedulerFlags: scheduler === "mh" ? ["mh-port"] : [],
  };
}
