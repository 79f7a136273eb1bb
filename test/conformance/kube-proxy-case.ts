import { readFileSync } from "node:fs";
import type { EndpointSlice } from "@kubenetsim/core/model/endpoint-slice";
import type { Service } from "@kubenetsim/core/model/service";
import type { ServiceCIDR } from "@kubenetsim/core/model/service-cidr";
import { familyOf, type IpAddress, type IpFamily } from "@kubenetsim/core/net/address";
import { defaultKubeProxyConfig, type KubeProxyConfig } from "@kubenetsim/proxy/config/kube-proxy-config";
import type { ProxyNode } from "@kubenetsim/proxy/snapshot/proxy-node";
import { type ProxySnapshot, takeSnapshot } from "@kubenetsim/proxy/snapshot/snapshot";

/** table → chain → rules, in the words of iptables-restore. */
export type RecordedChains = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

export interface RecordedPacket {
  readonly name: string;
  readonly source: string;
  readonly protocol: string;
  readonly destination: string;
  readonly port: number;
  readonly expect: { readonly output: string; readonly masquerade: boolean };
}

export interface RecordedVirtualServer {
  /** `10.20.30.41:80/TCP`. */
  readonly virtual: string;
  readonly scheduler: string;
  /** 1 for persistent. */
  readonly flags: number;
  readonly timeout: number;
  readonly real: readonly string[];
}

/** One file of kube-proxy/iptables, kube-proxy/nftables or kube-proxy/ipvs. */
export interface KubeProxyCase {
  readonly mode: "iptables" | "nftables" | "ipvs";
  readonly ipFamily: IpFamily;
  readonly node: {
    readonly name: string;
    readonly primaryIP: IpAddress | null;
    readonly addresses: readonly IpAddress[];
    readonly topologyLabels: Readonly<Record<string, string>>;
  };
  readonly config: {
    readonly detectLocal: { readonly mode: string; readonly cidr?: string };
    readonly masqueradeAll: boolean;
    readonly localhostNodePorts?: boolean;
    readonly nodePortAddresses: readonly string[];
    readonly masqueradeMark: string;
    readonly scheduler?: string;
    /** Joined by commas. */
    readonly serviceCIDRs?: string;
    readonly featureGates?: Readonly<Record<string, boolean>>;
  };
  readonly services: readonly Service[];
  readonly endpointSlices: readonly EndpointSlice[];
  readonly chains?: RecordedChains;
  /** `add …` lines of knftables. */
  readonly ruleset?: readonly string[];
  readonly packets?: readonly RecordedPacket[];
  readonly virtualServers?: readonly RecordedVirtualServer[];
  readonly ipsets?: Readonly<Record<string, readonly string[]>>;
}

export function readKubeProxyCase(path: string): KubeProxyCase {
  return JSON.parse(readFileSync(path, "utf8")) as KubeProxyCase;
}

export function snapshotOf(recorded: KubeProxyCase): ProxySnapshot {
  const { ipFamily: family, services, endpointSlices } = recorded;
  return takeSnapshot({
    family,
    node: nodeOf(recorded),
    config: configOf(recorded),
    services,
    endpointSlices,
    serviceCIDRs: serviceCIDRsOf(recorded),
  });
}

function serviceCIDRsOf({ config: { serviceCIDRs } }: KubeProxyCase): ServiceCIDR[] {
  if (!serviceCIDRs) return [];
  const [apiVersion, kind] = ["networking.k8s.io/v1", "ServiceCIDR"] as const;
  return [{ apiVersion, kind, metadata: { name: "kubernetes" }, spec: { cidrs: serviceCIDRs.split(",") } }];
}

function nodeOf({ mode, node }: KubeProxyCase): ProxyNode {
  const nodeIPs = node.primaryIP === null ? [] : [node.primaryIP];
  // Where a case says nothing of addresses, the recorded nftables proxiers had the primary one.
  const addresses = mode === "nftables" && node.addresses.length === 0 ? nodeIPs : node.addresses;
  return {
    name: node.name,
    nodeIPs,
    addresses: addresses.map((address) => ({ address, prefix: familyOf(address) === "IPv4" ? 24 : 64 })),
    zone: node.topologyLabels["topology.kubernetes.io/zone"] ?? "",
    podCIDRs: [],
    nfacct: true,
  };
}

function configOf({ mode, config }: KubeProxyCase): KubeProxyConfig {
  return {
    ...defaultKubeProxyConfig,
    mode,
    ...localDetection(config.detectLocal),
    nodePortAddresses: config.nodePortAddresses,
    iptables: {
      ...defaultKubeProxyConfig.iptables,
      masqueradeBit: Math.log2(Number(config.masqueradeMark)),
      masqueradeAll: config.masqueradeAll,
      localhostNodePorts: config.localhostNodePorts ?? true,
    },
    nftables: { masqueradeBit: Math.log2(Number(config.masqueradeMark)), masqueradeAll: config.masqueradeAll },
    ipvs: { ...defaultKubeProxyConfig.ipvs, scheduler: config.scheduler ?? "" },
    featureGates: config.featureGates ?? {},
  };
}

function localDetection({ mode, cidr }: KubeProxyCase["config"]["detectLocal"]): Partial<KubeProxyConfig> {
  if (mode === "None") return { clusterCIDRs: [] };
  if (mode === "ClusterCIDR" && cidr !== undefined) return { clusterCIDRs: [cidr] };
  throw new Error(`a case with detectLocal mode ${mode}`);
}
