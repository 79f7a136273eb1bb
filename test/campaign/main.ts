/**
 * All property tests, over and over with one seed after the other; parts of that on other machines, and their reports joined.
 *
 *     npm run campaign -- --cases 50 --seed 1
 *     npm run campaign -- --cases 50 --seed 1 --shard 2/4 --json part-2.json
 *     npm run campaign -- --cases 500 --seed 1 index-walk nft-round-trip
 *     npm run campaign -- --merge part-*.json --json whole.json
 *
 * A case is a seed: `--seed` of the first, the next ones count on. The words choose test files by their path. `--merge` also
 * joins what `conformance:live --shard` wrote. Exit code 1 where something failed, 2 where there is nothing to run or to join.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { isInShard, readShard, type Shard } from "@kubenetsim/workers/shard";
import { progressBar } from "../live/progress.ts";
import { repositoryRoot } from "../live/repository-root.ts";
import { type CampaignReport, type Failure, mergeReports, reportText, summaryOf } from "./report.ts";

interface FailedTest extends Failure {
  readonly test: string;
  readonly message: string;
}

function main(args: readonly string[]): number {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: {
      cases: { type: "string", default: "10" },
      seed: { type: "string", default: "1" },
      shard: { type: "string" },
      json: { type: "string" },
      merge: { type: "boolean", default: false },
    },
    allowPositionals: true,
  });
  const report = values.merge
    ? mergeReports(positionals.map((source) => ({ source, text: readFileSync(source, "utf8") })))
    : runSeeds(countOf("cases", values.cases), countOf("seed", values.seed), readShard(values.shard), positionals);
  if (values.json !== undefined) writeFileSync(values.json, reportText(report));
  for (const failure of report.failures) console.log(`FAILED ${JSON.stringify(failure).slice(0, 2000)}`);
  console.log(summaryOf(report));
  return report.failures.length === 0 ? 0 : 1;
}

function runSeeds(cases: number, first: number, shard: Shard, files: readonly string[]): CampaignReport {
  const indexes = Array.from({ length: cases }, (_, index) => index).filter((index) => isInShard(index, shard));
  const bar = progressBar(indexes.length);
  const failures = indexes.flatMap((index, done) => {
    bar(done, `seed ${first + index}`);
    return failuresOf(first + index, files);
  });
  bar(indexes.length, "");
  return { campaign: { properties: files, cases, seed: first }, shard, ran: indexes.length, failures };
}

/** At most one for each test. */
function failuresOf(seed: number, files: readonly string[]): FailedTest[] {
  const folder = mkdtempSync(join(tmpdir(), "kubenetsim-campaign-"));
  const output = join(folder, "vitest.json");
  try {
    const words = ["vitest", "run", "--reporter=json", `--outputFile=${output}`, ...files];
    const env = { ...process.env, KUBENETSIM_CAMPAIGN_SEED: String(seed) };
    const { stderr } = spawnSync("npx", words, { cwd: repositoryRoot, env, encoding: "utf8", stdio: "pipe" });
    return failedTests(output, seed, stderr);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

interface VitestFile {
  readonly name: string;
  readonly message: string;
  readonly assertionResults: readonly {
    readonly status: string;
    readonly fullName: string;
    readonly failureMessages: readonly string[];
  }[];
}

function failedTests(path: string, seed: number, stderr: string): FailedTest[] {
  let files: readonly VitestFile[];
  try {
    files = (JSON.parse(readFileSync(path, "utf8")) as { testResults: readonly VitestFile[] }).testResults;
  } catch {
    throw new Error(`vitest did not run: ${stderr}`);
  }
  return files.flatMap(({ name, message, assertionResults }) => {
    const failed = assertionResults.filter(({ status }) => status === "failed");
    if (assertionResults.length === 0) return [{ seed, test: name, message }];
    return failed.map(({ fullName, failureMessages }) => ({
      seed,
      test: fullName,
      message: failureMessages.join("\n"),
    }));
  });
}

function countOf(option: string, text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new Error(`--${option} must be a whole number from 1 to 999999999, got ${JSON.stringify(text)}`);
}

try {
  process.exitCode = main(process.argv.slice(2));
} catch (problem) {
  console.error((problem as Error).message);
  process.exitCode = 2;
}
