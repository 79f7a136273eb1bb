import type { AddressWords, IpAddress, IpFamily } from "@kubenetsim/core/net/address";
import { addressWords } from "@kubenetsim/core/net/address";
import type { Protocol } from "@kubenetsim/core/net/protocol";
import type { NftValue } from "@kubenetsim/netfilter/ruleset/nft-expression";
import type { NftDataType, NftFamily } from "@kubenetsim/netfilter/ruleset/nft-table";
import { type LocalDetector, localDetector } from "../config/local-detector.ts";
import { type NodePortAddresses, nodePortAddresses } from "../config/node-port-addresses.ts";
import { masqueradeMark } from "../iptables/masquerade-rules.ts";
import type { ProxyBasis } from "../snapshot/proxy-basis.ts";
import { nodeIP } from "../snapshot/proxy-node.ts";

export type NonLocalDetector = NonNullable<LocalDetector>;

/** What the rules of every Service need to know of the node and the configuration. */
export interface NftablesContext {
  readonly family: IpFamily;
  readonly nftFamily: NftFamily;
  readonly addressType: NftDataType;
  readonly nodeName: string;
  readonly zone: string;
  readonly nodeIP: AddressWords;
  readonly mark: number;
  readonly masqueradeAll: boolean;
  readonly detector: LocalDetector;
  readonly nodePorts: NodePortAddresses;
  /** 127.0.0.0/8 or ::1. */
  readonly loopback: NftValue;
  readonly localhost: LocalhostNodePorts;
}

/** Node ports on localhost, feature gate KubeProxyNFTablesLocalhostNodePorts (KEP-6032). */
export interface LocalhostNodePorts {
  /** kube-proxy itself listens there for TCP. */
  readonly listens: boolean;
  /** Protocols for which such packets are counted and rejected. */
  readonly rejected: readonly Protocol[];
}

export function nftablesContext({ family, node, config }: ProxyBasis): NftablesContext {
  const isV4 = family === "IPv4";
  const nodePorts = nodePortAddresses(config, node, family);
  const isGateOn = config.featureGates.KubeProxyNFTablesLocalhostNodePorts === true;
  return {
    family,
    nftFamily: isV4 ? "ip" : "ip6",
    addressType: isV4 ? "ipv4_addr" : "ipv6_addr",
    nodeName: node.name,
    zone: node.zone,
    nodeIP: addressWords(nodeIP(node, config, family) as IpAddress),
    mark: masqueradeMark(config.nftables.masqueradeBit),
    masqueradeAll: config.nftables.masqueradeAll,
    detector: localDetector(config, node, family),
    nodePorts,
    loopback: isV4
      ? { kind: "cidr", cidr: { words: [127 << 24], prefix: 8 } }
      : { kind: "address", words: [0, 0, 0, 1] },
    localhost: localhostNodePorts(isGateOn, nodePorts),
  };
}

function localhostNodePorts(isGateOn: boolean, nodePorts: NodePortAddresses): LocalhostNodePorts {
  if (!isGateOn) return { listens: false, rejected: [] };
  const listens = nodePorts.containsExplicitLoopback;
  return { listens, rejected: listens ? ["UDP", "SCTP"] : ["TCP", "UDP", "SCTP"] };
}
