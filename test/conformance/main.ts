import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { families } from "./families/registry.ts";
import { runConformance } from "./run.ts";
import { closingLine, failureLines, familyLines } from "./summary.ts";

const usage = "usage: npm run conformance -- [--only SUBSTRING] [--json FILE] DIR…";

function main(): number {
  const { only, json, roots } = readArguments();
  if (roots.length === 0) {
    console.error(usage);
    return 2;
  }
  const checks = runConformance(roots, families, { only });
  for (const line of failureLines(checks)) console.log(line);
  for (const line of familyLines(checks)) console.log(line);
  console.log(closingLine(checks));
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(checks, undefined, 1)}\n`);
  return checks.every((check) => check.ok) ? 0 : 1;
}

function readArguments(): { only: string | undefined; json: string | undefined; roots: string[] } {
  try {
    const { values, positionals } = parseArgs({
      options: { only: { type: "string" }, json: { type: "string" } },
      allowPositionals: true,
    });
    return { only: values.only, json: values.json, roots: positionals };
  } catch (problem) {
    console.error(`${(problem as Error).message}\n${usage}`);
    process.exit(2);
  }
}

process.exitCode = main();
