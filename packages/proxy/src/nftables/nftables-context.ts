import type { Protocol } from "@kubenetsim/core/net/protocol";
import type { NftValue } from "@kubenetsim/netfilter/ruleset/nft-expression";
import type { NftDataType, NftFamily } from "@kubenetsim/netfilter/ruleset/nft-table";
import { isGateOn } from "../config/feature-gates.ts";
import type { KubeProxyConfig } from "../config/kube-proxy-config.ts";
import type { LocalDetector } from "../config/local-detector.ts";
import type { NodePortAddresses } from "../config/node-port-addresses.ts";
import { type NodeContext, nodeContext } from "../snapshot/node-context.ts";
import type { ProxyBasis } from "../snapshot/proxy-basis.ts";

export type NonLocalDetector = NonNullable<LocalDetector>;

export interface NftablesContext extends NodeContext {
  readonly nftFamily: NftFamily;
  readonly addressType: NftDataType;
  /** 127.0.0.0/8 or ::1. */
  readonly loopback: NftValue;
  readonly localhost: LocalhostNodePorts;
  /** As a text, all that a Service's rules hang on besides the Service where nothing in it asks for the node. */
  readonly common: string;
}

/** Node ports on localhost, feature gate KubeProxyNFTablesLocalhostNodePorts (KEP-6032). */
export interface LocalhostNodePorts {
  /** kube-proxy itself listens there for TCP. */
  readonly listens: boolean;
  /** Protocols for which such packets are counted and rejected. */
  readonly rejected: readonly Protocol[];
}

export function nftablesContext(basis: ProxyBasis): NftablesContext {
  const isV4 = basis.family === "IPv4";
  const context = nodeContext(basis, basis.config.nftables);
  const localhost = localhostNodePorts(basis.config, context.nodePorts);
  const { family, mark, masqueradeAll, detector } = context;
  return {
    ...context,
    nftFamily: isV4 ? "ip" : "ip6",
    addressType: isV4 ? "ipv4_addr" : "ipv6_addr",
    loopback: isV4
      ? { kind: "cidr", cidr: { words: [127 << 24], prefix: 8 } }
      : { kind: "address", words: [0, 0, 0, 1] },
    localhost,
    common: JSON.stringify({ family, mark, masqueradeAll, detector, localhost }),
  };
}

function localhostNodePorts({ featureGates }: KubeProxyConfig, nodePorts: NodePortAddresses): LocalhostNodePorts {
  if (!isGateOn("KubeProxyNFTablesLocalhostNodePorts", featureGates)) return { listens: false, rejected: [] };
  const listens = nodePorts.containsExplicitLoopback;
  return { listens, rejected: listens ? ["UDP", "SCTP"] : ["TCP", "UDP", "SCTP"] };
}
