import type { Pod } from "@kubenetsim/core/model/pod";
import type { DnsSettings, KubeletDns } from "./dns-settings.ts";

/** A Pod's /etc/resolv.conf, in containerd's order of lines (internal/cri, parseDNSOptions). */
export function resolvConfText({ nameservers, searches, options }: DnsSettings): string {
  const lines = [
    ...(searches.length === 0 ? [] : [`search ${searches.join(" ")}`]),
    ...nameservers.map((address) => `nameserver ${address}`),
    ...(options.length === 0 ? [] : [`options ${options.join(" ")}`]),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

const longestHostname = 63;

/** How a Pod calls itself: its hostname, and the domain that its subdomain makes (GeneratePodHostNameAndDomain). */
export function podHostname({ metadata, spec }: Pod, clusterDomain: string): { hostname: string; domain: string } {
  const { hostnameOverride, hostname = "", subdomain = "" } = spec;
  if (hostnameOverride !== undefined) return { hostname: cut(hostnameOverride), domain: "" };
  const domain = subdomain === "" ? "" : `${subdomain}.${metadata.namespace}.svc.${clusterDomain}`;
  return { hostname: cut(hostname === "" ? metadata.name : hostname), domain };
}

function cut(hostname: string): string {
  return hostname.length <= longestHostname ? hostname : hostname.slice(0, longestHostname).replace(/[-.]+$/, "");
}

const loopbackLines = [
  "127.0.0.1\tlocalhost",
  "::1\tlocalhost ip6-localhost ip6-loopback",
  "fe00::0\tip6-localnet",
  "fe00::0\tip6-mcastprefix",
  "fe00::1\tip6-allnodes",
  "fe00::2\tip6-allrouters",
];

/**
 * A Pod's /etc/hosts (pkg/kubelet, ensureHostsFile): its own addresses, and its hostAliases. On the node's network it is
 * the node's file with the aliases.
 */
export function hostsText(pod: Pod, kubelet: KubeletDns): string {
  const aliases = aliasText(pod.spec.hostAliases ?? []);
  if (pod.spec.hostNetwork === true)
    return `# Kubernetes-managed hosts file (host network).\n${kubelet.nodeHosts}${aliases}`;
  const { hostname, domain } = podHostname(pod, kubelet.clusterDomain);
  const names = domain === "" ? hostname : `${hostname}.${domain}\t${hostname}`;
  const own = (pod.status?.podIPs ?? []).map(({ ip }) => `${ip}\t${names}`);
  const lines = ["# Kubernetes-managed hosts file.", ...loopbackLines, ...own];
  return `${lines.join("\n")}\n${aliases}`;
}

function aliasText(aliases: NonNullable<Pod["spec"]["hostAliases"]>): string {
  if (aliases.length === 0) return "";
  const lines = aliases.map(({ ip, hostnames = [] }) => `${ip}\t${hostnames.join("\t")}\n`);
  return `\n# Entries added by HostAliases.\n${lines.join("")}`;
}
