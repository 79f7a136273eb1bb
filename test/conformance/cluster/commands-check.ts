import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { CommandResult } from "@kubenetsim/kubectl";
import { shellWords } from "kubenetsim/shell/shell-words";
import { firstDifference } from "../first-difference.ts";
import { comparableLines } from "./random-answers.ts";
import { RecordedServer } from "./recorded-server.ts";
import type { Scenario } from "./scenario.ts";

/** Marks an answer in which the recorder hid what was drawn. */
const hidden = "# random values hidden, runs of blanks squeezed";

/** Types the recorded commands one after another and holds each answer against the recorded one. */
export function commandsDifference(scenario: Scenario, file: string): string | undefined {
  const server = new RecordedServer(scenario);
  for (const name of filesOf(join(scenario.path, "invalid"))) {
    server.files.set(name, readFileSync(join(scenario.path, "invalid", name), "utf8"));
  }
  // What was to be refused was tried first; some of it was not.
  if (file === "commands.txt") typeCommands(server, join(scenario.path, "expected/invalid.txt"));
  const given = new Set(scenario.state.tables.Service.keys());
  for (const recorded of readRecordings(join(scenario.path, "expected", file))) {
    const result = type(server, recorded.command);
    const drawn = server.state.tables.Service.values()
      .filter((service) => !given.has(`${service.metadata.namespace}/${service.metadata.name}`))
      .flatMap((service) => service.spec.clusterIPs ?? []);
    const ours = recorded.isHidden ? withHidden(printed(result), drawn) : printed(result);
    const difference = firstDifference(
      comparableLines(recorded.answer, server.state),
      comparableLines(volatile(ours), server.state),
    );
    if (difference !== undefined) return `$ ${recorded.command}\n${difference}`;
  }
  return undefined;
}

/** Types the commands of a recording, if there is one, whatever is answered. */
export function typeCommands(server: RecordedServer, path: string): void {
  if (!existsSync(path)) return;
  for (const { command } of readRecordings(path)) type(server, command);
}

function type(server: RecordedServer, command: string): CommandResult {
  const [, ...words] = shellWords(command);
  return server.run(words);
}

interface Recording {
  readonly command: string;
  readonly answer: string;
  readonly isHidden: boolean;
}

function readRecordings(path: string): Recording[] {
  return readFileSync(path, "utf8")
    .split(/^\$ /m)
    .filter((text) => text.trim() !== "")
    .map((text) => {
      const [command = "", ...lines] = text.trimEnd().split("\n");
      const isHidden = lines[0] === hidden;
      return { command, answer: (isHidden ? lines.slice(1) : lines).join("\n"), isHidden };
    });
}

function printed({ stdout, stderr, exitCode }: CommandResult): string {
  const complaint = stderr === "" ? "" : `# stderr:\n${withEnd(stderr)}`;
  return `${withEnd(stdout)}${complaint}# exit: ${exitCode}`;
}

function withEnd(text: string): string {
  return text === "" || text.endsWith("\n") ? text : `${text}\n`;
}

/** What differs from server to server. */
function volatile(text: string): string {
  return text.replace(/^(\s*"?(?:creationTimestamp|resourceVersion|uid)"?: )"?[^",\n]*"?(,?)$/gm, '$1"VOLATILE"$2');
}

function withHidden(text: string, addresses: readonly string[]): string {
  let hiding = text;
  for (const address of addresses) hiding = hiding.replaceAll(address, "RANDOM-IP");
  return hiding.replace(/(?<=\S) {2,}/g, "  ");
}

function filesOf(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}
