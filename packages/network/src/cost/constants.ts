/** What one unit of counted work costs in nanoseconds. */
export interface CostConstant {
  readonly ns: number;
  /** Lowest and highest value seen where it was measured. */
  readonly rangeNs: readonly [low: number, high: number];
  /** How it came out of the batches of a calibration; not there where it is known from elsewhere. */
  readonly fit?: CostFit;
}

/** What a constant was made of, as `npm run calibrate` writes it; times in nanoseconds. */
export interface CostFit {
  /** The first and the third quartile of what each batch of packets gives alone. */
  readonly quartilesNs: readonly [q1: number, q3: number];
  /** Of the differences within a batch; the constant itself is that of the fastest batches. */
  readonly medianNs: number;
  /** How well the points lie on the line whose slope the constant is; not there where it is no slope. */
  readonly r2?: number;
  readonly batches: number;
  /** Rulesets of different sizes that packets were sent to. */
  readonly sizes: number;
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
  /** A packet in userspace mode, first or not, for which kube-proxy reads and writes itself: above its rules and its translation. */
  userspaceRelay: "relayed packet",
} as const;

export type CostConstantName = keyof typeof costUnits;

export const costConstantNames: readonly CostConstantName[] = Object.keys(costUnits) as CostConstantName[];
