import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Cluster } from "kubenetsim";
import type { NodeHandle } from "kubenetsim/cluster/node-handle";
import { fileChunks } from "kubenetsim/node-files";
import { type FullSize, fullSizeLines, nodeName, publishedLimits } from "./full-size-input.ts";

const usage =
  "node build/bench/full-size.js [--mode MODE] [--nodes N] [--pods N] [--services N] [--seed N] [--rule-sets N] [--traces N] [--packets N] [--json]";

/** A node's rules as texts, by kube-proxy's mode. */
const texts = {
  iptables: (node: NodeHandle) => [node.iptablesSave()],
  ipvs: (node: NodeHandle) => [node.iptablesSave(), node.ipvsadm(), node.run("ipset save")],
  nftables: (node: NodeHandle) => [node.run("nft list ruleset")],
};

/** What is done with the cluster, beside its size. */
interface Work extends FullSize {
  readonly mode: keyof typeof texts;
  readonly "rule-sets": number;
  readonly traces: number;
  readonly packets: number;
}

interface Phase {
  readonly phase: string;
  readonly cpuMs: number;
  readonly wallMs: number;
  /** The most that the process has had in memory until then, in MB. */
  readonly peakMB: number;
}

function readWork(args: string[]): Work & { readonly json: boolean } {
  const usual = { ...publishedLimits, "rule-sets": 10, traces: 1000, packets: 1_000_000 };
  try {
    const numbers = Object.keys(usual).map((name) => [name, { type: "string" }] as const);
    const options = { ...Object.fromEntries(numbers), mode: { type: "string" }, json: { type: "boolean" } } as const;
    const { mode = "iptables", json = false, ...given } = parseArgs({ args, options }).values;
    if (typeof mode !== "string" || !Object.hasOwn(texts, mode)) throw new Error(`there is no mode ${mode}`);
    const read = Object.entries(given).map(([name, text]) => [name, wholeNumber(name, String(text))]);
    return { ...usual, ...Object.fromEntries(read), mode, json: json === true };
  } catch (problem) {
    console.error(`${(problem as Error).message}\n\n${usage}`);
    process.exit(2);
  }
}

function wholeNumber(name: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new Error(`--${name}: must be a whole number, not ${text}`);
  return Number(text);
}

/** Runs each phase and tells what it took. */
function measured(phases: Readonly<Record<string, () => void>>): Phase[] {
  return Object.entries(phases).map(([phase, work]) => {
    const wall = performance.now();
    const cpu = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(cpu);
    const peakMB = Math.round(process.resourceUsage().maxRSS / 1000);
    return { phase, cpuMs: Math.round((user + system) / 1000), wallMs: Math.round(performance.now() - wall), peakMB };
  });
}

function writeInput(path: string, size: FullSize): void {
  const file = openSync(path, "w");
  for (const line of fullSizeLines(size)) writeSync(file, line);
  closeSync(file);
}

/** From JSON lines to packets' ways, in a process of its own: so its peak of memory is this work's. */
function run(work: Work, path: string): Phase[] {
  const lab = Cluster.create({ seed: String(work.seed), proxyMode: work.mode });
  return measured({
    load: () => lab.apply(() => fileChunks(path), { source: path }),
    settle: () => lab.settle(),
    [`rule sets of ${work["rule-sets"]} nodes`]: () => {
      for (let i = 0; i < work["rule-sets"]; i++) texts[work.mode](lab.node(nodeName(i)));
    },
    [`${work.traces} connections`]: () => {
      const { from, to } = ends(lab, 1);
      for (let i = 0; i < work.traces; i++) lab.trace({ from: from[0]!, to: to[i % to.length]! });
    },
    [`${work.packets} packets`]: () => void lab.sendMany({ ...ends(lab, work["rule-sets"]), count: work.packets }),
  });
}

/** The Pods of so many nodes, and all Services. */
function ends(lab: Cluster, nodes: number): { readonly from: readonly string[]; readonly to: readonly string[] } {
  const names = new Set(Array.from({ length: Math.max(nodes, 1) }, (_, i) => nodeName(i)));
  const pods = lab.list("Pod").filter(({ spec }) => names.has(spec.nodeName!));
  const services = lab.list("Service").filter(({ spec }) => spec.selector !== undefined);
  return {
    from: pods.map(({ metadata }) => `pod/${metadata.namespace}/${metadata.name}`),
    to: services.map(({ metadata }) => `svc/${metadata.namespace}/${metadata.name}`),
  };
}

const { json, ...work } = readWork(process.argv.slice(2));
const folder = mkdtempSync(join(tmpdir(), "full-size-"));
try {
  const path = join(folder, "cluster.jsonl");
  writeInput(path, work);
  const phases = run(work, path);
  if (json) console.log(JSON.stringify({ work, phases }));
  else console.table(phases);
} finally {
  rmSync(folder, { recursive: true });
}
