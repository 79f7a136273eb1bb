import type { ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import type { KubeProxyConfig } from "@kubenetsim/proxy/config/kube-proxy-config";
import type { Cell } from "./experiment.ts";
import type { Site } from "./site.ts";

/** A cell, and what it is measured in. */
export interface Setting {
  readonly cell: Cell;
  readonly site: Site;
  /** The site with the cell's Services. */
  readonly state: ClusterState;
  readonly config: KubeProxyConfig;
}
