import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { differenceOf } from "./differences.ts";
import type { RecordedLife } from "./peer-answers.ts";

const folder = join(import.meta.dirname, "cases");

/** What random lives once found, cut down, with the answers of the real kube-proxy. */
describe("recorded lives of a real kube-proxy", () => {
  it.each(readdirSync(folder))("%s: ours does the same", (file) => {
    const recorded = JSON.parse(readFileSync(join(folder, file), "utf8")) as RecordedLife;
    expect(recorded.answer.steps!.length).toBe(recorded.case.steps.length + 1);
    expect(differenceOf(recorded.case, recorded.answer)).toBeUndefined();
  });
});
