import type { Packet } from "@kubenetsim/netfilter/engine/packet";
import type { Process } from "@kubenetsim/network/topology/process";
import { healthProcess } from "./health-servers.ts";
import type { KubeProxy } from "./kube-proxy.ts";
import type { NodeKernel } from "./node-kernel.ts";
import { proxyProcess } from "./proxy-process.ts";

/** What takes a packet that has come to one of the sockets of a node's kube-proxy; undefined when none does. */
export function nodeListener(proxy: KubeProxy | undefined, packet: Packet, kernel: NodeKernel): Process | undefined {
  if (proxy === undefined) return undefined;
  const health = healthProcess(proxy, packet);
  if (health !== undefined) return health;
  if (kernel.userspace !== undefined) return proxyProcess(proxy.node.name, kernel.userspace, packet);
  for (const proxier of proxy.proxiers) {
    const process = proxier.listener?.(packet, kernel);
    if (process !== undefined) return process;
  }
  return undefined;
}
