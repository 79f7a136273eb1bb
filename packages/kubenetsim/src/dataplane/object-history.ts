import type { Change, ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import type { KubeProxyConfig } from "@kubenetsim/proxy/config/kube-proxy-config";

/** What was settled at one time: the objects, and how they got there from the time before. */
export interface Settled {
  readonly state: ClusterState;
  readonly changes: readonly Change[];
  /** What the kube-proxies run with from then on; another one than before restarts them. */
  readonly config: KubeProxyConfig;
}

/**
 * All settled states since the cluster began. A node's kube-proxy that is looked at for the first time goes through them
 * one by one, as if it had been there from the beginning: so it makes no difference when somebody looks. States share
 * what did not change, so one more costs only what changed.
 */
export type ObjectHistory = readonly Settled[];
