import { addressWords, familyOf, formatAddress, type IpAddress, type IpFamily } from "@kubenetsim/core/net/address";
import { type Cidr, cidrContains } from "@kubenetsim/core/net/cidr";
import { isLoopback, nodeIP, type ProxyNode } from "../snapshot/proxy-node.ts";
import { cidrsOfFamily } from "../snapshot/sloppy-address.ts";
import type { KubeProxyConfig } from "./kube-proxy-config.ts";

/** The addresses of one family on which node ports are served (pkg/proxy/util/nodeport_addresses.go). */
export interface NodePortAddresses {
  /** Every local address is one. */
  readonly matchAll: boolean;
  readonly containsIPv4Loopback: boolean;
  /** A CIDR of loopback addresses is named, and not only one that holds all addresses. */
  readonly containsExplicitLoopback: boolean;
  /** The node's addresses that match, when not all do; in ascending text order (kube-proxy's is a Go map's). */
  readonly addresses: readonly IpAddress[];
}

/**
 * Reads `nodePortAddresses` for a family. A family for which the list has no CIDR takes all addresses, even when the list
 * has some of the other family; so does one that names /0.
 */
export function nodePortAddresses(config: KubeProxyConfig, node: ProxyNode, family: IpFamily): NodePortAddresses {
  const cidrs = cidrsOfFamily(expandKeywords(config, node), family);
  const matchAll = cidrs.length === 0 || cidrs.some((cidr) => cidr.prefix === 0);
  const relevant = matchAll ? [] : cidrs;
  return {
    matchAll,
    containsIPv4Loopback: family === "IPv4" && (matchAll || relevant.some(isLoopbackCidr)),
    containsExplicitLoopback: cidrs.some(({ words }) => isLoopback(formatAddress(words))),
    addresses: localAddresses(node, family).filter((address) =>
      relevant.some((cidr) => cidrContains(cidr, addressWords(address))),
    ),
  };
}

/** The list as kube-proxy runs with it (platformApplyDefaults of cmd/kube-proxy/app/server_linux.go). */
export function effectiveNodePortAddresses({ mode, nodePortAddresses }: KubeProxyConfig): readonly string[] {
  return nodePortAddresses.length === 0 && mode === "nftables" ? ["primary"] : nodePortAddresses;
}

/** CIDRs in the place of the keywords (expandNodePortAddressKeywords of cmd/kube-proxy/app/server.go). */
export function expandKeywords(config: KubeProxyConfig, node: ProxyNode): string[] {
  return effectiveNodePortAddresses(config).flatMap((text) => {
    switch (text) {
      case "primary":
        return (["IPv4", "IPv6"] as const)
          .map((family) => nodeIP(node, config, family))
          .filter((address) => !isLoopback(address))
          .map((address) => (familyOf(address) === "IPv4" ? `${address}/32` : `${address}/128`));
      case "localhost":
        return ["127.0.0.0/8", "::1/128"];
      case "all":
        return ["0.0.0.0/0", "::/0"];
      default:
        return [text];
    }
  });
}

function localAddresses(node: ProxyNode, family: IpFamily): IpAddress[] {
  const loopback = (family === "IPv4" ? "127.0.0.1" : "::1") as IpAddress;
  const all = [loopback, ...node.addresses.map((one) => one.address)];
  return [...new Set(all)].filter((address) => familyOf(address) === family).sort();
}

/** Of a family without /0: does it name loopback addresses, or hold 127.0.0.0? */
function isLoopbackCidr(cidr: Cidr): boolean {
  return cidr.words[0]! >>> 24 === 127 || cidrContains(cidr, [127 << 24]);
}
