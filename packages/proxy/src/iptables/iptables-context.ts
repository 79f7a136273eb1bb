import type { AddressWords, IpAddress, IpFamily } from "@kubenetsim/core/net/address";
import { addressWords } from "@kubenetsim/core/net/address";
import { type LocalDetector, localDetector } from "../config/local-detector.ts";
import { type NodePortAddresses, nodePortAddresses } from "../config/node-port-addresses.ts";
import type { ProxyBasis } from "../snapshot/proxy-basis.ts";
import { nodeIP } from "../snapshot/proxy-node.ts";
import { masqueradeMark } from "./masquerade-rules.ts";

/** What the rules of every Service need to know of the node and the configuration. */
export interface IptablesContext {
  readonly family: IpFamily;
  readonly nodeName: string;
  readonly zone: string;
  readonly nodeIP: AddressWords;
  readonly mark: number;
  readonly masqueradeAll: boolean;
  readonly detector: LocalDetector;
  readonly nodePorts: NodePortAddresses;
  /** IPv4 node ports are served on 127.0.0.0/8 too, and route_localnet is on. */
  readonly localhostNodePorts: boolean;
  readonly nfacct: boolean;
  /** No rule drops packets that conntrack calls invalid. */
  readonly tcpBeLiberal: boolean;
}

export function iptablesContext({ family, node, config }: ProxyBasis): IptablesContext {
  const nodePorts = nodePortAddresses(config, node, family);
  return {
    family,
    nodeName: node.name,
    zone: node.zone,
    nodeIP: addressWords(nodeIP(node, config, family) as IpAddress),
    mark: masqueradeMark(config.iptables.masqueradeBit),
    masqueradeAll: config.iptables.masqueradeAll,
    detector: localDetector(config, node, family),
    nodePorts,
    localhostNodePorts: config.iptables.localhostNodePorts && nodePorts.containsIPv4Loopback,
    nfacct: node.nfacct,
    tcpBeLiberal: config.conntrack.tcpBeLiberal,
  };
}
