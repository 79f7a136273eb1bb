import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseIptablesSave } from "@kubenetsim/netfilter/text/iptables-parse";
import { printIptablesSave } from "@kubenetsim/netfilter/text/iptables-print";
import { comparePairs, cpuNs, type Measure } from "./harness.ts";
import { kubeProxyRuleset } from "./kube-proxy-rules.ts";

/** 32 rules a Service of ten endpoints. */
const textOf = (services: number) => printIptablesSave(kubeProxyRuleset(services, 10, services <= 1000));

/** CPU seconds that the real program takes to read the file without loading it; undefined where it cannot run. */
function restoreSeconds(file: string): number | undefined {
  const script = `TIMEFORMAT='%U %S'; time iptables-nft-restore --test < ${file}`;
  const run = spawnSync("unshare", ["-n", "bash", "-c", script], { encoding: "utf8" });
  if (run.error !== undefined || run.status !== 0) return undefined;
  const [user, system] = run.stderr.trim().split("\n").at(-1)!.split(" ").map(Number);
  return user! + system!;
}

function againstRestore(measure: Measure, services: number): ReturnType<Measure["run"]> {
  const text = textOf(services);
  const folder = mkdtempSync(join(tmpdir(), "kubenetsim-bench-"));
  const file = join(folder, "rules");
  writeFileSync(file, text);
  try {
    if (restoreSeconds(file) === undefined)
      return { skipped: "iptables-nft-restore does not run here (root is needed)" };
    return comparePairs(measure, {
      candidate: () => cpuNs(1e9, () => void parseIptablesSave(text)),
      reference: () => restoreSeconds(file) ?? Number.NaN,
      unit: "s",
      pairs: services > 5000 ? 3 : 9,
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export const parseMeasures: readonly Measure[] = [
  {
    id: "13",
    name: "parse an iptables-save text of 100,000 rules, against iptables-nft-restore --test",
    must: 0.5,
    aim: 0.25,
    run: (measure) => againstRestore(measure, 3125),
  },
  {
    id: "13b",
    name: "the same with 320,000 rules",
    must: 0.5,
    aim: 0.25,
    run: (measure) => againstRestore(measure, 10_000),
  },
  {
    id: "14",
    name: "parse, a rule of 320,000 against a rule of 32,000",
    must: 1.3,
    aim: 1.1,
    run: (measure) => {
      const long = printIptablesSave(kubeProxyRuleset(10_000, 10));
      const short = printIptablesSave(kubeProxyRuleset(1000, 10));
      return comparePairs(measure, {
        candidate: () => cpuNs(320_000, () => void parseIptablesSave(long)),
        reference: () => cpuNs(320_000, () => repeat(10, () => parseIptablesSave(short))),
        unit: "ns a rule",
      });
    },
  },
];

function repeat(times: number, work: () => unknown): void {
  for (let i = 0; i < times; i++) work();
}
