import { type NodeContext, nodeContext } from "../snapshot/node-context.ts";
import type { ProxyBasis } from "../snapshot/proxy-basis.ts";

export interface IptablesContext extends NodeContext {
  /** IPv4 node ports are served on 127.0.0.0/8 too, and route_localnet is on. */
  readonly localhostNodePorts: boolean;
  readonly nfacct: boolean;
  /** No rule drops packets that conntrack calls invalid. */
  readonly tcpBeLiberal: boolean;
}

export function iptablesContext(basis: ProxyBasis): IptablesContext {
  const { node, config } = basis;
  const context = nodeContext(basis, config.iptables);
  return {
    ...context,
    localhostNodePorts: config.iptables.localhostNodePorts && context.nodePorts.containsIPv4Loopback,
    nfacct: node.nfacct,
    tcpBeLiberal: config.conntrack.tcpBeLiberal,
  };
}
