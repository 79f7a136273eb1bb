import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../tidy/source-files.ts";

/** The test functions of upstream's pkg/proxy, by file below it. */
export type UpstreamTests = Readonly<Record<string, readonly string[]>>;

const list = join(root, "test/upstream/upstream-tests.txt");
const version = "k8s.io/kubernetes@v1.37.2";
/** Code of Windows only. */
const leftOut = /^winkernel\//;

/** The list has a line for each test: the file below pkg/proxy, and the function. */
export function readUpstreamTests(): UpstreamTests {
  const tests: Record<string, string[]> = {};
  for (const line of readFileSync(list, "utf8")
    .split("\n")
    .filter((one) => one !== "")) {
    const [path, name] = line.split(" ") as [string, string];
    tests[path] = [...(tests[path] ?? []), name];
  }
  return tests;
}

/** Writes the list anew from upstream's source where Go's module cache has it; says whether it has. */
export function refreshUpstreamTests(): boolean {
  const folder = join(moduleCache(), version, "pkg/proxy");
  if (!existsSync(folder)) return false;
  const lines = testFiles(folder, "")
    .filter((path) => !leftOut.test(path))
    .flatMap((path) => testNames(readFileSync(join(folder, path), "utf8")).map((name) => `${path} ${name}\n`));
  writeFileSync(list, lines.join(""));
  return true;
}

/** How a test is called here: `iptables.TestNodePorts`, and `proxy.TestCategorizeEndpoints` in pkg/proxy itself. */
export function qualifiedName(path: string, name: string): string {
  const folder = path.split("/").slice(0, -1).join("/");
  return `${folder === "" ? "proxy" : folder}.${name}`;
}

function moduleCache(): string {
  try {
    return execFileSync("go", ["env", "GOMODCACHE"], { encoding: "utf8" }).trim();
  } catch {
    return "";
  }
}

function testFiles(folder: string, below: string): string[] {
  return readdirSync(join(folder, below), { withFileTypes: true })
    .flatMap((entry) => {
      const path = join(below, entry.name);
      if (entry.isDirectory()) return testFiles(folder, path);
      return entry.name.endsWith("_test.go") ? [path] : [];
    })
    .sort();
}

function testNames(source: string): string[] {
  return [...source.matchAll(/^func (Test\w+)\(/gm)].map(([, name]) => name!);
}
