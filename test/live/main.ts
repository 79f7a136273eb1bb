/**
 * Random cases, led by the real program and by ours: kube-proxy's lives (the same rules, and the same texts fed to the
 * tools?), a kernel's IPVS (the same picks and counts?), the API server's conversations or kubectl before a real API server (the
 * same answers?), kube-proxy and CoreDNS before our API server (the rules that we predict?), CoreDNS before random objects
 * (the same answers?).
 *
 *     npm run conformance:live -- --cases 100 --seed 1
 *     npm run conformance:live -- --mode ipvs-schedulers --cases 2000 --seed 1
 *     npm run conformance:live -- --mode api --cases 1000 --seed 1
 *     npm run conformance:live -- --mode kubectl --cases 200 --kubeconfig FILE --kubectl PROGRAM
 *     npm run conformance:live -- --mode serve --cases 20 --seed 1
 *     npm run conformance:live -- --mode dns --cases 40 --seed 1
 *     npm run conformance:live -- --mode ingress --cases 1000 --seed 1
 *     npm run conformance:live -- --cases 1000 --shard 2/4 --json part-2.json
 *
 * kube-proxy needs root, the tools and Go (once, to build the real proxiers); IPVS user-mode Linux. A case that differs is
 * cut down to what still differs and written to build/live/ with the real one's answer, to become a recorded test.
 * `N passed, N failed` closes; exit code 2 where the real program cannot run.
 *
 * upstream: iptables.TestOverallIPTablesRules, nftables.TestOverallNFTablesRules, iptables.TestClusterIPGeneral,
 * nftables.TestClusterIPGeneral, iptables.TestExternalTrafficPolicyLocal, nftables.TestExternalTrafficPolicyLocal,
 * iptables.TestDropInvalidRule, nftables.TestEndpointDNATRules, nftables.TestLocalhostNodePortReject,
 * nftables.TestLocalhostNodePortRejectAll, config.TestNewNodeTopologyConfig,
 * metaproxier.TestMetaProxier_GenericCallbacksFanOutToBothProxiers
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { isInShard } from "@kubenetsim/workers/shard";
import { type CampaignReport, reportText, summaryOf } from "../campaign/report.ts";
import { apiComparison } from "./api/api-comparison.ts";
import { CannotCompare, type Comparison } from "./comparison.ts";
import type { Difference } from "./difference.ts";
import { dnsComparison } from "./dns/dns-comparison.ts";
import { ingressComparison } from "./ingress/ingress-comparison.ts";
import { ipvsComparison } from "./ipvs/ipvs-comparison.ts";
import { kubeProxyComparison } from "./kube-proxy-comparison.ts";
import { kubectlComparison } from "./kubectl/kubectl-comparison.ts";
import { type LiveOptions, type Mode, readOptions, usage } from "./options.ts";
import { progressBar } from "./progress.ts";
import { serveComparison } from "./serve/serve-comparison.ts";
import { shrink } from "./shrink.ts";

/** From the first case of one seed to the first of the next. */
const seedsApart = 1_000_003;
/** So many differences are cut down; more of them mostly say the same. */
const shrunkAtMost = 3;

interface Finding<Case, Answer> extends Difference {
  readonly mode: Mode;
  readonly seed: number;
  readonly case: Case;
  readonly answer: Answer;
}
/** A finding, and what is kept of it. */
type Report = Difference & { readonly mode: Mode; readonly seed: number; readonly recorded: unknown };

async function main(args: readonly string[]): Promise<number> {
  const options = optionsOf(args);
  if (typeof options === "number") return options;
  const reports: Report[] = [];
  try {
    for (const mode of options.modes) reports.push(...(await compare(mode, options)));
  } catch (problem) {
    if (!(problem instanceof CannotCompare)) throw problem;
    console.error(`cannot compare with the real one: ${problem.message}`);
    return 2;
  }
  for (const one of reports) print(one);
  const { modes, cases, seed, steps, services, shard } = options;
  const ran = modes.length * ownIndexes(options).length;
  const report: CampaignReport = { campaign: { modes, cases, seed, steps, services }, shard, ran, failures: reports };
  if (options.json !== undefined) writeFileSync(options.json, reportText(report));
  console.log(`seed ${seed}: ${summaryOf(report)}`);
  return reports.length === 0 ? 0 : 1;
}

