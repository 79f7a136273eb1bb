import { familyOf, type IpAddress, type IpFamily } from "@kubenetsim/core/net/address";
import type { KubeProxyConfig } from "../config/kube-proxy-config.ts";

/** The host that kube-proxy runs on, as it sees it. */
export interface ProxyNode {
  readonly name: string;
  /** The Node's IPs, the primary one of each family first. */
  readonly nodeIPs: readonly IpAddress[];
  /** The addresses on all its interfaces but kube-ipvs0; loopback need not be among them. */
  readonly addresses: readonly InterfaceAddress[];
  /** The Node's label topology.kubernetes.io/zone; "" for none. */
  readonly zone: string;
  /** The Node's spec.podCIDRs; only read in detectLocalMode NodeCIDR. */
  readonly podCIDRs: readonly string[];
  /** Does the kernel have nfnetlink_acct? Without it kube-proxy leaves out `-m nfacct`. */
  readonly nfacct: boolean;
}

export interface InterfaceAddress {
  readonly address: IpAddress;
  /** Prefix length of the network that it is on. */
  readonly prefix: number;
}

/**
 * The node IP of a family: a specific bindAddress stands in for it, and a node without one counts as loopback
 * (cmd/kube-proxy/app/server.go, detectNodeIPs).
 */
export function nodeIP(node: ProxyNode, config: KubeProxyConfig, family: IpFamily): IpAddress {
  const bound = config.bindAddress as IpAddress;
  if (bound !== "0.0.0.0" && bound !== "::" && familyOf(bound) === family) return bound;
  const loopback = (family === "IPv4" ? "127.0.0.1" : "::1") as IpAddress;
  return node.nodeIPs.find((address) => familyOf(address) === family) ?? loopback;
}

/** 127.0.0.0/8 and ::1. */
export function isLoopback(address: IpAddress): boolean {
  return address === "::1" || (address.startsWith("127.") && !address.includes(":"));
}

/** The node's addresses of a family on which IPVS serves node ports: no loopback, no IPv6 link-local ones. */
export function reachableAddresses(node: ProxyNode, family: IpFamily): IpAddress[] {
  const addresses = node.addresses
    .map((one) => one.address)
    .filter((address) => familyOf(address) === family && !isLoopback(address) && !/^fe[89ab]/.test(address));
  return [...new Set(addresses)];
}
