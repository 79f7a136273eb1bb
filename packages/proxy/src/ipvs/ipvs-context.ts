import { type AddressWords, addressWords, type IpAddress, type IpFamily } from "@kubenetsim/core/net/address";
import type { SchedulerFlag } from "@kubenetsim/netfilter/ruleset/virtual-server";
import { type LocalDetector, localDetector } from "../config/local-detector.ts";
import { nodePortAddresses } from "../config/node-port-addresses.ts";
import { masqueradeMark } from "../iptables/masquerade-rules.ts";
import type { ProxyBasis } from "../snapshot/proxy-basis.ts";
import { isLoopback, nodeIP, reachableAddresses } from "../snapshot/proxy-node.ts";

/** What the virtual servers and sets of every Service need to know of the node and the configuration. */
export interface IpvsContext {
  readonly family: IpFamily;
  readonly nodeName: string;
  readonly zone: string;
  readonly nodeIP: AddressWords;
  /** Addresses on which node ports are served; never loopback. */
  readonly nodePortIPs: readonly IpAddress[];
  /** Addresses that stand on other interfaces than kube-ipvs0, and are not put on it. */
  readonly hostAddresses: ReadonlySet<IpAddress>;
  readonly scheduler: string;
  readonly schedulerFlags: readonly SchedulerFlag[];
  readonly mark: number;
  readonly masqueradeAll: boolean;
  readonly detector: LocalDetector;
}

export function ipvsContext({ family, node, config }: ProxyBasis): IpvsContext {
  const hostAddresses = reachableAddresses(node, family);
  const nodePorts = nodePortAddresses(config, node, family);
  const scheduler = config.ipvs.scheduler === "" ? "rr" : config.ipvs.scheduler;
  return {
    family,
    nodeName: node.name,
    zone: node.zone,
    nodeIP: addressWords(nodeIP(node, config, family)),
    nodePortIPs: nodePorts.matchAll ? hostAddresses : nodePorts.addresses.filter((address) => !isLoopback(address)),
    hostAddresses: new Set(hostAddresses),
    scheduler,
    // kube-proxy's FlagSourceHash is what ipvsadm calls mh-port.
    schedulerFlags: scheduler === "mh" ? ["mh-port"] : [],
    mark: masqueradeMark(config.iptables.masqueradeBit),
    masqueradeAll: config.iptables.masqueradeAll,
    detector: localDetector(config, node, family),
  };
}
