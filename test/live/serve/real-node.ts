import { realProgram } from "./real-program.ts";
import type { ServedCluster } from "./served-cluster.ts";

/** kube-proxy's configuration as a document, without the way to its API server. */
export type ProxyConfigDocument = Readonly<Record<string, unknown>> & { readonly mode: string };

/** What stands in the kernel, by `iptables-save`, `ip6tables-save`, `nft-ip`, `nft-ip6`. */
export type Rules = Readonly<Record<string, string>>;

/** Starts the real kube-proxy of a node, which asks the served cluster. */
export function startKubeProxy(served: ServedCluster, node: string, config: ProxyConfigDocument): void {
  const document = {
    ...config,
    clientConnection: { kubeconfig: served.kubeconfig },
    // The sizes of the machine's connection tracking are no node's own.
    conntrack: { maxPerCore: 0, min: 0 },
  };
  const file = served.network.file("kube-proxy.json", JSON.stringify(document));
  const program = realProgram("kube-proxy", console.log);
  served.network.start("kube-proxy", [program, "--config", file, "--hostname-override", node]);
}

const listings = {
  iptables: { "iptables-save": ["iptables-save"], "ip6tables-save": ["ip6tables-save"] },
  nftables: {
    "nft-ip": ["nft", "list", "table", "ip", "kube-proxy"],
    "nft-ip6": ["nft", "list", "table", "ip6", "kube-proxy"],
  },
} as const;

/** What the real kube-proxy has written by now. */
export async function realRules(served: ServedCluster, mode: keyof typeof listings): Promise<Rules> {
  const rules: Record<string, string> = {};
  for (const [name, command] of Object.entries(listings[mode]))
    rules[name] = (await served.network.run(command)).stdout;
  return rules;
}
