import { ServerError } from "./client/server-error.ts";
import { CommandError } from "./command-error.ts";
import type { CommandResult } from "./command-result.ts";
import type { Command } from "./commands/command.ts";
import { commands } from "./commands/commands.ts";
import { globalFlags } from "./flags/global-flags.ts";
import { parseFlags, requireFlags } from "./flags/parse-flags.ts";
import { groupUsage } from "./group-usage.ts";
import type { KubectlHost } from "./host.ts";
import { Session } from "./session.ts";

/**
 * Runs one command line of kubectl 1.37, without the word `kubectl`, against an API server.
 *
 * @example runKubectl(["get", "service", "web", "-o", "yaml"], host).stdout;
 */
export function runKubectl(words: readonly string[], host: KubectlHost): CommandResult {
  let session: Session | undefined;
  try {
    const { command, path, rest } = findCommand(words);
    if (command.run === undefined) return { stdout: "", stderr: groupUsage(command, path), exitCode: 1 };
    const known = [...(command.flags ?? []), ...globalFlags];
    const { args, flags } = parseFlags(rest, known, path);
    session = new Session(host, flags);
    requireFlags(known, flags);
    command.run({ path, args, flags, session });
    return { stdout: session.stdout, stderr: session.stderr, exitCode: 0 };
  } catch (reason) {
    const { text, exitCode } = endOf(reason);
    return { stdout: session?.stdout ?? "", stderr: `${session?.stderr ?? ""}${text}`, exitCode };
  }
}

function endOf(reason: unknown): { text: string; exitCode: number } {
  if (reason instanceof CommandError) {
    const { message, exitCode } = reason;
    return { text: message === "" || message.endsWith("\n") ? message : `${message}\n`, exitCode };
  }
  if (reason instanceof ServerError) return { text: `${reason.text}\n`, exitCode: 1 };
  throw reason;
}

/** The command that words name; what is no command's name is left for it. Flags before the name count for it, too. */
function findCommand(words: readonly string[]): { command: Command; path: string; rest: readonly string[] } {
  let command: Command = { name: "kubectl", short: "", subcommands: commands };
  let path = "kubectl";
  const rest = [...words];
  while (command.subcommands !== undefined) {
    const at = rest.findIndex((word, i) => !word.startsWith("-") && !takesValue(rest[i - 1]));
    if (at < 0) break;
    const next: Command | undefined = command.subcommands.find(
      ({ name, aliases = [] }) => name === rest[at] || aliases.includes(rest[at]!),
    );
    if (next === undefined) {
      if (command.run !== undefined) break;
      throw new CommandError(`error: unknown command ${JSON.stringify(rest[at])} for ${JSON.stringify(path)}`);
    }
    command = next;
    path += ` ${next.name}`;
    rest.splice(at, 1);
  }
  return { command, path, rest };
}

/** A global flag that stands before the command and takes the next word. */
function takesValue(word: string | undefined): boolean {
  if (word === undefined || !word.startsWith("-") || word.includes("=")) return false;
  const flag = globalFlags.find(({ name, short }) => word === `--${name}` || word === `-${short}`);
  return flag !== undefined && flag.kind !== "bool";
}
