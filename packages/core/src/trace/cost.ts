/** What the kernel did for a packet, counted exactly. The unit is in the name; nothing here is a time. */
export interface Cost {
  /** Rules, of iptables and of nft, whose conditions were looked at, matching or not. */
  readonly rulesCompared: number;
  /** `-m` matches evaluated within those rules (comment included; the address part is not a match). nft's are not counted. */
  readonly matchesEvaluated: number;
  /** Chains entered, built-in and base chains included. */
  readonly chainsEntered: number;
  /** Look-ups in ipsets and in sets and maps of nft, those included that a rule writes out itself and that it adds to. */
  readonly setLookups: number;
  /** Hash look-ups of IPVS: virtual server and connection table. */
  readonly hashLookups: number;
  /**
   * Virtual servers compared in the buckets of IPVS's table until the packet's was found, or all of the bucket: it has 256 of
   * them, the newest virtual server stands first.
   */
  readonly bucketEntriesCompared: number;
  /** Real servers that an IPVS scheduler looked at. */
  readonly serversExamined: number;
  /** Look-ups in the conntrack table. */
  readonly conntrackLookups: number;
  /** Random numbers drawn by `-m statistic --mode random` and `numgen random`. */
  readonly randomDraws: number;
  /** Bindings that NAT or IPVS made for a new connection; packets after the first only follow them. */
  readonly natBindings: number;
}

export const zeroCost: Cost = {
  rulesCompared: 0,
  matchesEvaluated: 0,
  chainsEntered: 0,
  setLookups: 0,
  hashLookups: 0,
  bucketEntriesCompared: 0,
  serversExamined: 0,
  conntrackLookups: 0,
  randomDraws: 0,
  natBindings: 0,
};

export function addCosts(a: Cost, b: Cost): Cost {
  return {
    rulesCompared: a.rulesCompared + b.rulesCompared,
    matchesEvaluated: a.matchesEvaluated + b.matchesEvaluated,
    chainsEntered: a.chainsEntered + b.chainsEntered,
    setLookups: a.setLookups + b.setLookups,
    hashLookups: a.hashLookups + b.hashLookups,
    bucketEntriesCompared: a.bucketEntriesCompared + b.bucketEntriesCompared,
    serversExamined: a.serversExamined + b.serversExamined,
    conntrackLookups: a.conntrackLookups + b.conntrackLookups,
    randomDraws: a.randomDraws + b.randomDraws,
    natBindings: a.natBindings + b.natBindings,
  };
}
