import type { ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import type { IpFamily } from "@kubenetsim/core/net/address";
import type { KubeProxyConfig } from "@kubenetsim/proxy/config/kube-proxy-config";
import type { ProxyNode } from "@kubenetsim/proxy/snapshot/proxy-node";
import { type ProxySnapshot, takeSnapshot, updateSnapshot } from "@kubenetsim/proxy/snapshot/snapshot";
import type { Proxier } from "./backend/backend.ts";
import { backendOf, backends } from "./backend/backends.ts";
import type { NodeKernel } from "./node-kernel.ts";
import type { Settled } from "./object-history.ts";

/** Both families have a proxier of their own, whether or not the node has addresses of both. */
const families: readonly IpFamily[] = ["IPv4", "IPv6"];

/** The kube-proxy that runs on a node. A value: each sync gives a new one; what it writes is in the node's kernel. */
export interface KubeProxy {
  readonly node: ProxyNode;
  /** As it was when kube-proxy started: it never reads it again. */
  readonly config: KubeProxyConfig;
  /** Of IPv4 and IPv6. */
  readonly proxiers: readonly Proxier[];
}

/**
 * A kube-proxy starts: it removes what other modes left as far as the real one does, and syncs with these objects for the
 * first time.
 *
 * @throws UnsupportedError for a mode that is not modelled.
 */
export function startKubeProxy(node: ProxyNode, settled: Settled, kernel: NodeKernel): KubeProxy {
  const { config } = settled;
  const backend = backendOf(config.mode);
  for (const other of backends) if (backend.removes.includes(other.mode)) other.cleanUp(kernel);
  const snapshots = snapshotsOf(node, config, settled.state);
  return { node, config, proxiers: snapshots.map((one) => backend.start(one, kernel, timeOf(settled), settled.state)) };
}

/** The same kube-proxy after changes; itself when none of them concerned it. */
export function syncKubeProxy(proxy: KubeProxy, settled: Settled, kernel: NodeKernel): KubeProxy {
  const proxiers = proxy.proxiers.map((proxier) => {
    if (proxier.hear !== undefined) return proxier.hear(settled.changes, kernel);
    const snapshot = updateSnapshot(proxier.snapshot, settled.changes);
    return snapshot === proxier.snapshot ? proxier : proxier.sync(snapshot, kernel, timeOf(settled));
  });
  return proxiers.every((proxier, i) => proxier === proxy.proxiers[i]) ? proxy : { ...proxy, proxiers };
}

/** The same kube-proxy after its Node has changed, its zone label say: it syncs all anew. */
export function moveKubeProxy(proxy: KubeProxy, node: ProxyNode, settled: Settled, kernel: NodeKernel): KubeProxy {
  const snapshots = snapshotsOf(node, proxy.config, settled.state);
  const proxiers = proxy.proxiers.map((proxier, i) => proxier.sync(snapshots[i]!, kernel, timeOf(settled)));
  return { ...proxy, node, proxiers };
}

function timeOf({ nowMs = 0 }: Settled): number {
  return nowMs;
}

export function sameNode(a: ProxyNode, b: ProxyNode): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

function snapshotsOf(node: ProxyNode, config: KubeProxyConfig, { tables }: ClusterState): ProxySnapshot[] {
  const services = tables.Service.values();
  const endpointSlices = tables.EndpointSlice.values();
  const serviceCIDRs = tables.ServiceCIDR.values();
  return families.map((family) => takeSnapshot({ family, node, config, services, endpointSlices, serviceCIDRs }));
}

/** `kube-proxy --cleanup`: removes what kube-proxy of any mode has written, in the order of platformCleanup. */
export function cleanUpKubeProxy(kernel: NodeKernel): void {
  for (const backend of backends) backend.cleanUp(kernel);
}
