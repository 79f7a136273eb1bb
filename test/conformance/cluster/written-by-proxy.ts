import type { IpFamily } from "@kubenetsim/core/net/address";
import { formatAddress } from "@kubenetsim/core/net/address";
import { buildTopology } from "@kubenetsim/network/topology/build";
import type { KubeProxyConfig } from "@kubenetsim/proxy/config/kube-proxy-config";
import type { IptablesProgram } from "@kubenetsim/proxy/iptables/iptables-program";
import { compileIptables } from "@kubenetsim/proxy/iptables/sync-iptables";
import { compileIpvs, type IpvsProgram } from "@kubenetsim/proxy/ipvs/sync-ipvs";
import type { NftablesProgram } from "@kubenetsim/proxy/nftables/nftables-program";
import { syncNftables } from "@kubenetsim/proxy/nftables/sync-nftables";
import { nodeHostIPs } from "@kubenetsim/proxy/snapshot/node-host-ips";
import type { ProxyNode } from "@kubenetsim/proxy/snapshot/proxy-node";
import { type ProxySnapshot, takeSnapshot } from "@kubenetsim/proxy/snapshot/snapshot";
import type { Scenario } from "./scenario.ts";

export const families: readonly IpFamily[] = ["IPv4", "IPv6"];

/** What one family's kube-proxy put into one node's kernel. */
export type Program =
  | { readonly mode: "iptables"; readonly program: IptablesProgram }
  | { readonly mode: "nftables"; readonly program: NftablesProgram }
  | { readonly mode: "ipvs"; readonly program: IpvsProgram };

/** Lets a scenario's kube-proxy on a node write its rules. */
export function programOf(scenario: Scenario, nodeName: string, config: KubeProxyConfig, family: IpFamily): Program {
  const snapshot = snapshotOf(scenario, nodeName, config, family);
  if (config.mode === "ipvs") return { mode: "ipvs", program: compileIpvs(snapshot) };
  if (config.mode === "nftables") return { mode: "nftables", program: syncNftables(undefined, snapshot) };
  return { mode: "iptables", program: compileIptables(snapshot) };
}

/** What a scenario's kube-proxy on a node knows. */
export function snapshotOf(
  scenario: Scenario,
  nodeName: string,
  config: KubeProxyConfig,
  family: IpFamily,
): ProxySnapshot {
  const { Service, EndpointSlice, ServiceCIDR } = scenario.state.tables;
  return takeSnapshot({
    family,
    node: proxyNode(scenario, nodeName, config),
    config,
    services: Service.values(),
    endpointSlices: EndpointSlice.values(),
    serviceCIDRs: ServiceCIDR.values(),
  });
}

/** The recorded hosts: ipvs was recorded on ones without nfacct and always with cni0. */
function proxyNode({ state, cni }: Scenario, name: string, config: KubeProxyConfig): ProxyNode {
  const node = state.tables.Node.get(name);
  if (node === undefined) throw new Error(`no node ${name}`);
  const host = buildTopology({ nodes: [node], pods: [], cni: config.mode === "ipvs" ? "bridge" : cni }).nodes.get(
    name,
  )!;
  const addresses = host.devices
    .slice(1)
    .flatMap((device) => device.addresses.map(({ words, prefix }) => ({ address: formatAddress(words), prefix })));
  return {
    name,
    nodeIPs: nodeHostIPs(node),
    addresses,
    zone: node.metadata.labels?.["topology.kubernetes.io/zone"] ?? "",
    podCIDRs: node.spec?.podCIDRs ?? [],
    nfacct: config.mode === "iptables",
  };
}
