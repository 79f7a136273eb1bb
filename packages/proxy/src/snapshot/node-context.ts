import { type AddressWords, addressWords, type IpFamily } from "@kubenetsim/core/net/address";
import { type LocalDetector, localDetector } from "../config/local-detector.ts";
import { type NodePortAddresses, nodePortAddresses } from "../config/node-port-addresses.ts";
import type { ProxyBasis } from "./proxy-basis.ts";
import { nodeIP } from "./proxy-node.ts";

/** What the rules of every Service need to know of the node and the configuration, whatever the mode. */
export interface NodeContext {
  readonly family: IpFamily;
  readonly nodeName: string;
  readonly zone: string;
  readonly nodeIP: AddressWords;
  /** The packet mark of what is to be masqueraded, as a signed 32-bit integer. */
  readonly mark: number;
  readonly masqueradeAll: boolean;
  readonly detector: LocalDetector;
  readonly nodePorts: NodePortAddresses;
}

/** The part of the configuration that has masquerading in it: `nftables` in its own mode, `iptables` in the others. */
interface Masquerading {
  readonly masqueradeBit: number;
  readonly masqueradeAll: boolean;
}

export function nodeContext({ family, node, config }: ProxyBasis, masquerading: Masquerading): NodeContext {
  return {
    family,
    nodeName: node.name,
    zone: node.zone,
    nodeIP: addressWords(nodeIP(node, config, family)),
    mark: 1 << masquerading.masqueradeBit,
    masqueradeAll: masquerading.masqueradeAll,
    detector: localDetector(config, node, family),
    nodePorts: nodePortAddresses(config, node, family),
  };
}
