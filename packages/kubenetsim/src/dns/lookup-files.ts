import type { ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import type { Pod } from "@kubenetsim/core/model/pod";
import { familyOf, type IpFamily, parseAddress } from "@kubenetsim/core/net/address";
import type { KubeletDns } from "@kubenetsim/dns/kubelet/dns-settings";
import { podDns } from "@kubenetsim/dns/kubelet/pod-dns";
import { hostsText, podHostname, resolvConfText } from "@kubenetsim/dns/kubelet/pod-files";
import type { Source } from "../connect/source.ts";
import { type DnsOptions, defaultNodeResolvConf } from "./dns-options.ts";
import { dnsAddress } from "./kubeadm-coredns.ts";

/** What a resolver reads where a program runs. */
export interface LookupFiles {
  readonly resolvConf: string;
  readonly hosts: string;
  /** What gethostname(2) says; undefined for hosts outside. */
  readonly hostname?: string | undefined;
  readonly usableFamilies: readonly IpFamily[];
}

/** The files of a node or a host outside. Hosts outside ask the servers that the nodes ask. */
export function hostFiles(
  state: ClusterState,
  source: Exclude<Source, { kind: "pod" }>,
  options: DnsOptions,
): LookupFiles {
  const { nodeResolvConf: resolvConf = defaultNodeResolvConf, outsideHosts = "" } = options;
  if (source.kind === "external") {
    return {
      resolvConf,
      hosts: `127.0.0.1 localhost\n${outsideHosts === "" ? "" : outsideHosts.replace(/\n?$/, "\n")}`,
      usableFamilies: ["IPv4"],
    };
  }
  const usableFamilies = familiesOf(nodeAddresses(state, source.name));
  return { resolvConf, hosts: nodeHosts, hostname: source.name, usableFamilies };
}

/** The files that a Pod's kubelet writes. */
export function podFiles(state: ClusterState, pod: Pod, options: DnsOptions): LookupFiles {
  const kubelet = kubeletDns(state, pod.spec.nodeName, options);
  return {
    resolvConf: resolvConfText(podDns(pod, kubelet).settings),
    hosts: hostsText(pod, kubelet),
    hostname: hostnameOf(pod, kubelet),
    usableFamilies: familiesOf((pod.status?.podIPs ?? []).map(({ ip }) => ip)),
  };
}

/** On the node's network it is the node's; with `setHostnameAsFQDN` the whole name. */
function hostnameOf(pod: Pod, kubelet: KubeletDns): string {
  const { hostNetwork, nodeName = "", setHostnameAsFQDN } = pod.spec as Pod["spec"] & { setHostnameAsFQDN?: boolean };
  if (hostNetwork === true) return nodeName;
  const { hostname, domain } = podHostname(pod, kubelet.clusterDomain);
  return setHostnameAsFQDN === true && domain !== "" ? `${hostname}.${domain}` : hostname;
}

/** What the kubelet of a node writes Pods' files from, as kubeadm configures it. */
export function kubeletDns(state: ClusterState, node: string | undefined, options: DnsOptions): KubeletDns {
  return {
    clusterDns: [dnsAddress(state)],
    clusterDomain: "cluster.local",
    nodeResolvConf: options.nodeResolvConf ?? defaultNodeResolvConf,
    nodeHosts,
    nodeAddresses: node === undefined ? [] : nodeAddresses(state, node),
  };
}

const nodeHosts = "127.0.0.1 localhost\n";

function nodeAddresses(state: ClusterState, name: string): string[] {
  const { addresses = [] } = state.tables.Node.get(name)?.status ?? {};
  return addresses.filter(({ type }) => type === "InternalIP").map(({ address }) => address);
}

function familiesOf(addresses: readonly string[]): IpFamily[] {
  return [...new Set(addresses.flatMap((text) => parseAddress(text) ?? []).map(familyOf))];
}
