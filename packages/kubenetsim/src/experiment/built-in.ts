import type { Experiment } from "./experiment.ts";

export const builtInNames = ["lookup", "sync", "restore", "fairness", "source-ip", "kube-proxy-modes"] as const;
export type BuiltInName = (typeof builtInNames)[number];

const allModes = ["iptables", "ipvs", "nftables", "userspace"] as const;
const modes = ["iptables", "ipvs", "nftables"] as const;
const sizes = [1, 10, 100, 1000, 10_000];
const seeds = ["kubenetsim"];

export const builtInExperiments: Readonly<Record<BuiltInName, Experiment>> = {
  lookup: {
    name: "lookup",
    title: "The first packet to one of N Services",
    vary: { mode: modes, services: sizes, position: ["last", "first", "middle", "none"] },
    measures: ["rulesCompared", "setLookups", "hashLookups", "bucketEntriesCompared", "serversExamined"],
    seeds,
    plot: { over: "services", measure: "rulesCompared", lines: "mode" },
  },
  sync: {
    name: "sync",
    title: "One Service of N loses its endpoint",
    vary: { mode: modes, services: sizes },
    measures: ["objects", "objectsTouched"],
    seeds,
    plot: { over: "services", measure: "objectsTouched", lines: "mode" },
  },
  restore: {
    name: "restore",
    title: "The text of a full sync with N Services",
    vary: { mode: ["iptables", "nftables"], services: sizes, endpoints: [2] },
    measures: ["bytesFull", "bytesIncremental"],
    seeds,
    plot: { over: "services", measure: "bytesFull", lines: "mode" },
  },
  fairness: {
    name: "fairness",
    title: "Shares of E endpoints",
    vary: { mode: ["iptables", "nftables"], services: [1], endpoints: [1, 2, 3, 7, 10, 30, 100] },
    measures: ["smallestShare", "largestShare", "endpointsChosen"],
    seeds,
    plot: { over: "endpoints", measure: "largestShare", lines: "mode" },
  },
  "source-ip": {
    name: "source-ip",
    title: "Does the Pod see the client's address?",
    vary: { mode: allModes, services: [1], masqueradeAll: [false, true] },
    measures: ["sourceKept", "natBindings"],
    seeds,
  },
  "kube-proxy-modes": {
    name: "kube-proxy-modes",
    title: "All that N Services cost in four modes",
    vary: { mode: allModes, services: [1, 10, 100, 1000], connection: ["new", "established"] },
    measures: [
      "rulesCompared",
      "matchesEvaluated",
      "chainsEntered",
      "setLookups",
      "hashLookups",
      "bucketEntriesCompared",
      "serversExamined",
      "conntrackLookups",
      "objects",
      "objectsTouched",
      "bytesFull",
      "bytesIncremental",
    ],
    seeds,
    plot: { over: "services", measure: "rulesCompared", lines: "mode" },
  },
};
