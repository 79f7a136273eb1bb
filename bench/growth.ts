import { parseIptablesSave } from "@kubenetsim/netfilter/text/iptables-parse";
import { printIptablesSave } from "@kubenetsim/netfilter/text/iptables-print";
import { type Block, cpuNs, type Measure } from "./harness.ts";
import { kubeProxyRuleset } from "./kube-proxy-rules.ts";
import { measureGrowth } from "./measure-growth.ts";
import { fullRebuild, fullText, oneChange, partialText } from "./proxy-changes.ts";

/** Services of ten endpoints. */
const sizes: readonly number[] = [1000, 3000, 10_000, 30_000];

function parse(services: number): Block {
  const text = printIptablesSave(kubeProxyRuleset(services, 10, false));
  return () => cpuNs(1e6, () => void parseIptablesSave(text));
}

const linear = { must: 1.15, aim: 1 };
const constant = { must: 0.15, aim: 0.1 };

/** The slopes of costs over 1,000, 3,000, 10,000 and 30,000 Services: 0 for a cost that stays, 1 for one in proportion. */
export const growthMeasures: readonly Measure[] = [
  { id: "growth-change", name: "slope: one endpoint changed, iptables", rounds: 9, work: change, ...constant },
  { id: "growth-partial", name: "slope: its text for iptables-restore", rounds: 9, work: partialText, ...linear },
  { id: "growth-rebuild", name: "slope: full rebuild, iptables", rounds: 3, work: rebuild, ...linear },
  { id: "growth-text", name: "slope: text of a full sync", rounds: 3, work: fullText, ...linear },
  { id: "growth-parse", name: "slope: parse an iptables-save text", rounds: 3, work: parse, ...linear },
].map(({ rounds, work, ...measure }) => ({
  ...measure,
  run: (self) => measureGrowth(self, { sizes, rounds, unit: "ms 30k, 1k", work }),
}));

function change(services: number): Block {
  return oneChange("iptables", services);
}

function rebuild(services: number): Block {
  return fullRebuild("iptables", services);
}
