import type { Pod, PodDnsConfig } from "@kubenetsim/core/model/pod";
import { type DnsSettings, type KubeletDns, readNodeResolvConf } from "./dns-settings.ts";
import { fitLimits, type KubeletEvent } from "./resolv-conf-limits.ts";

/** A Pod's DNS configuration, and what the kubelet tells of it by events. */
export interface PodDns {
  readonly settings: DnsSettings;
  readonly events: readonly KubeletEvent[];
}

const clusterFirstOptions: readonly string[] = ["ndots:5"];

/**
 * What stands in a Pod's resolv.conf (pkg/kubelet/network/dns, Configurer.GetPodDNS): by its dnsPolicy, with its dnsConfig
 * added, within the limits.
 *
 * The real kubelet writes options in the order of a Go map; here those of the policy come first, then the Pod's.
 */
export function podDns(pod: Pod, kubelet: KubeletDns): PodDns {
  const based = settingsByPolicy(pod, kubelet);
  const { dnsConfig } = pod.spec;
  const fitted = fitLimits(dnsConfig === undefined ? based.settings : withDnsConfig(based.settings, dnsConfig));
  return { settings: fitted.settings, events: [...based.events, ...fitted.events] };
}

function settingsByPolicy(pod: Pod, kubelet: KubeletDns): PodDns {
  const node: DnsSettings =
    kubelet.nodeResolvConf === undefined
      ? { nameservers: [], searches: [], options: [] }
      : readNodeResolvConf(kubelet.nodeResolvConf);
  const { dnsPolicy = "ClusterFirst", hostNetwork = false } = pod.spec;
  if (dnsPolicy === "None") return { settings: { nameservers: [], searches: [], options: [] }, events: [] };
  const asksNode = dnsPolicy === "Default" || (dnsPolicy === "ClusterFirst" && hostNetwork);
  if (asksNode) return { settings: ofNode(node, kubelet), events: [] };
  if (kubelet.clusterDns.length === 0) return { settings: ofNode(node, kubelet), events: [missingClusterDns(pod)] };
  const nameservers = kubelet.clusterDns;
  return {
    settings: { nameservers, searches: clusterSearches(pod, kubelet, node), options: clusterFirstOptions },
    events: [],
  };
}

/** The node's own; without a resolv.conf what looks up nothing but what the node itself serves. */
function ofNode(node: DnsSettings, { nodeResolvConf, nodeAddresses }: KubeletDns): DnsSettings {
  if (nodeResolvConf !== undefined) return node;
  const nameservers = nodeAddresses.map((address) => (address.includes(":") ? "::1" : "127.0.0.1"));
  return { nameservers: nameservers.length === 0 ? ["127.0.0.1"] : nameservers, searches: ["."], options: [] };
}

function clusterSearches({ metadata }: Pod, { clusterDomain }: KubeletDns, node: DnsSettings): readonly string[] {
  if (clusterDomain === "") return node.searches;
  const own = [`${metadata.namespace}.svc.${clusterDomain}`, `svc.${clusterDomain}`, clusterDomain];
  return distinct([...own, ...node.searches]);
}

function withDnsConfig(settings: DnsSettings, config: PodDnsConfig): DnsSettings {
  const options = new Map(settings.options.map((option) => [option.split(":")[0]!, option]));
  for (const { name = "", value = "" } of config.options ?? [])
    options.set(name, value === "" ? name : `${name}:${value}`);
  return {
    nameservers: distinct([...settings.nameservers, ...(config.nameservers ?? [])]),
    searches: distinct([...settings.searches, ...(config.searches ?? [])]),
    options: [...options.values()],
  };
}

function distinct(words: readonly string[]): string[] {
  return [...new Set(words)];
}

function missingClusterDns({ metadata: { name, namespace, uid } }: Pod): KubeletEvent {
  const said = 'kubelet does not have ClusterDNS IP configured and cannot create Pod using "ClusterFirst" policy.';
  const pod = `${name}_${namespace}(${uid ?? ""})`;
  return { reason: "MissingClusterDNS", message: `pod: "${pod}". ${said} Falling back to "Default" policy.` };
}
