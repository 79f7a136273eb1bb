/** What one unit of counted work costs in nanoseconds. */
export interface CostConstant {
  readonly ns: number;
  /** Lowest and highest value seen where it was measured. */
  readonly rangeNs: readonly [low: number, high: number];
}

/** The constants that a model can have, each with the unit that it is the price of. */
export const costUnits = {
  /** A rule of iptables that is compared and draws no number. */
  iptablesRule: "rule",
  /** A rule of iptables with `-m statistic --mode random`, as a whole. */
  statisticRule: "random draw",
  /** A virtual server that IPVS compares in a bucket of its table. */
  ipvsBucketEntry: "IPVS entry",
  /** A real server that an IPVS scheduler looks at. */
  ipvsServer: "server",
  /** A first packet that iptables translates, above one to no Service. */
  iptablesNat: "NAT'ed packet",
  /** A first packet's way through nft's maps with its translation, above one to no Service. */
  nftNat: "NAT'ed packet",
  /** A first packet that IPVS translates, kube-proxy's ipset rules with it, above one to no Service. */
  ipvsNat: "NAT'ed packet",
} as const;

export type CostConstantName = keyof typeof costUnits;

export const costConstantNames: readonly CostConstantName[] = Object.keys(costUnits) as CostConstantName[];
