/**
 * What this kernel takes for what kubenetsim counts, as a file for `--cost-model`:
 *
 *     npm run calibrate
 *     npm run calibrate -- --short --backends iptables-nft,nft
 *
 * kubenetsim's own kube-proxy writes rules for clusters of several sizes, each into a network namespace of its own, by the real
 * iptables-restore, nft, ipset and ipvsadm; packets are sent to the first Service, to the last and to none in turn. Exit code 2 where
 * nothing can be measured, 130 when interrupted: nothing is left behind.
 */
import { accessSync, constants, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { timeLeft } from "kubenetsim/cli/time-left";
import { type BackendName, backends } from "./backends.ts";
import { modelsOf, type Outcome, ownProvenance } from "./model-file.ts";
import { type CalibrateOptions, readOptions, usage } from "./options.ts";
import { planOf, weightOf } from "./plan.ts";
import { Refusal } from "./refusal.ts";
import { growthReport, modelReport } from "./report.ts";
import { hasProgram, ownSurroundings, requireAll } from "./requirements.ts";
import { measureRun, type Run, type RunResult } from "./run.ts";
import { Sender } from "./sender.ts";

/** A line that is written anew, with what is done and the time that is left, where there is a terminal. */
class ProgressLine {
  readonly #all: number;
  readonly #startMs = performance.now();
  #done = 0;

  constructor(all: number) {
    this.#all = all;
  }

  show({ backend, services, endpoints, scheduler }: Run): void {
    const percent = Math.floor((100 * this.#done) / this.#all);
    const left = timeLeft(performance.now() - this.#startMs, this.#done, this.#all);
    const with_ = backend === "ipvs" ? `, ${scheduler}` : "";
    this.#write(`${percent} %${left}: ${backend}, ${services} Services of ${endpoints}${with_}`);
  }

  finish(weight: number): void {
    this.#done += weight;
  }

  clear(): void {
    this.#write("");
  }

  #write(text: string): void {
    if (process.stderr.isTTY) process.stderr.write(`\r\u001b[2K${text}`);
  }
}

async function main(args: readonly string[]): Promise<number> {
  let options: CalibrateOptions | undefined;
  try {
    options = readOptions(args);
  } catch (problem) {
    console.error(`${(problem as Error).message}\n\n${usage}`);
    return 2;
  }
  if (options === undefined) {
    console.log(usage);
    return 0;
  }
  try {
    return await calibrate(options);
  } catch (problem) {
    if (!(problem instanceof Refusal)) throw problem;
    console.error(`cannot calibrate: ${problem.message}`);
    return 2;
  }
}

async function calibrate(options: CalibrateOptions): Promise<number> {
  requireAll(ownSurroundings(), options);
  openFolder(options.out);
  const sender = new Sender();
  const plans = options.backends.map((backend) => [backend, planOf(backend, options)] as const);
  const weights = plans.flatMap(([, runs]) => runs.map((run) => weightOf(run, options)));
  const progress = new ProgressLine(weights.reduce((sum, weight) => sum + weight, 0));
  const outcomes: Partial<Record<BackendName, Outcome>> = {};
  for (const [backend, runs] of plans) {
    const outcome = await measureAll(backend, runs, sender, options, progress);
    outcomes[backend] = outcome;
    progress.clear();
    if ("skipped" in outcome) console.log(`skip ${backend}: ${outcome.skipped}`);
  }
  writeJson(join(options.out, "measurements.json"), outcomes);
  const models = modelsOf(outcomes, options, ownProvenance());
  if (models.length === 0) throw new Refusal("none of it could be measured here");
  process.stdout.write(growthReport(outcomes));
  for (const model of models) {
    const file = join(options.out, `${model.name}.json`);
    writeJson(file, model);
    console.log(`\n${modelReport(model)}written: ${file}`);
  }
  return 0;
}

/** The smallest ruleset says whether the kernel and the programs are there; a larger one that is refused is left out. */
async function measureAll(
  backend: BackendName,
  runs: readonly Run[],
  sender: Sender,
  options: CalibrateOptions,
  progress: ProgressLine,
): Promise<Outcome> {
  const absent = backends[backend].programs.filter((name) => !hasProgram(name));
  const results: RunResult[] = [];
  let skipped = absent.length === 0 ? undefined : `there is no ${absent.join(", no ")}`;
  for (const run of runs) {
    progress.show(run);
    try {
      if (skipped === undefined) results.push(await measureRun(run, sender, options));
    } catch (problem) {
      if (!(problem instanceof Refusal)) throw problem;
      if (results.length === 0) skipped = problem.message;
      else console.log(`skip ${backend} with ${run.services} Services of ${run.endpoints}: ${problem.message}`);
    }
    progress.finish(weightOf(run, options));
  }
  return skipped === undefined ? { results } : { skipped };
}

function openFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
  } catch (problem) {
    throw new Refusal(`nothing can be written to ${folder}: ${(problem as Error).message}`);
  }
}

function writeJson(file: string, value: unknown): void {
  try {
    writeFileSync(file, `${JSON.stringify(value, undefined, 1)}\n`);
  } catch (problem) {
    throw new Refusal(`${file} cannot be written: ${(problem as Error).message}`);
  }
}

// Namespaces and folders go with the process.
process.once("SIGINT", () => process.exit(130));
process.once("SIGTERM", () => process.exit(143));
process.exitCode = await main(process.argv.slice(2));
