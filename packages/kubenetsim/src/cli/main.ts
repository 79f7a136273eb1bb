import { nearestWord } from "@kubenetsim/core/apiserver/nearest-word";
import { ParseError } from "@kubenetsim/core/runtime/errors";
import type { Command } from "./command.ts";
import { compare } from "./commands/compare.ts";
import { experiment } from "./commands/experiment.ts";
import { get } from "./commands/get.ts";
import { merge } from "./commands/merge.ts";
import { resolve } from "./commands/resolve.ts";
import { rules } from "./commands/rules.ts";
import { serve } from "./commands/serve.ts";
import { shares } from "./commands/shares.ts";
import { tour } from "./commands/tour.ts";
import { trace } from "./commands/trace.ts";
import { version } from "./commands/version.ts";
import { worker } from "./commands/worker.ts";
import { type ExitCode, exitCode } from "./exit-code.ts";
import { commandPage, overview } from "./help-text.ts";
import { nodeTerminal } from "./node-terminal.ts";
import { readArguments } from "./read-arguments.ts";
import { reportProblem } from "./report-problem.ts";
import type { Terminal } from "./terminal.ts";

export const commands: readonly Command[] = [
  trace,
  resolve,
  shares,
  rules,
  compare,
  experiment,
  merge,
  worker,
  get,
  serve,
  tour,
  version,
];

/**
 * Runs a command line (without `node` and the script) and returns what the process is to end with; a Promise of it where the
 * command waits for others. Never throws or rejects.
 */
export function run(words: readonly string[], terminal: Terminal = nodeTerminal()): ExitCode | Promise<ExitCode> {
  const failed = (problem: unknown): ExitCode => {
    const { text, code } = reportProblem(problem);
    tell(terminal, text);
    return code;
  };
  try {
    const code = dispatch(words, terminal);
    return typeof code === "number" ? code : code.catch(failed);
  } catch (problem) {
    return failed(problem);
  }
}

/** When nobody can be told there is only the exit code. */
function tell(terminal: Terminal, text: string): void {
  try {
    terminal.err(text);
  } catch {}
}

function dispatch(words: readonly string[], terminal: Terminal): ExitCode | Promise<ExitCode> {
  const [name, ...rest] = words;
  if (name === undefined || name === "help" || name === "--help" || name === "-h") return help(rest[0], terminal);
  const command = findCommand(name === "--version" ? "version" : name);
  if (rest.includes("--help") || rest.includes("-h")) return help(command.name, terminal);
  return command.run(readArguments(command, rest), terminal);
}

function help(name: string | undefined, terminal: Terminal): ExitCode {
  terminal.out(name === undefined ? overview(commands) : commandPage(findCommand(name)));
  return exitCode.ok;
}

function findCommand(name: string): Command {
  const command = commands.find((candidate) => candidate.name === name);
  if (command !== undefined) return command;
  const names = [...commands.map((candidate) => candidate.name), "help"];
  const meant = nearestWord(name, names);
  throw new ParseError(`there is no command "${name}"`, {
    hint: meant === undefined ? `the commands are ${names.join(", ")}` : `did you mean ${meant}?`,
  });
}
