/** What is varied: each cell of an experiment has one value of each. */
export interface Parameters {
  readonly mode: "iptables" | "ipvs" | "nftables" | "userspace";
  /** Services with one UDP port each. */
  readonly services: number;
  /** Of each Service; they take turns on the nodes, beginning with the last. */
  readonly endpoints: number;
  /** The packet comes to the first, or starts there. */
  readonly nodes: number;
  /** By what the packet is sent: a Service's cluster IP, the first node's address and its node port, its load balancer's address, its external IP. */
  readonly type: "ClusterIP" | "NodePort" | "LoadBalancer" | "ExternalIP";
  /** `externalTrafficPolicy`, and of ClusterIP Services `internalTrafficPolicy`. */
  readonly trafficPolicy: "Cluster" | "Local";
  /** Who sends the packet: a Pod on the first node, that node itself, the last node, a host outside whose router is the first node. */
  readonly from: "pod" | "node" | "other-node" | "outside";
  /** `loadBalancerSourceRanges` of each Service of type LoadBalancer, the last one with the host outside; 0 is none. */
  readonly sourceRanges: number;
  /** Which Service the packet is for, in the order in which kube-proxy writes them; `none` is an address of no Service. */
  readonly position: "first" | "middle" | "last" | "none";
  /** The first packet of a connection, or the second. */
  readonly connection: "new" | "established";
  /** Services that change between two syncs. */
  readonly churn: number;
  /** What befalls them. */
  readonly change: "endpoints-lost" | "endpoints-gained" | "service-removed" | "service-added";
  /** Endpoints that each of them loses or gains. */
  readonly endpointChurn: number;
  /** Of IPVS. */
  readonly scheduler: string;
  readonly masqueradeAll: boolean;
}

export const defaultParameters: Parameters = {
  mode: "iptables",
  services: 1000,
  endpoints: 1,
  nodes: 1,
  type: "ClusterIP",
  trafficPolicy: "Cluster",
  from: "pod",
  sourceRanges: 0,
  position: "last",
  connection: "new",
  churn: 1,
  change: "endpoints-lost",
  endpointChurn: 1,
  scheduler: "rr",
  masqueradeAll: false,
};

export type ParameterName = keyof Parameters;
export const parameterNames: readonly ParameterName[] = Object.keys(defaultParameters) as ParameterName[];

/** Values of parameters that are words, with those that there are; all others are numbers or booleans. */
export const parameterWords: Readonly<Partial<Record<ParameterName, readonly string[]>>> = {
  mode: ["iptables", "ipvs", "nftables", "userspace"],
  type: ["ClusterIP", "NodePort", "LoadBalancer", "ExternalIP"],
  trafficPolicy: ["Cluster", "Local"],
  from: ["pod", "node", "other-node", "outside"],
  position: ["first", "middle", "last", "none"],
  connection: ["new", "established"],
  change: ["endpoints-lost", "endpoints-gained", "service-removed", "service-added"],
  scheduler: ["rr", "wrr", "lc", "wlc", "sed", "nq", "sh", "dh", "mh", "lblc", "lblcr", "fo", "ovf"],
};

/** The smallest value of those that are numbers; 1 unless it stands here. */
export const leastValues: Readonly<Partial<Record<ParameterName, number>>> = { sourceRanges: 0, churn: 0 };
