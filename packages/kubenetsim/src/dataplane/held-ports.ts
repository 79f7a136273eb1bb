import type { Pod } from "@kubenetsim/core/model/pod";
import { isOnNetwork, runningContainers } from "@kubenetsim/network/topology/pod-host";

/** The TCP ports of nodes on which Pods on their network listen, by the node's name. */
export function heldPorts(pods: readonly Pod[]): ReadonlyMap<string, ReadonlySet<number>> {
  const held = new Map<string, Set<number>>();
  for (const pod of pods) {
    const { nodeName, hostNetwork } = pod.spec;
    if (hostNetwork !== true || nodeName === undefined || !isOnNetwork(pod)) continue;
    for (const { containerPort, protocol = "TCP" } of runningContainers(pod).flatMap(({ ports = [] }) => ports)) {
      if (protocol !== "TCP") continue;
      const ports = held.get(nodeName) ?? new Set();
      held.set(nodeName, ports.add(containerPort));
    }
  }
  return held;
}
