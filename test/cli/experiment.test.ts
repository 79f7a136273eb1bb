import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
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
    await withFiles({ "bad.yaml": mine.replace("vary", "vray"), "empty.json": "" }, async (workingDirectory) => {
      const refused = async (...words: string[]): Promise<string> => {
        const { code, out, err } = await finishCli(words, { workingDirectory });
        expect([code, out]).toEqual([2, ""]);
        return err;
      };
      expect(await refused("experiment", "lokup")).toContain("built in are lookup, sync");
      expect(await refused("experiment", "lookup", "--shard", "5/4")).toContain("I from 1 to N");
      expect(await refused("experiment", "lookup", "--format", "xml")).toContain("table, csv or json");
      expect(await refused("experiment", "bad.yaml", "--out", "x.json")).toContain('unknown field "vray"');
      expect(await refused("experiment", "empty.json")).toContain("must hold one experiment");
      expect(await refused("experiment", "lookup", "--out", "no/such.json")).toContain("its folder does not exist");
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

  it("take another seed", async () => {
    const { out } = await finishCli(["experiment", "fairness", "--seed", "other", "--format", "json"]);
    expect(JSON.parse(out).results[0].seed).toBe("other");
  });
});
