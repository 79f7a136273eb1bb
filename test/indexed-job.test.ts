import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { builtInExperiments, mergeResults, resultsToJson, runExperiment } from "kubenetsim";
import { type ExperimentJobOptions, experimentJob } from "kubenetsim/experiment/indexed-job";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { finishCli } from "./cli/run-cli.ts";
import { RealApiServer } from "./live/api/real-api-server.ts";
import { root } from "./tidy/source-files.ts";

const experiment = { ...builtInExperiments.fairness, name: "Fairness, but of 3!", vary: { endpoints: [1, 2, 3] } };

interface Job {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly template: { readonly spec: { readonly containers: { command: string[]; image: string }[] } };
  };
}

const objectsOf = (options: ExperimentJobOptions): readonly [object, Job] =>
  experimentJob(experiment, options) as unknown as readonly [object, Job];

describe("an experiment as an Indexed Job", () => {
  test("has a name for host names and labels, another one for other content", () => {
    const names = [2, 3].map((parallelism) => objectsOf({ parallelism })[1].metadata.name);
    for (const name of names) expect(name).toMatch(/^kubenetsim-fairness-but-of-3-[0-9a-f]{8}$/);
    expect(new Set(names).size).toBe(2);
  });

  test("measures in its Pods, joined, what a single run does", () => {
    const folder = mkdtempSync(join(tmpdir(), "kubenetsim-job-"));
    try {
      symlinkSync(join(root, "packages/kubenetsim/bin/kubenetsim.js"), join(folder, "kubenetsim"));
      const [{ data }, job] = objectsOf({ parallelism: 2, claim: "results" }) as unknown as [
        { data: Record<string, string> },
        Job,
      ];
      for (const [name, text] of Object.entries(data)) writeFileSync(join(folder, name), text);
      const [shell, ...words] = job.spec.template.spec.containers[0]!.command.map((word) =>
        word.replaceAll(/\/(?:input|results)\//g, `${folder}/`),
      );
      const logs = [0, 1].map((index) => {
        const env = { PATH: `${folder}:${process.env.PATH}`, JOB_COMPLETION_INDEX: String(index) };
        return execFileSync(shell!, words, { encoding: "utf8", env });
      });
      expect(readFileSync(join(folder, "part-2.json"), "utf8")).toBe(logs[1]);
      const merged = mergeResults(logs.map((text, i) => ({ source: `log ${i}`, value: JSON.parse(text) })));
      expect(resultsToJson(merged)).toBe(resultsToJson(runExperiment(experiment)));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

const hasKubectl = spawnSync("kubectl", ["version", "--client"]).status === 0;
if (!hasKubectl) console.warn("not run: kubectl is not here, and with it what it says of Indexed Jobs");

describe.skipIf(!hasKubectl)("the real kubectl", () => {
  test.each([undefined, "results"])("knows every field of the Job, with claim %s", (claim) => {
    const [, job] = objectsOf({ parallelism: 3, ...(claim === undefined ? {} : { claim }) });
    const image = job.spec.template.spec.containers[0]!.image;
    const words = ["set", "image", "--local", "-f", "-", `*=${image}-changed`, "-o", "json"];
    const read = execFileSync("kubectl", words, { input: JSON.stringify(job), encoding: "utf8" });
    expect(JSON.parse(read.replace(`${image}-changed`, image))).toMatchObject(job);
  });
});

const hasServer = existsSync(join(root, "build/peers/kube-apiserver")) && spawnSync("etcd", ["--version"]).status === 0;
if (!hasServer) console.warn("not run: the real kube-apiserver is not built, and with it what it says of Indexed Jobs");

describe.skipIf(!hasKubectl || !hasServer)("kubectl before a real API server", () => {
  let server: RealApiServer | undefined;
  let words: readonly string[];
  let manifest: string;
  beforeAll(async () => {
    server = await RealApiServer.start(console.log);
    words = server.kubectlWords;
    manifest = (await finishCli(["experiment", "lookup", "--job-manifest", "--parallelism", "8", "--claim", "r"])).out;
  }, 150_000);
  afterAll(() => server?.end());

  test.each(["client", "server"])("takes the manifest with --dry-run=%s", (where) => {
    const create = [...words, "create", `--dry-run=${where}`, "--validate=strict", "-f", "-"];
    const { stdout, stderr, status } = spawnSync("kubectl", create, { input: manifest, encoding: "utf8" });
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(
      /^configmap\/(kubenetsim-lookup-\w+) created \((?:server )?dry run\)\njob\.batch\/\1 created \((?:server )?dry run\)\n$/,
    );
  });
});
