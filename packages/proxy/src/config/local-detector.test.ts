import type { Service } from "@kubenetsim/core/model/service";
import type { IpFamily } from "@kubenetsim/core/net/address";
import { printNftTransaction } from "@kubenetsim/netfilter/text/nft-command-print";
import { describe, expect, it } from "vitest";
import { restoreWords } from "../iptables/restore-words.ts";
import { compileIptables } from "../iptables/sync-iptables.ts";
import { syncNftables } from "../nftables/sync-nftables.ts";
import { type ProxySnapshot, takeSnapshot } from "../snapshot/snapshot.ts";
import { defaultKubeProxyConfig, type KubeProxyConfig, type ProxyMode } from "./kube-proxy-config.ts";

const node = {
  name: "node1",
  nodeIPs: [],
  addresses: [],
  zone: "",
  podCIDRs: ["10.244.7.0/24", "fd00:7::/64"],
  nfacct: false,
};

/** Served by both families from one local endpoint, with traffic policy Local, whose rules name local traffic both ways. */
const service: Service = {
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "web", namespace: "ns" },
  spec: {
    type: "NodePort",
    clusterIP: "10.96.0.1",
    clusterIPs: ["10.96.0.1", "fd00:96::1"],
    ipFamilies: ["IPv4", "IPv6"],
    externalTrafficPolicy: "Local",
    ports: [{ port: 80, protocol: "TCP", nodePort: 30080 }],
  },
};

function snapshot(mode: ProxyMode, family: IpFamily, detection: Partial<KubeProxyConfig>): ProxySnapshot {
  const config = { ...defaultKubeProxyConfig, mode, ...detection };
  const slice = {
    apiVersion: "discovery.k8s.io/v1" as const,
    kind: "EndpointSlice" as const,
    metadata: { name: "web-1", namespace: "ns", labels: { "kubernetes.io/service-name": "web" } },
    addressType: family,
    ports: [{ name: "", port: 80, protocol: "TCP" as const }],
    endpoints: [{ addresses: [family === "IPv4" ? "10.244.7.1" : "fd00:7::1"], nodeName: "node1" }],
  };
  return takeSnapshot({ family, node, config, services: [service], endpointSlices: [slice] });
}

/** The words for local traffic in the rule that keeps Pods' traffic, and for the rest in the one that masquerades. */
function iptablesWords(family: IpFamily, detection: Partial<KubeProxyConfig>): (string | undefined)[] {
  const { ruleset } = compileIptables(snapshot("iptables", family, detection));
  const rules = [...ruleset.tables.get("nat")!.chains.values()].flatMap((chain) => chain.rules.map(restoreWords));
  const between = (before: string, after: RegExp): string | undefined =>
    rules.flatMap((rule) => (rule.includes(before) ? (after.exec(rule)?.[1] ?? []) : []))[0];
  return [
    between("pod traffic for ns/web external", /destinations" (.*) -j KUBE-SVC-/),
    between("ns/web cluster IP", /--dport 80 (.*) -j KUBE-MARK-MASQ/),
  ];
}

function nftWords(family: IpFamily, detection: Partial<KubeProxyConfig>): (string | undefined)[] {
  const text = syncNftables(undefined, snapshot("nftables", family, detection))
    .transactions.map(printNftTransaction)
    .join("");
  return [
    /^add rule \S+ \S+ external-\S+ (.*) goto service-.* comment "short-circuit pod traffic"$/m.exec(text)?.[1],
    /daddr @cluster-ips (.*) mark set mark or .* comment "masquerade clusterIP traffic from outside cluster"$/m.exec(
      text,
    )?.[1],
  ];
}

const bridge: Partial<KubeProxyConfig> = { detectLocalMode: "BridgeInterface", bridgeInterface: "cbr0" };
const prefix: Partial<KubeProxyConfig> = { detectLocalMode: "InterfaceNamePrefix", interfaceNamePrefix: "veth" };

// upstream: util.TestNoOpLocalDetector, util.TestDetectLocalByCIDR, util.TestDetectLocalByBridgeInterface,
// util.TestDetectLocalByInterfaceNamePrefix
describe("local traffic in iptables mode", () => {
  it.each<[string, IpFamily, Partial<KubeProxyConfig>, string | undefined, string | undefined]>([
    ["nothing", "IPv4", { clusterCIDRs: [] }, undefined, undefined],
    ["a CIDR of the other family", "IPv6", {}, undefined, undefined],
    ["a CIDR", "IPv4", {}, "-s 10.244.0.0/16", "! -s 10.244.0.0/16"],
    ["a single address", "IPv6", { clusterCIDRs: ["fd00::5/128"] }, "-s fd00::5/128", "! -s fd00::5/128"],
    ["the node's CIDR", "IPv6", { detectLocalMode: "NodeCIDR" }, "-s fd00:7::/64", "! -s fd00:7::/64"],
    ["a bridge", "IPv4", bridge, "-i cbr0", "! -i cbr0"],
    ["a prefix of devices", "IPv6", prefix, "-i veth+", "! -i veth+"],
  ])("is told by %s (%s)", (_, family, detection, local, rest) => {
    expect(iptablesWords(family, detection)).toEqual([local, rest]);
  });
});

// upstream: util.TestDetectLocalNFTByBridgeInterface, util.TestDetectLocalNFTByInterfaceNamePrefix
describe("local traffic in nftables mode", () => {
  it.each<[string, IpFamily, Partial<KubeProxyConfig>, string | undefined, string | undefined]>([
    ["nothing", "IPv4", { clusterCIDRs: [] }, undefined, undefined],
    ["a CIDR", "IPv4", {}, "ip saddr 10.244.0.0/16", "ip saddr != 10.244.0.0/16"],
    ["the node's CIDR", "IPv6", { detectLocalMode: "NodeCIDR" }, "ip6 saddr fd00:7::/64", "ip6 saddr != fd00:7::/64"],
    ["a bridge", "IPv4", bridge, "iifname cbr0", "iifname != cbr0"],
    ["a prefix of devices", "IPv6", prefix, "iifname veth*", "iifname != veth*"],
  ])("is told by %s (%s)", (_, family, detection, local, rest) => {
    expect(nftWords(family, detection)).toEqual([local, rest]);
  });
});
