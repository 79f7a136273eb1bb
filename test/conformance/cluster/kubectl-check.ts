import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { EndpointSlice } from "@kubenetsim/core/model/endpoint-slice";
import { shellWords } from "kubenetsim/shell/shell-words";
import { firstDifference } from "../first-difference.ts";
import { RecordedServer } from "./recorded-server.ts";
import type { Scenario } from "./scenario.ts";

/** Types the command of a recording, its first line, and holds the answer against the recorded one. */
export function kubectlDifference(scenario: Scenario, file: string): string | undefined {
  const [first = "", ...lines] = readFileSync(join(scenario.path, "expected", file), "utf8").split("\n");
  const [, , ...words] = shellWords(first);
  const server = new RecordedServer(scenario);
  const { stdout, stderr } = server.run(words);
  const answer = stdout + (stderr === "" ? "" : `# stderr:\n${stderr}`);
  const ours = withNamesHidden(answer, server.state.tables.EndpointSlice);
  // Endpoints stand in the order of their subsets, which the Pods' random uids decide.
  const isRandom = /\bendpoints\b/.test(first) ? /./ : /xxxxx|\+ \d+ more\.\.\./;
  return firstDifference(comparable(lines.join("\n"), isRandom), comparable(ours, isRandom));
}

/** Random ends of slices' names stand as xxxxx. */
function withNamesHidden(text: string, slices: Iterable<EndpointSlice>): string {
  let hidden = text;
  for (const { metadata } of slices) {
    if (metadata.generateName === undefined) continue;
    hidden = hidden.replaceAll(metadata.name, `${metadata.generateName}xxxxx`);
  }
  return hidden;
}

/**
 * Without what differs from run to run: the order of a slice's endpoints, which of them are shown when there are more, the
 * width of a column with such ones, and the order of slices, which is that of their random names.
 */
function comparable(text: string, isRandom: RegExp): string[] {
  const slices: string[] = [];
  const others: string[] = [];
  const tables = text.trimEnd().split("\n\n");
  const squeezed = tables.map((table) => (/\+ \d+ more\.\.\./.test(table) ? table.replace(/ +/g, " ") : table));
  for (const line of squeezed.join("\n\n").split("\n")) {
    if (isRandom.test(line)) slices.push(calmed(line));
    else others.push(line);
  }
  return [...others, ...slices.sort()];
}

function calmed(line: string): string {
  return line
    .replace(/ +/g, " ")
    .replace(/ \d+s$/, " 10s")
    .replace(/\S+( \+ \d+ more\.\.\.)/, "…$1")
    .replace(/(?<= )\S+,\S+(?= \S+$)/, (list) => list.split(",").sort().join(","));
}
