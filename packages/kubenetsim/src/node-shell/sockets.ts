import { protocolNumbers } from "@kubenetsim/core/net/protocol";
import { UnsupportedError } from "@kubenetsim/core/runtime/errors";
import { healthSockets } from "../dataplane/health-servers.ts";
import type { NodeSystem } from "./node-shell.ts";

/** Where something listens on a node. */
export interface ListeningSocket {
  readonly protocol: "TCP" | "UDP";
  /** `*` for all of both families. */
  readonly address: string;
  readonly port: number;
}

/**
 * What listens on a node: Pods on its network, and kube-proxy. What else a node runs (kubelet, sshd) is not modelled, nor on which
 * addresses a container listens: it is all.
 */
export function listeningSockets(node: NodeSystem): ListeningSocket[] {
  const { proxy, userspace } = node.running();
  if (proxy?.config.featureGates.KubeProxyNFTablesLocalhostNodePorts === true && proxy.config.mode === "nftables") {
    throw new UnsupportedError(
      "ss beside the feature gate KubeProxyNFTablesLocalhostNodePorts",
      "its sockets are not listed",
    );
  }
  const { sockets } = node.network().host;
  const ofPods = sockets.processes.flatMap(({ listens }, id) =>
    listens
      .filter(({ protocol, port }) => sockets.find(protocolNumbers[protocol], port) === id)
      .map(({ protocol, port }) => ({ protocol, address: "*", port })),
  );
  const ofHealth = (proxy === undefined ? [] : healthSockets(proxy)).flatMap(({ addresses = ["*"], port }) =>
    addresses.map((address) => ({ protocol: "TCP" as const, address: String(address), port })),
  );
  const { listenIP = "0.0.0.0" } = userspace?.options.proxy ?? {};
  const relays = [...(userspace?.served ?? [])].map(({ protocol, proxyPort: port }) => ({
    protocol,
    address: listenIP === "0.0.0.0" || listenIP === "::" ? "*" : listenIP,
    port,
  }));
  const found = new Map<string, ListeningSocket>();
  for (const { protocol, address, port } of [...ofPods, ...ofHealth, ...relays]) {
    if (protocol === "TCP" || protocol === "UDP")
      found.set(`${protocol} ${address} ${port}`, { protocol, address, port });
  }
  return [...found.values()];
}
