import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate, setTimeout } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { root } from "../tidy/source-files.ts";
import { finishCli, withFiles } from "./run-cli.ts";

const mine = `name: mine
vary:
  mode: [iptables, ipvs]
  services: [1, 20]
measures: [rulesCompared, hashLookups]
plot: {over: services, measure: rulesCompared}
`;

describe("experiment and merge", () => {
  it("run a file, whole and in shards, to the same bytes", async () => {
    await withFiles({ "mine.yaml": mine }, async (workingDirectory) => {
      const cli = (...words: string[]) => finishCli(words, { workingDirectory });
      expect((await cli("experiment", "mine.yaml", "--out", "whole.json", "--svg", "plot.svg")).out).toContain(
        "plot: plot.svg",
      );
      expect((await cli("experiment", "mine.yaml", "--shard", "1/2", "--out", "1.json")).out).toContain(
        "PARTIAL: 2 of 4 cells",
      );
      await cli("experiment", "mine.yaml", "--shard", "2/2", "--out", "2.json");
      expect((await cli("merge", "2.json", "1.json", "--out", "merged.json")).code).toBe(0);
      const text = (name: string): string => readFileSync(join(workingDirectory, name), "utf8");
      expect(text("merged.json")).toBe(text("whole.json"));
      expect(text("plot.svg")).toContain("iptables 35");
      expect((await cli("merge", "1.json", "--format", "csv")).out).toContain("mine,0.1.0,true,");
    });
  });

  it("show how many cells there are and how long it takes yet", async () => {
    await withFiles({ "mine.yaml": mine }, async (workingDirectory) => {
      const { err } = await finishCli(["experiment", "mine.yaml"], {
        workingDirectory,
        showsProgress: true,
        tickMs: 2000,
      });
      expect(err).toMatch(/cell 2 of 4, about \d+ s left: 20 Services in iptables mode/);
    });
  });

  it("refuse what there is not before anything is measured or written", async () => {
    const files = {
      "bad.yaml": mine.replace("vary", "vray"),
      "half.yaml": mine.replace("20", "1.5"),
      "empty.json": "",
      "twice.yaml": mine.replace("plot:", "measures: [objects]\nplot:"),
      "huge.yaml": mine.replace("[1, 20]", "1000000000"),
    };
    await withFiles(files, async (workingDirectory) => {
      const refused = async (...words: string[]): Promise<string> => {
        const { code, out, err } = await finishCli(words, { workingDirectory });
        expect([code, out]).toEqual([2, ""]);
        return err;
      };
      expect(await refused("experiment", "lokup")).toContain("built in are lookup, sync");
      expect(await refused("experiment", "lookup", "--shard", "5/4")).toContain("I from 1 to N");
      expect(await refused("experiment", "lookup", "--format", "xml")).toContain("table, csv or json");
      expect(await refused("experiment", "bad.yaml", "--out", "x.json")).toContain(
        'error: bad.yaml:2:1: unknown field "vray"',
      );
      expect(await refused("experiment", "half.yaml")).toContain("half.yaml:4:17: vary.services[1]: must be a whole");
      expect(await refused("experiment", "huge.yaml")).toMatch(
        /huge\.yaml:4:3: mine: 1,000,000,000 .* 17 TB of memory/,
      );
      expect(await refused("experiment", "empty.json")).toContain("must hold one experiment");
      expect(await refused("experiment", "twice.yaml")).toContain('twice.yaml:6:1: key "measures" stands twice');
      expect(await refused("experiment", "/dev/zero")).toContain("/dev/zero: is 2 MiB or more, at most 1 MiB are read");
      expect(await refused("experiment", "lookup", "--cost-model", "/dev/zero")).toContain("at most 1 MiB are read");
      expect(await refused("merge", "/dev/zero")).toContain("at most 32 MiB are read");
      expect(await refused("experiment", "lookup", "--out", "no/such.json")).toContain("its folder does not exist");
      expect(await refused("experiment", "lookup", "--vary", "services")).toContain("--vary takes NAME=VALUE");
      expect(await refused("experiment", "lookup", "--vary", "servces=1")).toContain("did you mean services?");
      expect(await refused("experiment", "lookup", "--vary", "services=1000000000")).toContain("17 TB");
      expect(await refused("experiment", "lookup", "--cost-model", "linux-7")).toContain("there is no cost model");
      expect(await refused("experiment", "lookup", "--plot", "linux-6.1-uml")).toContain("plot.measure");
      expect(await refused("merge", "empty.json")).toContain("is no JSON");
      expect(existsSync(join(workingDirectory, "x.json"))).toBe(false);
    });
  });

  it("keep what is measured when they are interrupted, and say so", async () => {
    await withFiles({ "mine.yaml": mine }, async (workingDirectory) => {
      const controller = new AbortController();
      const ending = finishCli(["experiment", "mine.yaml", "--out", "part.json"], {
        workingDirectory,
        interruption: controller.signal,
      });
      const out = join(workingDirectory, "part.json");
      while (!existsSync(out)) await setImmediate();
      controller.abort();
      const { code, err, out: printed } = await ending;
      expect([code, err]).toEqual([1, expect.stringMatching(/^error: interrupted: [123] of 4 cells are measured\n/)]);
      expect(printed).toMatch(/PARTIAL: [123] of 4 cells/);
      expect(JSON.parse(readFileSync(out, "utf8"))).toMatchObject({ partial: true, cells: 4 });
    });
  });

  it("measure in threads to the same bytes", async () => {
    const run = async (workers: string): Promise<string> =>
      (await finishCli(["experiment", "fairness", "--workers", workers, "--format", "json"])).out;
    expect(await run("3")).toBe(await run("1"));
  });

  it.each([
    [["--workers", "0"], "--workers takes a whole number from 1 to 1024"],
    [["--workers", "2", "--queue", "redis://x"], "exclude each other"],
    [["--wait", "5"], "--wait is for --queue"],
    [["--queue", "http://x"], "redis:// or rediss://"],
    [["--parallelism", "5"], "--parallelism is for --job-manifest"],
    [["--job-manifest"], "how many shards?"],
    [["--job-manifest", "--parallelism", "5", "--out", "x"], "--out does not go with --job-manifest"],
    [["--job-manifest", "--parallelism", "999"], "the cells of fairness"],
  ])("refuse %s", async (words, message) => {
    const { code, out, err } = await finishCli(["experiment", "fairness", ...words]);
    expect([code, out, err]).toEqual([2, "", expect.stringContaining(message)]);
  });

  it("take other values, a seed, and models to estimate by", async () => {
    const words = ["--vary", "mode=ipvs", "--vary", "endpoints=2,3", "--seed", "other"];
    const { out } = await finishCli(["experiment", "fairness", ...words, "--format", "json"]);
    const { results } = JSON.parse(out);
    expect(results.map(({ parameters, seed }: never) => [parameters, seed])).toMatchObject([
      [{ mode: "ipvs", endpoints: 2 }, "other"],
      [{ mode: "ipvs", endpoints: 3 }, "other"],
    ]);
    const model = ["--cost-model", "linux-6.1-uml", "--vary", "services=10", "--vary", "position=last"];
    expect((await finishCli(["experiment", "lookup", ...model])).out).toContain("593 (115–1,223)");
  });
});

