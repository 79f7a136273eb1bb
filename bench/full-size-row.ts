import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { comparePairs, type Measure, type Result } from "./harness.ts";

const child = fileURLToPath(new URL("./full-size.js", import.meta.url));
const mostMB = 3000;

interface Report {
  readonly phases: readonly {
    readonly phase: string;
    readonly cpuMs: number;
    readonly wallMs: number;
    readonly peakMB: number;
  }[];
}

/** One run in a process of its own: the seconds that pass, which its engine's threads shorten, and its peak of memory. */
function fullSizeRow(measure: Measure): Result {
  const { phases } = JSON.parse(execFileSync(process.execPath, [child, "--json"], { encoding: "utf8" })) as Report;
  const sum = (of: "cpuMs" | "wallMs") => phases.reduce((total, phase) => total + phase[of], 0);
  const peakMB = Math.max(...phases.map((phase) => phase.peakMB));
  const pair = { candidate: () => sum("wallMs") / 1000, reference: () => 1, unit: "s", pairs: 1 };
  const result = comparePairs(measure, pair);
  const parts = phases.map(({ phase, wallMs, cpuMs }) => `${phase} ${seconds(wallMs)} (${seconds(cpuMs)})`).join(", ");
  const details = `${parts}; in all ${seconds(sum("wallMs"))} s (CPU time ${seconds(sum("cpuMs"))} s); at most ${peakMB} of ${mostMB} MB`;
  return { ...result, mustHolds: result.mustHolds && peakMB <= mostMB, details };
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(1);
}

export const fullSizeMeasures: readonly Measure[] = [
  {
    id: "full-size",
    name: "5,000 nodes, 150,000 Pods, 10,000 Services, from JSON lines to the last of 1,000,000 packets, in passed time and 3 GB",
    must: 60,
    aim: 30,
    run: fullSizeRow,
  },
];
