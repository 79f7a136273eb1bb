import { parseIptablesSave } from "@kubenetsim/netfilter/text/iptables-parse";
import { printIptablesSave } from "@kubenetsim/netfilter/text/iptables-print";
import { applied, yamlOf } from "./apply-text.ts";
import { clusterHeap } from "./cluster-heap.ts";
import { coldSelectors } from "./cold-selectors.ts";
import { conntrackHits, conntrackInserts } from "./conntrack-load.ts";
import { firstAnswers } from "./dns-answers.ts";
import {
  countedRules,
  endpointPick,
  objectReads,
  readinessChange,
  serviceComesAndGoes,
  snapshots,
  virtualAddress,
} from "./growth-work.ts";
import { type Block, cpuNs, type Measure } from "./harness.ts";
import { requestsAmong } from "./ingress-requests.ts";
import { kubeProxyRuleset } from "./kube-proxy-rules.ts";
import { measureGrowth } from "./measure-growth.ts";
import { fullRebuild, fullText, oneChange, partialText } from "./proxy-changes.ts";
import { storeUpdates } from "./store-updates.ts";

const sizes: readonly number[] = [1000, 3000, 10_000, 30_000];

/** Text of rules for Services of ten endpoints: milliseconds. */
function parse(services: number): Block {
  const text = printIptablesSave(kubeProxyRuleset(services, 10, false));
  return () => cpuNs(1e6, () => void parseIptablesSave(text));
}

/** What grows: the sizes count `of`, and `work` costs `unit`. */
interface GrowthRow {
  readonly id: string;
  readonly name: string;
  readonly of: string;
  readonly unit: string;
  readonly work: (size: number) => Block;
  readonly rounds?: number;
}

const constant: readonly GrowthRow[] = [
  {
    id: "lookup",
    name: "first packet to a ClusterIP, iptables",
    of: "Services",
    unit: "ns",
    work: virtualAddress,
  },
  { id: "counted", name: "a packet that all rules are counted for", of: "rules", unit: "ns", work: countedRules },
  { id: "pick", name: "one endpoint picked, iptables", of: "endpoints", unit: "ns", work: endpointPick },
  { id: "conntrack-hit", name: "a packet finds its connection", of: "connections", unit: "ns", work: conntrackHits },
  {
    id: "conntrack-insert",
    name: "a connection entered and taken out",
    of: "connections",
    unit: "ns",
    work: conntrackInserts,
  },
  { id: "get", name: "an object read from the store", of: "Pods", unit: "ns", work: objectReads },
  {
    id: "put",
    name: "an object changed in the store",
    of: "Pods",
    unit: "ns",
    work: (pods) => storeUpdates(pods, 1000),
  },
  { id: "ready", name: "a Pod's readiness changed, settled", of: "Pods", unit: "µs", work: readinessChange },
  {
    id: "change",
    name: "one endpoint changed until all tables are current, iptables",
    of: "Services",
    unit: "ms",
    work: (services) => oneChange("iptables", services),
  },
  {
    id: "nft",
    name: "one endpoint changed until all tables are current, nftables",
    of: "Services",
    unit: "ms",
    work: (services) => oneChange("nftables", services),
  },
  {
    id: "ipvs",
    name: "one endpoint changed until all tables are current, ipvs",
    of: "Services",
    unit: "ms",
    work: (services) => oneChange("ipvs", services),
  },
  {
    id: "dns",
    name: "a name answered for the first time",
    of: "Services",
    unit: "ns",
    work: (services) => firstAnswers(services, 1000),
  },
  { id: "route", name: "a request answered through ingress-nginx", of: "hosts", unit: "ns", work: requestsAmong },
  { id: "snapshot", name: "snapshot() of a cluster", of: "Services", unit: "ns", work: snapshots },
];

/** What stays but for one copy of a list, 8 bytes a rule: at these sizes that is between a part and most of the cost. */
const nearlyConstant: readonly GrowthRow[] = [
  { id: "service", name: "a Service comes and goes, iptables", of: "Services", unit: "ms", work: serviceComesAndGoes },
];

const linear: readonly GrowthRow[] = [
  {
    id: "partial",
    name: "a changed endpoint's text for iptables-restore",
    of: "Services",
    unit: "ms",
    work: partialText,
  },
  {
    id: "rebuild",
    name: "all tables from the objects, iptables",
    of: "Services",
    unit: "ms",
    work: (services) => fullRebuild("iptables", services),
    rounds: 3,
  },
  { id: "text", name: "text of a full sync", of: "Services", unit: "ms", work: fullText, rounds: 3 },
  { id: "parse", name: "an iptables-save text parsed", of: "Services", unit: "ms", work: parse, rounds: 3 },
  { id: "selectors", name: "Pods by all selectors, cold", of: "Services", unit: "ms", work: coldSelectors, rounds: 3 },
  { id: "yaml", name: "YAML applied", of: "Services", unit: "ms", work: (count) => applied(yamlOf(count)), rounds: 3 },
  { id: "heap", name: "heap of a cluster with a node's rules", of: "Pods", unit: "MB", work: clusterHeap, rounds: 1 },
];

/** The slopes of costs over 1,000, 3,000, 10,000 and 30,000 of something: 0 for a cost that stays, 1 for one in proportion. */
export const growthMeasures: readonly Measure[] = [
  ...constant.map((row) => growthMeasure(row, { must: 0.15, aim: 0.1 })),
  ...nearlyConstant.map((row) => growthMeasure(row, { must: 0.6, aim: 0.15 })),
  ...linear.map((row) => growthMeasure(row, { must: 1.15, aim: 1 })),
];

function growthMeasure(
  { id, name, of, unit, work, rounds = 9 }: GrowthRow,
  limits: { readonly must: number; readonly aim: number },
): Measure {
  return {
    id: `growth-${id}`,
    name: `slope: ${name}`,
    ...limits,
    run: (self) => measureGrowth(self, { sizes, of, rounds, unit, work }),
  };
}
