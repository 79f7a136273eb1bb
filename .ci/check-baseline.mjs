// Holds a conformance run against the checks that are known to pass: `check-baseline.mjs RUN.json BASELINE.json`.
// With --write the baseline becomes what the run passed. It keeps numbers for each case and check group, not each
// check's name, so that it stays small and readable.
import { existsSync, readFileSync, writeFileSync } from "node:fs";

const [runFile, baselineFile] = process.argv.slice(2).filter((word) => !word.startsWith("--"));
const checks = JSON.parse(readFileSync(runFile, "utf8"));

const passed = {};
for (const { case: path, family, check, ok } of checks) {
  const name = path.replace(/^.*?conformance\/(cases\/)?/, "");
  const key = `${family} ${name} ${check.split(":")[0]}`;
  passed[key] ??= 0;
  if (ok) passed[key]++;
}

if (process.argv.includes("--write")) {
  const kept = Object.fromEntries(
    Object.entries(passed)
      .filter(([, count]) => count > 0)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
  writeFileSync(baselineFile, `${JSON.stringify(kept, undefined, 2)}\n`);
  console.log(`${Object.keys(kept).length} lines written to ${baselineFile}`);
} else if (!existsSync(baselineFile)) {
  console.log(`no ${baselineFile}: nothing is held`);
} else {
  const baseline = JSON.parse(readFileSync(baselineFile, "utf8"));
  const lost = Object.entries(baseline).filter(([key, count]) => key in passed && passed[key] < count);
  for (const [key, count] of lost) console.log(`passed ${count}, now ${passed[key]}: ${key}`);
  const better = Object.entries(passed).filter(([key, count]) => count > (baseline[key] ?? 0)).length;
  console.log(`${lost.length} lost against the baseline${better > 0 ? `, ${better} better (run with --write)` : ""}`);
  process.exitCode = lost.length === 0 ? 0 : 1;
}
