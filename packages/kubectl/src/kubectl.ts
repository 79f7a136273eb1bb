import { ServerError } from "./client/server-error.ts";
import { CommandError, SeveralErrors, usageError } from "./command-error.ts";
import type { CommandResult } from "./command-result.ts";
import type { Command } from "./commands/command.ts";
import { commands } from "./commands/commands.ts";
import { unmodelledCommands } from "./commands/unmodelled-commands.ts";
import { dryRunWarning } from "./flags/dry-run.ts";
import type { FlagValues } from "./flags/flag.ts";
import { dryRunFlag, globalFlags } from "./flags/global-flags.ts";
import { parseFlags, refuseFlags, requireFlags } from "./flags/parse-flags.ts";
import { commandUsage, groupUsage } from "./group-usage.ts";
import type { KubectlHost } from "./host.ts";
import { Session } from "./session.ts";
import { unknownCommand } from "./suggestions.ts";

/**
 * Runs one command line of kubectl 1.37, without the word `kubectl`, against an API server.
 *
 * @example runKubectl(["get", "service", "web", "-o", "yaml"], host).stdout;
 */
export function runKubectl(words: readonly string[], host: KubectlHost): CommandResult {
  return words[0] === "help" ? help(words.slice(1), host) : runCommand(words, host);
}

/** `kubectl help create service` is `kubectl create service --help`; words behind a command's name count for nothing. */
function help(topic: readonly string[], host: KubectlHost): CommandResult {
  const path: string[] = [];
  let within: readonly Command[] = allCommands;
  for (const word of topic) {
    const next = within.find((command) => isNamed(command, word));
    if (next === undefined) break;
    path.push(word);
    within = next.subcommands ?? [];
  }
  const told = runCommand([...path, "--help"], host);
  if (path.length > 0 || topic.length === 0) return told;
  const unknown = `Unknown help topic [${topic.map((word) => `\`${word}\``).join(" ")}]\n`;
  return { stdout: "", stderr: unknown + told.stdout, exitCode: 0 };
}

function isNamed({ name, aliases = [] }: Command, word: string): boolean {
  return name === word || aliases.includes(word);
}

function runCommand(words: readonly string[], host: KubectlHost): CommandResult {
  let session: Session | undefined;
  let called: Command | undefined;
  try {
    const { command, path, rest } = findCommand(words);
    called = command;
    const known = [...(command.flags ?? []), ...globalFlags];
    const isBare = command.takesAnything === true;
    const hint = command.flagHint ?? `See '${path} --help' for usage.`;
    const { args, flags } = parseFlags(isBare ? ["--", ...rest] : rest, known, hint);
    if (flags.flag("help")) return { stdout: usageOf(command, path), stderr: "", exitCode: 0 };
    refuseFlags(known, flags);
    session = new Session(host, flags);
    if (command.run === undefined) return withoutCommand(command, path, args);
    requireFlags(known, flags);
    const warning = known.includes(dryRunFlag) ? dryRunWarning(flags) : undefined;
    if (warning !== undefined) session.log(warning);
    command.run({ path, args, flags, session });
    return finished(session, flags);
  } catch (reason) {
    const { text, exitCode } = endOf(reason, called?.failsWith);
    return { stdout: session?.stdout ?? "", stderr: `${session?.stderr ?? ""}${text}`, exitCode };
  }
}

/** Warnings may count as errors. */
function finished({ stdout, stderr, warnings }: Session, flags: FlagValues): CommandResult {
  if (!flags.flag("warnings-as-errors") || warnings === 0) return { stdout, stderr, exitCode: 0 };
  const text = `error: ${warnings} warning${warnings === 1 ? "" : "s"} received\n`;
  return { stdout, stderr: stderr + text, exitCode: 1 };
}

/** A group tells what is in it. @throws CommandError for a word that is nothing in it */
function withoutCommand(command: Command, path: string, args: readonly string[]): CommandResult {
  if (args.length > 0) throw usageError(path, `unknown command ${JSON.stringify(args.join(" "))}`);
  const usage = usageOf(command, path);
  if (path === "kubectl") return { stdout: usage, stderr: "", exitCode: 0 };
  return command.usageGoesTo === "stdout"
    ? { stdout: usage, stderr: "", exitCode: 1 }
    : { stdout: "", stderr: usage, exitCode: 1 };
}

function usageOf(command: Command, path: string): string {
  return command.subcommands === undefined ? commandUsage(command, path) : groupUsage(command, path);
}

const allCommands: readonly Command[] = [...commands, ...unmodelledCommands(commands)];

function endOf(thrown: unknown, failsWith = 1): { text: string; exitCode: number } {
  const reason = thrown instanceof SeveralErrors && thrown.errors.length === 1 ? thrown.errors[0]! : thrown;
  if (reason instanceof CommandError) {
    const { message } = reason;
    // Without words a command has not failed, but has something to tell by its exit code.
    const exitCode = message !== "" && reason.exitCode === 1 ? failsWith : reason.exitCode;
    return { text: message === "" || message.endsWith("\n") ? message : `${message}\n`, exitCode };
  }
  if (reason instanceof ServerError) return { text: `${reason.text}\n`, exitCode: failsWith };
  throw reason;
}

/** The command that words name; what is no command's name is left for it. Flags before the name count for it, too. */
function findCommand(words: readonly string[]): { command: Command; path: string; rest: readonly string[] } {
  let command: Command = { name: "kubectl", short: "kubectl controls a cluster", subcommands: allCommands };
  let path = "kubectl";
  const rest = [...words];
  while (command.subcommands !== undefined) {
    const at = rest.findIndex((word, i) => !word.startsWith("-") && !takesValue(rest[i - 1], command));
    if (at < 0) break;
    const next: Command | undefined = command.subcommands.find((one) => isNamed(one, rest[at]!));
    if (next === undefined) {
      if (path !== "kubectl") break;
      throw new CommandError(unknownCommand(rest[at]!, allCommands));
    }
    command = next;
    path += ` ${next.name}`;
    rest.splice(at, 1);
  }
  return { command, path, rest };
}

/** A flag before a command's name takes the next word, unless it is known for one that does not. */
function takesValue(word: string | undefined, command: Command): boolean {
  if (word === undefined || !/^-./.test(word) || word.includes("=")) return false;
  const known = [...globalFlags, ...(command.flags ?? [])];
  const flag = known.find(({ name, short }) => word === `--${name}` || word === `-${short}`);
  if (flag === undefined) return word.startsWith("--") || word.length === 2;
  return flag.kind !== "bool" && flag.bare === undefined;
}
