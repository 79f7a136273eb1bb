import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { functionSpans } from "./tidy/functions.ts";
import { findCycles, forbiddenImport, importsOf, importTable, reachedFrom } from "./tidy/imports.ts";
import { isTest, packageOf, root, type SourceFile, sourceFiles } from "./tidy/source-files.ts";

const packages = sourceFiles(["packages"], [".ts"]).filter((file) => file.path.includes("/src/"));
const sources = packages.filter((file) => !isTest(file.path));
const everything = [
  ...packages,
  ...sourceFiles(["test", "bench"], [".ts"]),
  ...sourceFiles(["docs", "examples"], [".md", ".yaml", ".ts"]),
  ...["README.md", "CONTRIBUTING.md", "CHANGELOG.md"].flatMap(rootFile),
];

/** Files of data may be longer. */
const dataTables: readonly string[] = [
  "packages/api/src/openapi/schema-table.ts",
  "packages/api/src/protobuf/message-table.ts",
  "packages/core/src/apiserver/decode/field-table.ts",
];

describe("what may import what", () => {
  it("has a row for every package", () => {
    const folders = new Set(packages.map((file) => packageOf(file.path)!));
    expect([...folders].sort()).toEqual(Object.keys(importTable).sort());
  });

  it("is kept by every source file", () => {
    const findings = sources.flatMap((file) =>
      importsOf(file).map((entry) => at(file, entry.line, forbiddenImport(file, entry))),
    );
    expect(found(findings)).toEqual([]);
  });

  it("lets the schedulers and what shows them import nothing but each other, so that they run in any page", () => {
    const files = sources.filter((file) => ["schedulers", "display"].includes(packageOf(file.path)!));
    const specifiers = files.flatMap((file) => importsOf(file).map(({ specifier }) => specifier));
    expect(specifiers.filter((specifier) => !/^\.|^@kubenetsim\/display\//.test(specifier))).toEqual([]);
  });

  it("reaches nothing that needs Node from what pages import", () => {
    const reached = reachedFrom("packages/kubenetsim/src/index.ts", sources);
    const needNode = /^packages\/workers\/src\/(?!shard\.ts)|^node:|^(?:bullmq|ioredis|tinypool|@hono\/.*)$/;
    expect([...reached.files, ...reached.others].filter((name) => needNode.test(name))).toEqual([]);
  });

  it("has no circle of imports", () => {
    expect(findCycles(sources).map((cycle) => cycle.join(" → "))).toEqual([]);
  });

  it("names only dependencies that the package declares", () => {
    const findings = sources.flatMap((file) =>
      importsOf(file).map((entry) => at(file, entry.line, undeclared(file, entry.specifier))),
    );
    expect(found(findings)).toEqual([]);
  });
});

describe("names and sizes", () => {
  it("has no file without a subject", () => {
    const vague =
      /(^|[/-])(utils?|helpers?|common|misc|shared|types)(\.test)?\.ts$|\/(utils?|helpers?|common|misc|shared)\//;
    expect(packages.map((file) => file.path).filter((path) => vague.test(path))).toEqual([]);
  });

  it("names files in kebab-case", () => {
    const names = packages.map((file) => file.path).filter((path) => !/^[a-z0-9/.-]+$/.test(path));
    expect(names).toEqual([]);
  });

  it("has no file above 300 lines", () => {
    const long = sources
      .filter((file) => file.lines.length > 301 && !dataTables.includes(file.path))
      .map((file) => `${file.path}: ${file.lines.length - 1} lines`);
    expect(long).toEqual([]);
  });

  it("has a median file of at most 80 lines", () => {
    const lengths = sources.map((file) => file.lines.length).sort((a, b) => a - b);
    expect(lengths[Math.floor(lengths.length / 2)]).toBeLessThanOrEqual(80);
  });

  it("has no function above 70 lines", () => {
    const long = sources.flatMap((file) =>
      functionSpans(file)
        .filter((span) => span.length > 70)
        .map((span) => `${file.path}:${span.line}: ${span.name} has ${span.length} lines`),
    );
    expect(long).toEqual([]);
  });
});

describe("what sources may do", () => {
  const inCli = (path: string): boolean => path.startsWith("packages/kubenetsim/src/cli/");
  // Threads, sockets and machines that go away.
  const inWorkers = (path: string): boolean => path.startsWith("packages/workers/src/");

  it("takes time, chance and surroundings as arguments", () => {
    const banned = /\bnew Date\b|\bDate\.|\bMath\.random\b|\bset(?:Timeout|Interval|Immediate)\b|\bperformance\./;
    expect(
      linesThat(
        sources.filter((file) => !inCli(file.path) && !inWorkers(file.path)),
        banned,
      ),
    ).toEqual([]);
    const inTheCli = /\bnew Date\b|\bDate\.|\bMath\.random\b|\bset(?:Timeout|Interval|Immediate)\b/;
    // What is served lives in real time.
    const livesInRealTime = (path: string): boolean => path === "packages/kubenetsim/src/cli/serve/real-time.ts";
    expect(
      linesThat(
        sources.filter((file) => inCli(file.path) && !livesInRealTime(file.path)),
        inTheCli,
      ),
    ).toEqual([]);
  });

  it("runs without Node outside of the command line", () => {
    const banned =
      /"node:|\bprocess\.(?:env|argv|exit|cwd|std\w+|platform|hrtime|nextTick|memoryUsage)\b|\bBuffer\b|\brequire\(/;
    expect(
      linesThat(
        sources.filter(
          ({ path }) => !inCli(path) && !inWorkers(path) && path !== "packages/kubenetsim/src/node-files.ts",
        ),
        banned,
      ),
    ).toEqual([]);
  });

  it("has no any and silences no checker", () => {
    const banned = /:\s*any\s*[;)=[]|<any>|\bas any\b|@ts-ignore|@ts-nocheck|@ts-expect-error|biome-ignore-all/;
    expect(linesThat(sources, banned)).toEqual([]);
  });
});

describe("words", () => {
  it("speaks of the product, not of the workplace", () => {
    const banned = /\/work\/|\bissue #?\d|\bissue\d|\bTODO\b|\bFIXME\b|\bXXX\b|\/tmp\/(?!kubenetsim)/i;
    const texts = everything.filter((file) => !file.path.startsWith("test/tidy"));
    expect(linesThat(texts, banned)).toEqual([]);
  });

  it("names no package registry's host in the lock file", () => {
    const lock = readFileSync(join(root, "package-lock.json"), "utf8");
    expect(lock.match(/"resolved": "https?:[^"]*"/g) ?? []).toEqual([]);
  });

  it("keeps to that in commit messages", () => {
    const messages = commitMessages();
    const banned = /\/work\/|\bissue #?\d|\bWIP\b|\bfixup!/i;
    expect(messages.filter((message) => banned.test(message))).toEqual([]);
  });
});

function rootFile(path: string): SourceFile[] {
  try {
    const text = readFileSync(join(root, path), "utf8");
    return [{ path, text, lines: text.split("\n") }];
  } catch {
    return [];
  }
}

function at(file: SourceFile, line: number, problem: string | undefined): string | undefined {
  return problem === undefined ? undefined : `${file.path}:${line}: ${problem}`;
}

function found(findings: readonly (string | undefined)[]): string[] {
  return findings.filter((finding) => finding !== undefined);
}

/** Comments count too, but not what a doc comment's prose says of the platform's own names. */
function linesThat(files: readonly SourceFile[], pattern: RegExp): string[] {
  return files.flatMap((file) =>
    file.lines.flatMap((line, index) =>
      pattern.test(line) && !/^\s*(\*|\/\/|\/\*\*)/.test(line) ? [`${file.path}:${index + 1}: ${line.trim()}`] : [],
    ),
  );
}

function undeclared(file: SourceFile, specifier: string): string | undefined {
  if (specifier.startsWith(".") || specifier.startsWith("node:")) return undefined;
  const name = specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
  const folder = packageOf(file.path)!;
  const manifest = JSON.parse(readFileSync(join(root, "packages", folder, "package.json"), "utf8")) as {
    dependencies?: Record<string, string>;
  };
  return manifest.dependencies?.[name] === undefined ? `${name} is not among its dependencies` : undefined;
}

function commitMessages(): string[] {
  try {
    const text = execFileSync("git", ["log", "--format=%B%x00"], { cwd: root, encoding: "utf8" });
    return text.split("\0").map((message) => message.trim());
  } catch {
    return [];
  }
}