/** Of this shard's cases, from 0. */
function ownIndexes({ cases, shard }: LiveOptions): number[] {
  return Array.from({ length: cases }, (_, index) => index).filter((index) => isInShard(index, shard));
}

function compare(mode: Mode, options: LiveOptions): Promise<Report[]> {
  if (mode === "api") return compareWith(apiComparison, mode, options);
  if (mode === "ipvs-schedulers") return compareWith(ipvsComparison, mode, options);
  if (mode === "kubectl") {
    return compareWith(kubectlComparison({ program: options.kubectl, kubeconfig: options.kubeconfig }), mode, options);
  }
  if (mode === "dns") return compareWith(dnsComparison, mode, options);
  if (mode === "ingress") return compareWith(ingressComparison, mode, options);
  if (mode === "serve") return compareWith(serveComparison, mode, options);
  return compareWith(kubeProxyComparison(mode, options), mode, options);
}

/** The run's options, or the exit code where there is nothing to run. */
function optionsOf(args: readonly string[]): LiveOptions | number {
  try {
    const options = readOptions(args);
    if (options === undefined) console.log(usage);
    return options ?? 0;
  } catch (problem) {
    console.error(`${(problem as Error).message}\n\n${usage}`);
    return 2;
  }
}

async function compareWith<Case extends object, Answer>(
  comparison: Comparison<Case, Answer>,
  mode: Mode,
  options: LiveOptions,
): Promise<Report[]> {
  const { seed, shrinks } = options;
  const found: Finding<Case, Answer>[] = [];
  const indexes = ownIndexes(options);
  const bar = progressBar(indexes.length);
  for (let first = 0; first < indexes.length; first += comparison.casesAtOnce) {
    const seeds = indexes.slice(first, first + comparison.casesAtOnce).map((index) => seed * seedsApart + index);
    const cases = seeds.map((seed) => comparison.draw(seed));
    const answers = await comparison.ask(cases, (done) => bar(first + done, `${mode}, ${found.length} differ`));
    for (const [at, one] of cases.entries()) {
      const difference = comparison.differenceOf(one, answers[at]!);
      if (difference === undefined) continue;
      found.push({ ...difference, mode, seed: seeds[at]!, case: one, answer: answers[at]! });
      console.log(`${mode} seed ${seeds[at]} differs in step ${difference.step}: ${difference.where}`);
    }
  }
  console.log(`${mode}: ${indexes.length - found.length}/${indexes.length} cases`);
  const reports: Report[] = [];
  for (const [at, finding] of found.entries()) {
    const { case: one, answer, ...rest } = shrinks && at < shrunkAtMost ? await cutDown(comparison, finding) : finding;
    reports.push({ ...rest, recorded: comparison.record(one, answer) });
  }
  return reports;
}

async function cutDown<Case extends object, Answer>(
  comparison: Comparison<Case, Answer>,
  finding: Finding<Case, Answer>,
): Promise<Finding<Case, Answer>> {
  const smallest = await shrink(finding.case, comparison.removable, async (cases) => {
    const answers = await comparison.ask(cases);
    return cases.map((one, at) => comparison.differenceOf(one, answers[at]!)?.where === finding.where);
  });
  const [answer] = await comparison.ask([smallest]);
  const difference = comparison.differenceOf(smallest, answer!) ?? finding;
  return { ...finding, ...difference, case: smallest, answer: answer! };
}

function print({ mode, seed, step, where, text, recorded }: Report): void {
  const file = `build/live/${mode}-${seed}.json`;
  mkdirSync("build/live", { recursive: true });
  writeFileSync(file, `${JSON.stringify(recorded)}\n`);
  console.log(`FAILED ${mode} seed ${seed}, step ${step}, ${where}, ${text}\n  ${file}`);
}

// So that what was started ends, too.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));
process.exitCode = await main(process.argv.slice(2));
