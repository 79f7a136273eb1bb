import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { measureGroups } from "../bench/measures.ts";
import { type BenchRun, isMeasured } from "../bench/report/bench-run.ts";
import { benchmarksPage } from "../bench/report/benchmarks-page.ts";
import { root } from "./tidy/source-files.ts";

const docs = join(root, "docs");
const measures = Object.values(measureGroups).flat();
const run = JSON.parse(readFileSync(join(docs, "benchmarks.json"), "utf8")) as BenchRun;

describe("the measures", () => {
  it("have ids of their own, and all of 1 to 21", () => {
    const ids = measures.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const numbers = ids.filter((id) => /^\d+$/.test(id)).map(Number);
    expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: 21 }, (_, i) => i + 1));
  });
});

describe("docs/benchmarks.md", () => {
  it("has the rows that there are", () => {
    expect(run.measures.map(({ id }) => id)).toEqual(measures.map(({ id }) => id));
  });

  it("and its pictures are what the run's numbers make, with nothing changed by hand", () => {
    const page = benchmarksPage(run);
    for (const [file, text] of Object.entries(page)) expect(readFileSync(join(docs, file), "utf8"), file).toBe(text);
    const pictures = readdirSync(docs).filter((file) => /^benchmarks-.*\.svg$/.test(file));
    expect(pictures.sort()).toEqual(
      Object.keys(page)
        .filter((file) => file.endsWith(".svg"))
        .sort(),
    );
  });

  it("says of a measure that was not run what it lacked", () => {
    const page = benchmarksPage(run)["benchmarks.md"]!.replace(/ +/g, " ");
    for (const row of run.measures) {
      expect(page).toContain(`\n| ${row.id} | `);
      if (!isMeasured(row) && row.group !== "growth") expect(page).toContain(`not run: ${row.skipped} |`);
    }
  });
});
