import type { Command } from "./commands/command.ts";

/** What kubectl prints when a group of commands is called without one of them (kubectl pkg/util/templates). */
export function groupUsage(command: Command, path: string): string {
  const subcommands = command.subcommands ?? [];
  const width = Math.max(11, ...subcommands.map(({ name }) => name.length)) + 2;
  const listed = subcommands.map(({ name, short }) => `  ${name.padEnd(width)} ${short}`);
  const aliases = command.aliases === undefined ? [] : ["Aliases:", [command.name, ...command.aliases].join(", "), ""];
  return [
    `${command.short}.`,
    "",
    ...aliases,
    "Available Commands:",
    ...listed,
    "",
    "Usage:",
    `  ${path} ${command.usage ?? "[flags]"} [options]`,
    "",
    `Use "${path} <command> --help" for more information about a given command.`,
    'Use "kubectl options" for a list of global command-line options (applies to all commands).',
    "",
  ].join("\n");
}
