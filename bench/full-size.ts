import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Cluster } from "kubenetsim";
import { fileChunks } from "kubenetsim/node-files";
import { type FullSize, fullSizeLines, nodeName, publishedLimits } from "./full-size-input.ts";

const usage =
  "node build/bench/full-size.js [--nodes N] [--pods N] [--services N] [--seed N] [--rule-sets N] [--traces N] [--packets N] [--json]";

/** What is done with the cluster, beside its size. */
interface Work extends FullSize {
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

function readWork(words: readonly string[]): Work {
  const work: Record<string, number> = { ...publishedLimits, "rule-sets": 10, traces: 1000, packets: 1_000_000 };
  for (let i = 0; i < words.length; i += 2) {
    const name = words[i]!.replace(/^--/, "");
    const value = Number(words[i + 1]);
    if (!Object.hasOwn(work, name) || !Number.isInteger(value) || value < 0) {
      console.error(usage);
      process.exit(2);
    }
    work[name] = value;
  }
  return work as unknown as Work;
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
  const lab = Cluster.create({ seed: String(work.seed) });
  return measured({
    load: () => lab.apply(() => fileChunks(path), { source: path }),
    settle: () => lab.settle(),
    [`rule sets of ${work["rule-sets"]} nodes`]: () => {
      for (let i = 0; i < work["rule-sets"]; i++) lab.node(nodeName(i)).iptablesSave();
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

const words = process.argv.slice(2);
const work = readWork(words.filter((word) => word !== "--json"));
const folder = mkdtempSync(join(tmpdir(), "full-size-"));
try {
  const path = join(folder, "cluster.jsonl");
  writeInput(path, work);
  const phases = run(work, path);
  if (words.includes("--json")) console.log(JSON.stringify({ work, phases }));
  else console.table(phases);
} finally {
  rmSync(folder, { recursive: true });
}
