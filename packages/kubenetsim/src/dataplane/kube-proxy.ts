import type { ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import type { IpFamily } from "@kubenetsim/core/net/address";
import { beLiberal, conntrackSysctls } from "@kubenetsim/proxy/config/conntrack-sysctls";
import type { KubeProxyConfig } from "@kubenetsim/proxy/config/kube-proxy-config";
import { error } from "@kubenetsim/proxy/log/log-line";
import type { ProxyNode } from "@kubenetsim/proxy/snapshot/proxy-node";
import { onNode, type ProxySnapshot, takeSnapshot, updateSnapshot } from "@kubenetsim/proxy/snapshot/snapshot";
import type { Proxier } from "./backend/backend.ts";
import { backendOf, backends } from "./backend/backends.ts";
import { type NodeKernel, setSysctls } from "./node-kernel.ts";
import type { Settled } from "./object-history.ts";
import { removeStaleFlows } from "./stale-flows.ts";

/** Both families have a proxier of their own, whether or not the node has addresses of both. */
const families: readonly IpFamily[] = ["IPv4", "IPv6"];

/** The kube-proxy that runs on a node. A value: each sync gives a new one; what it writes is in the node's kernel. */
export interface KubeProxy {
  readonly node: ProxyNode;
  /** As it was when kube-proxy started: it never reads it again. */
  readonly config: KubeProxyConfig;
  /** Of IPv4 and IPv6. */
  readonly proxiers: readonly Proxier[];
  /** When each of them synced last, in virtual milliseconds. */
  readonly syncedMs: readonly number[];
}

/**
 * A kube-proxy starts: it removes what other modes left as far as the real one does, and syncs with these objects for the
 * first time.
 *
 * @throws UnsupportedError for a mode that is not modelled.
 */
export function startKubeProxy(node: ProxyNode, settled: Settled, kernel: NodeKernel): KubeProxy {
  const { state } = settled;
  const nowMs = timeOf(settled);
  const backend = backendOf(settled.config.mode);
  kernel.userspace = undefined;
  setSysctls(kernel, conntrackSysctls(settled.config));
  const config = asTheKernelIs(settled.config, kernel);
  kernel.cleanUpProblems = backends.flatMap((other) =>
    backend.removes.includes(other.mode) ? other.cleanUp(kernel) : [],
  );
  const proxiers = snapshotsOf(node, config, state).map((snapshot) => {
    const proxier = backend.start(snapshot, kernel, nowMs, state);
    if (cleansFlows(proxier)) removeStaleFlows(kernel.kernel, undefined, snapshot, nowMs);
    return proxier;
  });
  return { node, config, proxiers, syncedMs: proxiers.map(() => nowMs) };
}

/** kube-proxy looks at the kernel, and not at its configuration, for whether segments out of the window count as invalid. */
function asTheKernelIs(config: KubeProxyConfig, { sysctls }: NodeKernel): KubeProxyConfig {
  const tcpBeLiberal = sysctls.get(beLiberal) === 1;
  if (tcpBeLiberal === config.conntrack.tcpBeLiberal) return config;
  return { ...config, conntrack: { ...config.conntrack, tcpBeLiberal } };
}

/** The same kube-proxy after changes; itself when none of them concerned it. */
export function syncKubeProxy(proxy: KubeProxy, settled: Settled, kernel: NodeKernel): KubeProxy {
  const proxiers = proxy.proxiers.map((proxier) => {
    if (proxier.hear !== undefined) return proxier.hear(settled.changes, kernel);
    return syncTo(proxier, updateSnapshot(proxier.snapshot, settled.changes), kernel, timeOf(settled));
  });
  return withProxiers(proxy, proxiers, timeOf(settled));
}

/** The same kube-proxy after its Node has changed, its zone label say: it syncs all anew. */
export function moveKubeProxy(proxy: KubeProxy, node: ProxyNode, settled: Settled, kernel: NodeKernel): KubeProxy {
  const snapshots = snapshotsOf(node, proxy.config, settled.state);
  const proxiers = proxy.proxiers.map((proxier, i) => syncTo(proxier, snapshots[i]!, kernel, timeOf(settled)));
  return { ...withProxiers(proxy, proxiers, timeOf(settled)), node };
}

/** One sync, if there is anything new. */
function syncTo(proxier: Proxier, snapshot: ProxySnapshot, kernel: NodeKernel, nowMs: number): Proxier {
  if (snapshot === proxier.snapshot) return proxier;
  const next = proxier.sync(snapshot, kernel, nowMs);
  const before = proxier.isRefused ? undefined : proxier.snapshot;
  if (cleansFlows(next)) removeStaleFlows(kernel.kernel, before, snapshot, nowMs);
  return next;
}

/** Not after a sync that failed, and not in a mode that does so itself. */
function cleansFlows({ hear, isRefused }: Proxier): boolean {
  return hear === undefined && !isRefused;
}

/** The same kube-proxy after all that it wanted to do without a change until this time. */
export function wakeKubeProxy(proxy: KubeProxy, untilMs: number, kernel: NodeKernel): KubeProxy {
  let { proxiers } = proxy;
  for (;;) {
    const dueMs = Math.min(...proxiers.map(wakingTimeOf));
    if (dueMs > untilMs) return proxiers === proxy.proxiers ? proxy : awake(proxy, proxiers);
    proxiers = proxiers.map((one) => (one.alarm?.atMs === dueMs ? one.alarm.ring(kernel, untilMs) : one));
  }
}

function awake(proxy: KubeProxy, proxiers: readonly Proxier[]): KubeProxy {
  return { ...proxy, proxiers, syncedMs: proxiers.map(({ ranMs }, i) => ranMs ?? proxy.syncedMs[i]!) };
}

/** When it next wants to do something without a change; never for most. */
export function wakingTime({ proxiers }: KubeProxy): number {
  return Math.min(...proxiers.map(wakingTimeOf));
}

function wakingTimeOf({ alarm }: Proxier): number {
  return alarm?.atMs ?? Number.POSITIVE_INFINITY;
}

/** Has it written nothing that a kube-proxy with the same past on another node of the zone would not have written? */
export function isSameOnOtherNodes(proxy: KubeProxy): boolean {
  return proxy.proxiers.every((proxier) => proxier.onNode?.(proxy.node) !== undefined);
}

/** That kube-proxy, of which `isSameOnOtherNodes` is true. */
export function proxyOnNode(proxy: KubeProxy, node: ProxyNode): KubeProxy {
  return { ...proxy, node, proxiers: proxy.proxiers.map((proxier) => proxier.onNode!(node)!) };
}

function withProxiers(proxy: KubeProxy, proxiers: readonly Proxier[], nowMs: number): KubeProxy {
  if (proxiers.every((proxier, i) => proxier === proxy.proxiers[i])) return proxy;
  const syncedMs = proxiers.map((proxier, i) => (proxier === proxy.proxiers[i] ? proxy.syncedMs[i]! : nowMs));
  return { ...proxy, proxiers, syncedMs };
}

function timeOf({ nowMs = 0 }: Settled): number {
  return nowMs;
}

export function sameNode(a: ProxyNode, b: ProxyNode): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

/** What a kube-proxy knows that has seen these objects: the same on every node, so that all nodes share it. */
function snapshotsOf(node: ProxyNode, config: KubeProxyConfig, { tables }: ClusterState): ProxySnapshot[] {
  const { Service, EndpointSlice, ServiceCIDR } = tables;
  const seen = [EndpointSlice, ServiceCIDR, config] as const;
  let known = taken.get(Service);
  if (known === undefined || !seen.every((each, i) => each === known!.seen[i])) {
    const services = Service.values();
    const endpointSlices = EndpointSlice.values();
    const serviceCIDRs = ServiceCIDR.values();
    const snapshots = families.map((family) =>
      takeSnapshot({ family, node, config, services, endpointSlices, serviceCIDRs }),
    );
    known = { seen, snapshots };
    taken.set(Service, known);
  }
  return known.snapshots.map((snapshot) => onNode(snapshot, node));
}

/** By the Services of a state the last snapshots that were taken of it, with what else they are of. */
const taken = new WeakMap<
  ClusterState["tables"]["Service"],
  { readonly seen: readonly unknown[]; readonly snapshots: readonly ProxySnapshot[] }
>();

/** `kube-proxy --cleanup`: removes what kube-proxy of any mode has written, in the order of platformCleanup. */
export function cleanUpKubeProxy(kernel: NodeKernel): void {
  const problems = backends.flatMap((backend) => backend.cleanUp(kernel));
  const failed = error("command failed", { err: "encountered an error while tearing down rules" });
  kernel.cleanUpProblems = problems.length === 0 ? [] : [...problems, failed];
}
