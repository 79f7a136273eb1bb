import { type Cost, zeroCost } from "@kubenetsim/core/trace/cost";
import type { Parameters } from "./parameters.ts";

/** Of a packet's way there: exact counts. */
export const packetMeasures: readonly (keyof Cost)[] = Object.keys(zeroCost) as (keyof Cost)[];

/**
 * Of kube-proxy's syncs. `objects`: what stands in the kernel after the first; `objectsTouched`: what the one after the churn
 * writes. Of each of both, the full and the incremental one: how many bytes of text it feeds to iptables-restore or nft, how often it runs
 * a program (iptables, iptables-save, iptables-restore, ipset, nft, conntrack), and how many calls it makes of its handles of IPVS and of addresses, which talk netlink.
 */
export const syncMeasures = [
  "objects",
  "objectsTouched",
  "bytesFull",
  "bytesIncremental",
  "programRunsFull",
  "programRunsIncremental",
  "netlinkCallsFull",
  "netlinkCallsIncremental",
] as const;

/** Of a new connection's exact odds: the smallest and the largest share of an endpoint, and how many can be chosen. */
export const shareMeasures = ["smallestShare", "largestShare", "endpointsChosen"] as const;

/** `delivered`: 1 where a Pod takes the packet and its answer comes back. `sourceKept`: 1 where the Pod sees the client's own address. Else 0. */
export const sourceMeasures = ["delivered", "sourceKept"] as const;

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

/**
 * Whether a cell of a mode has a measure: userspace mode feeds no text to anything, ipvs mode alone has handles; where no Pod takes the packet
 * there is no address to keep, and where no endpoint can be chosen there are no shares.
 */
export function presenceOf(name: MeasureName, mode: Parameters["mode"]): "always" | "sometimes" | "never" {
  if (name === "sourceKept" || name === "smallestShare" || name === "largestShare") return "sometimes";
  if (name.startsWith("netlinkCalls")) return mode === "ipvs" ? "always" : "never";
  if (name.startsWith("bytes")) return mode === "userspace" ? "never" : "always";
  return "always";
}

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
  delivered: "delivered and answered, 1 or 0",
  sourceKept: "client's address kept, 1 or 0",
  objects: "objects in the kernel, objects",
  objectsTouched: "objects that a sync writes, objects",
  bytesFull: "text of a full sync, bytes",
  bytesIncremental: "text of an incremental sync, bytes",
  programRunsFull: "programs run by a full sync, runs",
  programRunsIncremental: "programs run by an incremental sync, runs",
  netlinkCallsFull: "netlink calls of a full sync, calls",
  netlinkCallsIncremental: "netlink calls of an incremental sync, calls",
  smallestShare: "smallest share of an endpoint, probability",
  largestShare: "largest share of an endpoint, probability",
  endpointsChosen: "endpoints that can be chosen, endpoints",
};