describe("an experiment that does not come to its end", () => {
  it("hears of a real signal", async () => {
    await withFiles({}, async (cwd) => {
      const words = ["experiment", "lookup", "--vary", "services=2000", "--format", "json", "--out", "r.json"];
      const child = spawn(process.execPath, [join(root, "packages/kubenetsim/bin/kubenetsim.js"), ...words], { cwd });
      let out = "";
      child.stdout.on("data", (text) => {
        out += text;
      });
      const closed = once(child, "close");
      // The first results file says that cells are being measured.
      while (!existsSync(join(cwd, "r.json")) && child.exitCode === null) await setTimeout(20);
      child.kill("SIGINT");
      expect(await closed).toEqual([1, null]);
      const { partial, results, cells } = JSON.parse(out);
      expect([partial, cells]).toEqual([true, 12]);
      expect(results.length).toBeGreaterThan(0);
      expect(results.length).toBeLessThan(12);
      expect(readFileSync(join(cwd, "r.json"), "utf8")).toBe(out);
    });
  });

  it.skipIf(process.getuid?.() !== 0 || process.platform !== "linux")(
    "keeps whole what a disk had room for",
    async () => {
      const folder = mkdtempSync(join(tmpdir(), "kubenetsim-"));
      try {
        execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", folder]);
      } catch {
        rmSync(folder, { recursive: true });
        return;
      }
      try {
        const run = (...words: string[]) =>
          finishCli(["experiment", ...words, "--out", "r.json"], { workingDirectory: folder });
        expect((await run("fairness", "--vary", "endpoints=2")).code).toBe(0);
        writeFileSync(join(folder, "rest"), "x".repeat(65_536 - 2 * 4096));
        const { code, err } = await run("lookup", "--vary", "services=1,2,3");
        expect([code, err]).toEqual([2, "error: r.json: cannot be written: no space is left on the device\n"]);
        const { partial, results } = JSON.parse(readFileSync(join(folder, "r.json"), "utf8"));
        expect(partial).toBe(true);
        expect(results.length).toBeGreaterThan(0);
        expect(existsSync(join(folder, "r.json.new"))).toBe(false);
      } finally {
        execFileSync("umount", [folder]);
        rmSync(folder, { recursive: true });
      }
    },
  );
});
