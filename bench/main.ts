import { writeFileSync } from "node:fs";
import { isNoisy, type Measure, type Result } from "./harness.ts";
import { measureGroups } from "./measures.ts";

const usage = "npm run bench -- [--only GROUP-OR-ID,…] [--json FILE]";

interface Options {
  readonly only: ReadonlySet<string> | undefined;
  readonly json: string | undefined;
}

function readOptions(words: readonly string[]): Options {
  let only: Set<string> | undefined;
  let json: string | undefined;
  for (let i = 0; i < words.length; i += 2) {
    const value = words[i + 1];
    if (value === undefined || (words[i] !== "--only" && words[i] !== "--json")) {
      console.error(usage);
      process.exit(2);
    }
    if (words[i] === "--only") only = new Set(value.split(","));
    else json = value;
  }
  return { only, json };
}

function print(result: Result): void {
  const number = (value: number) => (value >= 100 ? value.toFixed(0) : value.toPrecision(3)).padStart(9);
  const spread = `${result.q1.toPrecision(3)}–${result.q3.toPrecision(3)}`;
  const verdict = result.mustHolds ? "ok  " : "MISS";
  const noisy = isNoisy(result) ? " noisy" : "";
  console.log(
    `${verdict} ${result.id.padEnd(4)} ${number(result.candidate)} ${number(result.reference)} ${result.unit.padEnd(14)}` +
      ` ratio ${number(result.ratio)} (${spread})${noisy} must ≤ ${result.must} aim ≤ ${result.aim}  ${result.name}`,
  );
  if (result.details !== undefined) console.log(`     ${result.details}`);
}

/** Those that are asked for by their own name or by that of their group. */
function chosenMeasures(only: ReadonlySet<string> | undefined): readonly Measure[] {
  return Object.entries(measureGroups).flatMap(([group, measures]) =>
    measures.filter(({ id }) => only === undefined || only.has(group) || only.has(id)),
  );
}

const options = readOptions(process.argv.slice(2));
const results: Result[] = [];
for (const measure of chosenMeasures(options.only)) {
  const result = measure.run(measure);
  if ("skipped" in result) {
    console.log(`skip ${measure.id.padEnd(4)} ${measure.name}: ${result.skipped}`);
    continue;
  }
  results.push(result);
  print(result);
}
if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(results, null, 2)}\n`);
process.exitCode = results.every((result) => result.mustHolds || isNoisy(result)) ? 0 : 1;
