import type { ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import type { IpAddress } from "@kubenetsim/core/net/address";
import type { OutsideClient } from "@kubenetsim/network/topology/input";
import type { KubeProxyConfig } from "@kubenetsim/proxy/config/kube-proxy-config";
import type { MadeEndpoint, MadeService } from "./made-objects.ts";
import type { Parameters } from "./parameters.ts";

/** What a cell's Services and Pods are added to, and what they get there: an empty cluster (`freshSite`), or somebody's own (`siteIn`). */
export interface Site {
  /** Nodes, and what stands there already; its Pods are left out. */
  readonly state: ClusterState;
  /** Of a cell's Services, whose names stand behind those of all others in kube-proxy's order. */
  readonly serviceNamespace: string;
  readonly podNamespace: string;
  /** That of each Service, and what the Pods listen on. */
  readonly port: Pick<MadeService, "protocol" | "port" | "targetPort">;
  /** The Pod that sends, on the node where the packet comes to or starts. */
  readonly client: MadeEndpoint;
  /** Of that node. */
  readonly nodeAddress: IpAddress;
  /** Hosts outside of the cluster. */
  readonly clients: readonly OutsideClient[] | undefined;
  /** What kube-proxy is told in a cell. */
  readonly configOf: (parameters: Parameters) => KubeProxyConfig;
  /** Of a cell's Services by their numbers; one more is of no Service. */
  readonly serviceAddress: (service: number) => IpAddress;
  readonly endpoint: (endpoint: number) => MadeEndpoint;
}
