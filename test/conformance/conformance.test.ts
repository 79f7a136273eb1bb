import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { families } from "./families/registry.ts";
import type { Check } from "./family.ts";
import { isCovered, knownGaps } from "./known-gaps.ts";
import { runConformance } from "./run.ts";
import { closingLine, failureLines, familyLines } from "./summary.ts";

const own = join(import.meta.dirname, "cases");
const shared = join(import.meta.dirname, "../../../shared/conformance");
const run = (root: string, only?: string): Check[] => runConformance([root], families, { only });

const unexpected = (checks: readonly Check[]): string[] =>
  failureLines(checks.filter((check) => !knownGaps.some((gap) => isCovered(check, gap))));

const count = (checks: readonly Check[], family: string, group: string): number =>
  checks.filter((check) => check.ok && check.family === family && check.check.split(": ")[0] === group).length;

describe("the project's own copy of recorded cases", () => {
  const checks = run(own);

  it("fails nowhere but where it is known to", () => {
    expect(unexpected(checks)).toEqual([]);
  });

  it("is not empty", () => {
    expect(count(checks, "kube-proxy/iptables", "chains")).toBe(35);
    expect(count(checks, "kube-proxy/iptables", "packets")).toBe(126);
    expect(count(checks, "kube-proxy/ipvs", "programs")).toBe(32);
    expect(count(checks, "dns", "queries")).toBe(37);
  });
});

const where = existsSync(shared) ? "" : ` (skipped: ${shared} is not here)`;

describe.skipIf(!existsSync(shared))(`all recorded cases${where}`, () => {
  const checks = existsSync(shared) ? run(shared) : [];

  it("fail nowhere but where they are known to", () => {
    expect(unexpected(checks)).toEqual([]);
  });

  it.each(knownGaps)("still have the known gap: $family $case $check", (gap) => {
    expect(
      checks.filter((check) => !check.ok && isCovered(check, gap)),
      "this gap is closed: take it off the list",
    ).not.toEqual([]);
  });

  it("reach what is required of kube-proxy's families", () => {
    expect(count(checks, "kube-proxy/iptables", "packets")).toBe(126);
    expect(count(checks, "kube-proxy/iptables", "chains")).toBe(35);
    expect(count(checks, "kube-proxy/ipvs", "programs")).toBeGreaterThanOrEqual(32);
  });
});

describe.skipIf(!existsSync(shared))(`whole clusters${where}`, () => {
  it.each(["seed-web", "nodeport"])("%s: every rule and every connection of iptables mode", (name) => {
    const checks = existsSync(shared) ? run(join(shared, "cluster", name)) : [];
    const rules = checks.filter(({ check }) => check.startsWith("iptables iptables-save: "));
    const probes = checks.filter(({ check }) => check.startsWith("iptables probes: "));
    expect(rules.length).toBeGreaterThan(0);
    expect(probes.length).toBeGreaterThan(0);
    expect(failureLines([...rules, ...probes].filter(({ ok }) => !ok))).toEqual([]);
  });
});

describe("the runner", () => {
  it("counts what is not there as a failure", () => {
    expect(run(join(own, "nowhere"))).toMatchObject([{ family: "files", check: "read", ok: false }]);
  });

  it("counts a case that is no JSON as a failure of its family", () => {
    const folder = join(mkdtempSync(join(tmpdir(), "conformance-")), "kube-proxy/iptables");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "broken.json"), "{");
    expect(run(folder)).toMatchObject([{ family: "kube-proxy/iptables", check: "read", ok: false }]);
  });

  it("runs only the cases that are asked for", () => {
    const checks = run(own, "iptables/TestBadIPs");
    expect(new Set(checks.map((check) => check.case)).size).toBe(1);
  });

  it("says what came out, family by family", () => {
    const checks: Check[] = [
      { case: "a", family: "f", check: "chains", ok: true, detail: "" },
      { case: "a", family: "f", check: "packets: one", ok: false, detail: "line 1" },
      { case: "b", family: "g", check: "chains", ok: true, detail: "" },
    ];
    expect(familyLines(checks)).toEqual(["f chains 1/1, packets 0/1", "g chains 1/1"]);
    expect(failureLines(checks)).toEqual(["FAIL a [packets: one] line 1"]);
    expect(closingLine(checks)).toBe("2 passed, 1 failed");
  });
});
