import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runCli, withFiles } from "./run-cli.ts";

const mine = `name: mine
vary:
  mode: [iptables, ipvs]
  services: [1, 20]
measures: [rulesCompared, hashLookups]
plot: {over: services, measure: rulesCompared}
`;

describe("experiment and merge", () => {
  it("run a file, whole and in shards, to the same bytes", () => {
    withFiles({ "mine.yaml": mine }, (workingDirectory) => {
      const cli = (...words: string[]) => runCli(words, { workingDirectory });
      expect(cli("experiment", "mine.yaml", "--out", "whole.json", "--svg", "plot.svg").out).toContain(
        "plot: plot.svg",
      );
      expect(cli("experiment", "mine.yaml", "--shard", "1/2", "--out", "1.json").out).toContain(
        "PARTIAL: 2 of 4 cells",
      );
      cli("experiment", "mine.yaml", "--shard", "2/2", "--out", "2.json");
      expect(cli("merge", "2.json", "1.json", "--out", "merged.json").code).toBe(0);
      const text = (name: string): string => readFileSync(join(workingDirectory, name), "utf8");
      expect(text("merged.json")).toBe(text("whole.json"));
      expect(text("plot.svg")).toContain("iptables 35");
      expect(cli("merge", "1.json", "--format", "csv").out).toContain("mine,0.1.0,true,");
    });
  });

  it("show how many cells there are and how long it takes yet", () => {
    withFiles({ "mine.yaml": mine }, (workingDirectory) => {
      const { err } = runCli(["experiment", "mine.yaml"], { workingDirectory, showsProgress: true, tickMs: 2000 });
      expect(err).toMatch(/cell 2 of 4, about \d+ s left: 20 Services in iptables mode/);
    });
  });

  it("refuse what there is not before anything is measured or written", () => {
    withFiles({ "bad.yaml": mine.replace("vary", "vray"), "empty.json": "" }, (workingDirectory) => {
      const refused = (...words: string[]): string => {
        const { code, out, err } = runCli(words, { workingDirectory });
        expect([code, out]).toEqual([2, ""]);
        return err;
      };
      expect(refused("experiment", "lokup")).toContain("built in are lookup, sync");
      expect(refused("experiment", "lookup", "--shard", "5/4")).toContain("I from 1 to N");
      expect(refused("experiment", "lookup", "--format", "xml")).toContain("table, csv or json");
      expect(refused("experiment", "bad.yaml", "--out", "x.json")).toContain('unknown field "vray"');
      expect(refused("experiment", "empty.json")).toContain("must hold one experiment");
      expect(refused("experiment", "lookup", "--out", "no/such.json")).toContain("its folder does not exist");
      expect(refused("merge", "empty.json")).toContain("is no JSON");
      expect(existsSync(join(workingDirectory, "x.json"))).toBe(false);
    });
  });

  it("take another seed", () => {
    const { out } = runCli(["experiment", "fairness", "--seed", "other", "--format", "json"]);
    expect(JSON.parse(out).results[0].seed).toBe("other");
  });
});
