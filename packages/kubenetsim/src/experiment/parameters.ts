/** What is varied: each cell of an experiment has one value of each. */
export interface Parameters {
  readonly mode: "iptables" | "ipvs" | "nftables" | "userspace";
  /** ClusterIP Services with one UDP port each. */
  readonly services: number;
  /** Of each Service. */
  readonly endpoints: number;
  /** Which Service the packet is for, in the order in which kube-proxy writes them; `none` is an address of no Service. */
  readonly position: "first" | "middle" | "last" | "none";
  /** The first packet of a connection, or the second. */
  readonly connection: "new" | "established";
  /** Services that lose their last endpoint between two syncs. */
  readonly churn: number;
  /** Of IPVS. */
  readonly scheduler: string;
  readonly masqueradeAll: boolean;
}

export const defaultParameters: Parameters = {
  mode: "iptables",
  services: 1000,
  endpoints: 1,
  position: "last",
  connection: "new",
  churn: 1,
  scheduler: "rr",
  masqueradeAll: false,
};

export type ParameterName = keyof Parameters;
export const parameterNames: readonly ParameterName[] = Object.keys(defaultParameters) as ParameterName[];

/** Values of parameters that are words, with those that there are; all others are numbers or booleans. */
export const parameterWords: Readonly<Partial<Record<ParameterName, readonly string[]>>> = {
  mode: ["iptables", "ipvs", "nftables", "userspace"],
  position: ["first", "middle", "last", "none"],
  connection: ["new", "established"],
  scheduler: ["rr", "wrr", "lc", "wlc", "sed", "nq", "sh", "dh", "mh", "lblc", "lblcr", "fo", "ovf"],
};
