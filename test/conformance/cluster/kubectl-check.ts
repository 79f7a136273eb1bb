import { readFileSync } from "node:fs";
import { join } from "node:path";
import { shellWords } from "kubenetsim/shell/shell-words";
import { firstDifference } from "../first-difference.ts";
import { comparableLines } from "./random-answers.ts";
import { RecordedServer } from "./recorded-server.ts";
import type { Scenario } from "./scenario.ts";

/** Types the command of a recording, its first line, and holds the answer against the recorded one. */
export function kubectlDifference(scenario: Scenario, file: string): string | undefined {
  const [first = "", ...lines] = readFileSync(join(scenario.path, "expected", file), "utf8").split("\n");
  const [, , ...words] = shellWords(first);
  const server = new RecordedServer(scenario);
  const { stdout, stderr } = server.run(words);
  const ours = stdout + (stderr === "" ? "" : `# stderr:\n${stderr}`);
  return firstDifference(comparableLines(lines.join("\n"), server.state), comparableLines(ours, server.state));
}
