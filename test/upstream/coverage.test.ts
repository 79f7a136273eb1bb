import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "../tidy/source-files.ts";
import { coveragePage, openTests, readCoverage, strayNames } from "./coverage.ts";
import { readUpstreamTests } from "./upstream-tests.ts";

describe("upstream's tests of kube-proxy", () => {
  const tests = readUpstreamTests();
  const coverage = readCoverage();

  it("are all covered, or named with a reason", () => {
    expect(openTests(tests, coverage)).toEqual([]);
  });

  it("are named by names that upstream has, and not as missing when they are covered", () => {
    expect(strayNames(tests, coverage)).toEqual([]);
  });

  it("stand in the page as the script writes it", () => {
    const page = readFileSync(join(root, "docs/coverage-of-upstream.md"), "utf8");
    expect(page).toBe(coveragePage(tests, coverage));
  });
});
