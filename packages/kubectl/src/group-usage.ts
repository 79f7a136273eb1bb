import type { Command } from "./commands/command.ts";

/** What kubectl prints when a group of commands is called without one of them (kubectl pkg/util/templates). */
export function groupUsage(command: Command, path: string): string {
  const subcommands = (command.subcommands ?? []).filter(({ takesAnything }) => takesAnything !== true);
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

/** What `--help` tells of a command: its flags, without what the real one tells of them. */
export function commandUsage(command: Command, path: string): string {
  const flags = (command.flags ?? []).map(({ name, short, initial, kind }) => {
    const letters = short === undefined ? "" : `-${short}, `;
    return `    ${letters}--${name}=${initial ?? (kind === "bool" ? "false" : "''")}`;
  });
  const options = flags.length === 0 ? [] : ["Options:", ...flags, ""];
  return [
    `${command.short}.`,
    "",
    ...options,
    "Usage:",
    `  ${path} [options]`,
    "",
    'Use "kubectl options" for a list of global command-line options (applies to all commands).',
    "",
  ].join("\n");
}
