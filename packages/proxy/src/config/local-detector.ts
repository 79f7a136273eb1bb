import type { IpFamily } from "@kubenetsim/core/net/address";
import type { Cidr } from "@kubenetsim/core/net/cidr";
import type { Rule } from "@kubenetsim/netfilter/ruleset/rule";
import type { ProxyNode } from "../snapshot/proxy-node.ts";
import { cidrsOfFamily } from "../snapshot/sloppy-address.ts";
import type { KubeProxyConfig } from "./kube-proxy-config.ts";

/** How kube-proxy tells traffic of the node's own pods (pkg/proxy/util/localdetector.go); undefined: it cannot. */
export type LocalDetector =
  | { readonly kind: "cidr"; readonly cidr: Cidr }
  /** The device that traffic comes in by; with `isPrefix` any whose name begins so. */
  | { readonly kind: "device"; readonly name: string; readonly isPrefix: boolean }
  | undefined;

/** The detector of a family: getLocalDetectors of cmd/kube-proxy/app/server_linux.go. */
export function localDetector(config: KubeProxyConfig, node: ProxyNode, family: IpFamily): LocalDetector {
  switch (config.detectLocalMode) {
    case "ClusterCIDR":
      return byFirstCidr(config.clusterCIDRs, family);
    case "NodeCIDR":
      return byFirstCidr(node.podCIDRs, family);
    case "BridgeInterface":
      return { kind: "device", name: config.bridgeInterface, isPrefix: false };
    case "InterfaceNamePrefix":
      return { kind: "device", name: config.interfaceNamePrefix, isPrefix: true };
    default:
      return config.detectLocalMode satisfies never;
  }
}

/** Does kube-proxy wait for a range before it does anything (newNodeManager of pkg/proxy/node.go)? */
export function awaitsPodCIDR({ detectLocalMode }: KubeProxyConfig, { podCIDRs }: ProxyNode): boolean {
  return detectLocalMode === "NodeCIDR" && podCIDRs.length === 0;
}

/** The part of an iptables rule that holds for local traffic, or, negated, for all other. */
export function localCondition(detector: NonNullable<LocalDetector>, negated: boolean): Partial<Rule> {
  return detector.kind === "cidr"
    ? { source: { negated, asNet: true, ...detector.cidr } }
    : { inDevice: { negated, name: detector.isPrefix ? `${detector.name}+` : detector.name } };
}

function byFirstCidr(texts: readonly string[], family: IpFamily): LocalDetector {
  const cidr = cidrsOfFamily(texts, family)[0];
  return cidr === undefined ? undefined : { kind: "cidr", cidr };
}
