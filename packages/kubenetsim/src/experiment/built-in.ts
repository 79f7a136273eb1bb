import type { Experiment } from "./experiment.ts";

export const builtInNames = [
  "lookup",
  "sync",
  "restore",
  "fairness",
  "ipset",
  "source-ip",
  "kube-proxy-modes",
] as const;
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
    measures: ["objects", "objectsTouched", "programRunsIncremental", "netlinkCallsIncremental"],
    seeds,
    plot: { over: "services", measure: "objectsTouched", lines: "mode" },
  },
  restore: {
    name: "restore",
    title: "The text of a sync with N Services",
    vary: { mode: modes, services: sizes, endpoints: [2] },
    measures: ["bytesFull", "bytesIncremental", "programRunsFull", "netlinkCallsFull"],
    seeds,
    plot: { over: "services", measure: "bytesFull", lines: "mode" },
  },
  fairness: {
    name: "fairness",
    title: "Shares of E endpoints",
    vary: { mode: allModes, services: [1], endpoints: [1, 2, 3, 7, 10, 30, 100] },
    measures: ["smallestShare", "largestShare", "endpointsChosen"],
    seeds,
    plot: { over: "endpoints", measure: "largestShare", lines: "mode" },
  },
  ipset: {
    name: "ipset",
    title: "A load balancer's R source ranges: a list of rules, or a set",
    vary: {
      mode: modes,
      services: [1],
      type: ["LoadBalancer"],
      from: ["outside"],
      sourceRanges: [1, 10, 100, 1000],
    },
    measures: ["rulesCompared", "setLookups", "bytesFull", "programRunsFull"],
    seeds,
    plot: { over: "sourceRanges", measure: "rulesCompared", lines: "mode" },
  },
  "source-ip": {
    name: "source-ip",
    title: "Does the Pod see the client's address? One endpoint on the other node, or two",
    vary: {
      mode: allModes,
      services: [1],
      endpoints: [1, 2],
      nodes: [2],
      type: ["ClusterIP", "NodePort", "LoadBalancer", "ExternalIP"],
      trafficPolicy: ["Cluster", "Local"],
      from: ["outside", "other-node", "pod"],
    },
    measures: ["delivered", "sourceKept", "natBindings"],
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
      "programRunsIncremental",
      "netlinkCallsIncremental",
    ],
    seeds,
    plot: { over: "services", measure: "rulesCompared", lines: "mode" },
  },
};
