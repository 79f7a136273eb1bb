import { type Cost, zeroCost } from "@kubenetsim/core/trace/cost";

/** Of a packet's way there: exact counts. */
export const packetMeasures: readonly (keyof Cost)[] = Object.keys(zeroCost) as (keyof Cost)[];

/**
 * Of kube-proxy's syncs: what stands in the kernel after the first, what the one after the churn writes, and how many bytes each
 * feeds to iptables-restore or nft. In ipvs mode nothing of this goes through a text: bytes are not measured there.
 */
export const syncMeasures = ["objects", "objectsTouched", "bytesFull", "bytesIncremental"] as const;

/** Of a new connection's exact odds: the smallest and the largest share of an endpoint, and how many can be chosen. */
export const shareMeasures = ["smallestShare", "largestShare", "endpointsChosen"] as const;

/** 1 where the Pod that takes the packet sees the client's own address, else 0. */
export const sourceMeasures = ["sourceKept"] as const;

export type MeasureName =
  | keyof Cost
  | (typeof syncMeasures)[number]
  | (typeof shareMeasures)[number]
  | (typeof sourceMeasures)[number];

export const measureNames: readonly MeasureName[] = [
  ...packetMeasures,
  ...sourceMeasures,
  ...syncMeasures,
  ...shareMeasures,
];

/** What was measured in a cell; a measure that a mode does not have is not there. */
export type Measured = Readonly<Partial<Record<MeasureName, number>>>;

/** For axes: what it is, with its unit. */
export function measureTitle(name: MeasureName): string {
  return titles[name];
}

const titles: Readonly<Record<MeasureName, string>> = {
  rulesCompared: "rules compared, rules a packet",
  matchesEvaluated: "matches evaluated, matches a packet",
  chainsEntered: "chains entered, chains a packet",
  setLookups: "set look-ups, look-ups a packet",
  hashLookups: "IPVS hash look-ups, look-ups a packet",
  bucketEntriesCompared: "IPVS entries compared, entries a packet",
  serversExamined: "real servers examined, servers a packet",
  conntrackLookups: "conntrack look-ups, look-ups a packet",
  randomDraws: "random draws, draws a packet",
  natBindings: "NAT bindings made, bindings a packet",
  sourceKept: "client's address kept, 1 or 0",
  objects: "objects in the kernel, objects",
  objectsTouched: "objects that a sync writes, objects",
  bytesFull: "text of a full sync, bytes",
  bytesIncremental: "text of an incremental sync, bytes",
  smallestShare: "smallest share of an endpoint, probability",
  largestShare: "largest share of an endpoint, probability",
  endpointsChosen: "endpoints that can be chosen, endpoints",
};
