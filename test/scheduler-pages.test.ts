import { schedulers } from "@kubenetsim/schedulers";
import { describe, expect, it } from "vitest";
import { type SourceFile, sourceFiles } from "./tidy/source-files.ts";

const folder = "docs/schedulers/";
const files = sourceFiles([folder], [".md", ".svg"]);
const index = files.find(({ path }) => path === `${folder}README.md`)!;
const pages = files.filter((file) => file.path.endsWith(".md") && file !== index);

/** What every page has, in this order, whatever else it has; docs/schedulers/wrr.md is the one to copy. */
const sections = ["## Worked example", "## Fairness", "## When a server leaves"];
const facts = ["Source", "Ours", "State", "Cost of a pick", "Period", "Share"];

/** `nginx/least_conn` has its page in `nginx-least_conn.md`. */
function pageOf(name: string): string {
  return `${folder}${name.replace("/", "-")}.md`;
}

describe.each(pages.map((file) => [file.path, file] as const))("%s", (_, file) => {
  it("is of a scheduler", () => {
    expect(Object.keys(schedulers).map(pageOf)).toContain(file.path);
  });

  it("has the sections and facts of every page, in their order", () => {
    const headings = file.lines.flatMap((line) => sections.filter((section) => line.startsWith(section)));
    expect(headings).toEqual(sections);
    const rows = file.lines.filter((line) => line.startsWith("| ")).map((line) => line.split("|")[1]!.trim());
    expect(rows.filter((row) => facts.includes(row))).toEqual(facts);
  });

  it("has a drawing and a row in the index", () => {
    const picture = file.path.replace(/\.md$/, ".svg").slice(folder.length);
    expect(file.text).toContain(`](${picture})`);
    expect(rowsOfIndex(index)).toContain(`[${nameOf(file)}](${file.path.slice(folder.length)})`);
  });
});

it("has a page of every scheduler", () => {
  const missing = Object.keys(schedulers).filter((name) => !pages.some(({ path }) => path === pageOf(name)));
  expect(missing).toEqual([]);
});

it("has a row of every scheduler in the index", () => {
  const rows = rowsOfIndex(index).map((row) => row.replace(/^\[(.*)\]\(.*\)$/, "$1"));
  expect(Object.keys(schedulers).filter((name) => !rows.includes(name))).toEqual([]);
});

function nameOf(file: SourceFile): string {
  return Object.keys(schedulers).find((name) => pageOf(name) === file.path)!;
}

function rowsOfIndex(file: SourceFile): string[] {
  return file.lines.filter((line) => line.startsWith("| ")).map((line) => line.split("|")[1]!.trim());
}
