import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root, sourceFiles } from "../tidy/source-files.ts";
import { qualifiedName, type UpstreamTests } from "./upstream-tests.ts";

export interface Coverage {
  /** Files of ours by upstream test: tests that say `upstream: iptables.TestNodePorts`, and folders of recorded cases. */
  readonly coveredBy: ReadonlyMap<string, readonly string[]>;
  /** Why a test has no counterpart, as docs/divergences.md says. */
  readonly reasons: ReadonlyMap<string, string>;
}

const cases = "test/conformance/cases/kube-proxy";
const reasonsHeading = "## Upstream's tests without a counterpart";
const name = String.raw`[\w/]+\.Test\w+`;

export function readCoverage(): Coverage {
  const coveredBy = new Map<string, Set<string>>();
  const add = (test: string, file: string): void => {
    coveredBy.set(test, (coveredBy.get(test) ?? new Set()).add(file));
  };
  for (const [test, file] of recordedCases()) add(test, file);
  for (const { path, text } of sourceFiles(["packages", "test"], [".ts"])) {
    if (path.startsWith("test/upstream/")) continue;
    for (const test of taggedTests(text)) add(test, path);
  }
  return { coveredBy: new Map([...coveredBy].map(([test, files]) => [test, [...files].sort()])), reasons: reasons() };
}

/** `// upstream: iptables.TestNodePorts, nftables.TestNodePorts` in a comment of a test; lists go on over lines of it. */
function taggedTests(text: string): string[] {
  const lists = text.matchAll(new RegExp(String.raw`upstream: (${name}(?:,\s*(?:\/\/|\*)?\s*${name})*)`, "g"));
  return [...lists].flatMap(([, tests]) => tests!.match(new RegExp(name, "g"))!);
}

/** Recorded executions of upstream's own tests: `iptables/TestNodePorts-04.json`. */
function recordedCases(): (readonly [test: string, file: string])[] {
  const folder = join(root, cases);
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((mode) =>
    readdirSync(join(folder, mode)).map(
      (file) => [`${mode}.${file.replace(/-\d+\.json$/, "")}`, `${cases}/${mode}`] as const,
    ),
  );
}

/** Items of the list under the heading: reason, colon, names in backticks. */
function reasons(): Map<string, string> {
  const text = readFileSync(join(root, "docs/divergences.md"), "utf8");
  const section = text.split(reasonsHeading)[1]?.split(/^## /m)[0] ?? "";
  const found = new Map<string, string>();
  for (const item of section.split(/^- /m).slice(1)) {
    const reason = item.replace(/\s+/g, " ").split(": `")[0]!;
    for (const test of item.match(new RegExp(name, "g")) ?? []) found.set(test, reason);
  }
  return found;
}

/** Names that are neither covered nor given a reason. */
export function openTests(tests: UpstreamTests, { coveredBy, reasons: known }: Coverage): string[] {
  return allNames(tests).filter((test) => !coveredBy.has(test) && !known.has(test));
}

/** Names in our files that upstream does not have, and reasons for tests that are covered. */
export function strayNames(tests: UpstreamTests, { coveredBy, reasons: known }: Coverage): string[] {
  const names = new Set(allNames(tests));
  const unknown = [...coveredBy.keys(), ...known.keys()].filter((test) => !names.has(test));
  return [...unknown, ...[...known.keys()].filter((test) => coveredBy.has(test))];
}

function allNames(tests: UpstreamTests): string[] {
  return Object.entries(tests).flatMap(([path, names]) => names.map((test) => qualifiedName(path, test)));
}

/** The page docs/coverage-of-upstream.md. */
export function coveragePage(tests: UpstreamTests, coverage: Coverage): string {
  const names = allNames(tests);
  const covered = names.filter((test) => coverage.coveredBy.has(test)).length;
  return [
    "# Which tests of upstream's kube-proxy have a counterpart here",
    "",
    "Written by `npm run coverage-of-upstream`; do not edit. The tests are those below `pkg/proxy` of Kubernetes 1.37.2 but for",
    "Windows. A test counts as covered by files of ours that name it, and by recorded executions of it.",
    "",
    `${covered} of ${names.length} are covered; ${names.length - covered} are not, each with its reason.`,
    ...Object.entries(tests).flatMap(([path, list]) => fileSection(path, list, coverage)),
    "",
  ].join("\n");
}

function fileSection(path: string, list: readonly string[], coverage: Coverage): string[] {
  const lines = list.map((test) => `- ${test}: ${answerFor(qualifiedName(path, test), coverage)}`);
  return ["", `## ${path}`, "", ...lines];
}

function answerFor(test: string, { coveredBy, reasons: known }: Coverage): string {
  const files = coveredBy.get(test);
  if (files !== undefined) return files.map((file) => `\`${file}\``).join(", ");
  return `not covered: ${known.get(test) ?? "no reason is given"}`;
}
