/** A DNS configuration as the kubelet hands it to the container runtime (`runtimeapi.DNSConfig`). */
export interface DnsSettings {
  readonly nameservers: readonly string[];
  readonly searches: readonly string[];
  /** `ndots:5`, `rotate`. */
  readonly options: readonly string[];
}

/** What a kubelet is configured with, and what it finds on its node. */
export interface KubeletDns {
  /** `clusterDNS`: the addresses of kube-dns. */
  readonly clusterDns: readonly string[];
  /** `clusterDomain`; "" for none. */
  readonly clusterDomain: string;
  /** The text of the node's `resolvConf`; undefined where that setting is "". */
  readonly nodeResolvConf: string | undefined;
  /** The node's own /etc/hosts. */
  readonly nodeHosts: string;
  readonly nodeAddresses: readonly string[];
}

/**
 * Reads the node's resolv.conf as the kubelet does (pkg/kubelet/network/dns, parseResolvConf): nameservers add up, the last
 * search line wins without its lone dots, options count once by their name. `domain` is passed over.
 */
export function readNodeResolvConf(text: string): DnsSettings {
  const nameservers: string[] = [];
  let searches: string[] = [];
  const options = new Map<string, string>();
  for (const line of text.split("\n")) {
    const [keyword, ...words] = line.trim().split(/\s+/);
    if (keyword === "nameserver" && words[0] !== undefined) nameservers.push(words[0]);
    else if (keyword === "search")
      searches = words.filter((word) => word !== ".").map((word) => word.replace(/\.$/, ""));
    else if (keyword === "options") for (const option of words) options.set(option.split(":")[0]!, option);
  }
  return { nameservers, searches, options: [...options.values()] };
}
