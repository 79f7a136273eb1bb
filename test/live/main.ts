/**
 * Random lives of a kube-proxy, led by the real one and by ours: the same rules, and the same texts fed to the tools?
 *
 *     npm run conformance:live -- --cases 100 --seed 1
 *
 * Needs root, the tools and Go (once, to build the real proxiers). A case that differs is cut down to what still differs
 * and written to build/live/ with the real one's answer: moved to test/live/cases it is a test. `N passed, N failed` closes.
 *
 * upstream: iptables.TestOverallIPTablesRules, nftables.TestOverallNFTablesRules, iptables.TestClusterIPGeneral,
 * nftables.TestClusterIPGeneral, iptables.TestExternalTrafficPolicyLocal, nftables.TestExternalTrafficPolicyLocal,
 * iptables.TestDropInvalidRule, nftables.TestEndpointDNATRules, nftables.TestLocalhostNodePortReject,
 * nftables.TestLocalhostNodePortRejectAll, config.TestNewNodeTopologyConfig,
 * metaproxier.TestMetaProxier_GenericCallbacksFanOutToBothProxiers
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { randomProxyCase } from "@kubenetsim/testing";
import { type Difference, differenceOf } from "./differences.ts";
import { type LiveOptions, readOptions, usage } from "./options.ts";
import { askPeer, type RecordedLife } from "./peer-answers.ts";
import { peerProgram } from "./peer-program.ts";
import { progressBar } from "./progress.ts";
import { shrink } from "./shrink.ts";

const casesAtOnce = 50;
/** From the first life of one seed to the first of the next. */
const seedsApart = 1_000_003;
/** So many differences are cut down; more of them mostly say the same. */
const shrunkAtMost = 3;

interface Finding extends Difference, RecordedLife {
  readonly mode: LiveOptions["modes"][number];
  readonly seed: number;
}

async function main(args: readonly string[]): Promise<number> {
  const options = optionsOf(args);
  if (typeof options === "number") return options;
  const program = peerProgram(console.log);
  if ("missing" in program) {
    console.error(`cannot compare with the real kube-proxy: ${program.missing}`);
    return 2;
  }
  const findings: Finding[] = [];
  for (const mode of options.modes) findings.push(...(await compareMode(program.path, mode, options)));
  for (const finding of findings) report(finding);
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(findings, undefined, 1)}\n`);
  const count = options.modes.length * options.cases;
  console.log(`${count - findings.length} passed, ${findings.length} failed`);
  return findings.length === 0 ? 0 : 1;
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

async function compareMode(peer: string, mode: Finding["mode"], options: LiveOptions): Promise<Finding[]> {
  const { cases: count, seed, steps, services: maxServices, shrinks } = options;
  const found: Finding[] = [];
  const bar = progressBar(count);
  for (let first = 0; first < count; first += casesAtOnce) {
    const seeds = Array.from(
      { length: Math.min(casesAtOnce, count - first) },
      (_, at) => seed * seedsApart + first + at,
    );
    const shape = { mode, minSteps: steps, maxSteps: steps + 2, maxServices };
    const cases = seeds.map((seed) => randomProxyCase(seed, shape));
    const answers = await askPeer(peer, cases, 2, (done) => bar(first + done, `${mode}, ${found.length} differ`));
    for (const [at, one] of cases.entries()) {
      const difference = differenceOf(one, answers[at]!);
      if (difference === undefined) continue;
      found.push({ ...difference, mode, seed: seeds[at]!, case: one, answer: answers[at]! });
      console.log(`${mode} seed ${seeds[at]} differs in step ${difference.step}: ${difference.where}`);
    }
  }
  console.log(`${mode}: ${count - found.length}/${count} cases`);
  if (!shrinks) return found;
  const small = [];
  for (const finding of found.slice(0, shrunkAtMost)) small.push(await cutDown(peer, finding));
  return [...small, ...found.slice(shrunkAtMost)];
}

async function cutDown(peer: string, finding: Finding): Promise<Finding> {
  const kind = finding.where;
  const smallest = await shrink(finding.case, async (cases) => {
    const answers = await askPeer(peer, cases);
    return cases.map((one, at) => differenceOf(one, answers[at]!)?.where === kind);
  });
  const [answer] = await askPeer(peer, [smallest]);
  return { ...finding, ...(differenceOf(smallest, answer!) ?? finding), case: smallest, answer: answer! };
}

function report({ mode, seed, step, where, text, case: one, answer }: Finding): void {
  const file = `build/live/${mode}-${seed}.json`;
  mkdirSync("build/live", { recursive: true });
  const recorded: RecordedLife = { case: one, answer };
  writeFileSync(file, `${JSON.stringify(recorded, undefined, 1)}\n`);
  console.log(`FAILED ${mode} seed ${seed}, step ${step}, ${where}, ${text}\n  ${file}`);
}

process.exitCode = await main(process.argv.slice(2));
