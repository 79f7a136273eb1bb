import type { Change, ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import type { ManifestDocument } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import type { EndpointSlice } from "@kubenetsim/core/model/endpoint-slice";
import type { KubeProxyConfig } from "@kubenetsim/proxy/config/kube-proxy-config";

/** What a kube-proxy takes when it starts. */
export interface ProxyStart {
  readonly config: KubeProxyConfig;
  /** Where the configuration stands; undefined when it is the options' own. */
  readonly configSource?: ManifestDocument | undefined;
}

/** What was settled at one time: the objects, and how they got there from the time before. */
export interface Settled extends ProxyStart {
  readonly state: ClusterState;
  readonly changes: readonly Change[];
  /** The time on the clock; 0 unless given. */
  readonly nowMs?: number;
  /** What a kube-proxy takes that starts at this time; those that run do not look at it. */
  readonly config: KubeProxyConfig;
  /** What those of some nodes take in place of it, when a cluster goes on where another stood. */
  readonly running?: ReadonlyMap<string, ProxyStart> | undefined;
  /** What was done to kube-proxies before they see the changes. */
  readonly action?: ProxyAction | undefined;
}

/** A kube-proxy is ended and started again, or `kube-proxy --cleanup` is run beside it: on one node, or on all. */
export interface ProxyAction {
  readonly kind: "restart" | "cleanup";
  /** Undefined for all nodes. */
  readonly node: string | undefined;
}

/**
 * All settled states since the cluster began. A node's kube-proxy that is looked at for the first time goes through them
 * one by one, as if it had been there from the beginning: so it makes no difference when somebody looks. States share
 * what did not change, so one more costs only what changed.
 */
export type ObjectHistory = readonly Settled[];

/** Is the action done on this node? */
export function concerns(action: ProxyAction | undefined, node: string): boolean {
  return action !== undefined && (action.node === undefined || action.node === node);
}

/** The time as a kube-proxy of this node finds it that starts then. */
export function startOn(settled: Settled, node: string): Settled {
  const own = settled.running?.get(node);
  return own === undefined ? settled : { ...settled, ...own };
}

/** Does it bring endpoints that are meant for one zone? The first settled time is asked for all that there is. */
export function hasZoneHints({ state, changes }: Settled, isFirst: boolean): boolean {
  if (changes.some(({ kind, after }) => kind === "EndpointSlice" && isForZones(after as EndpointSlice))) return true;
  return isFirst && state.tables.EndpointSlice.values().some(isForZones);
}

function isForZones(slice: EndpointSlice | undefined): boolean {
  return slice?.endpoints?.some(({ hints }) => (hints?.forZones?.length ?? 0) > 0) ?? false;
}
