import type { Command } from "./command.ts";
import { usageLine } from "./read-arguments.ts";

/** The page that `kubenetsim help` prints. */
export function overview(commands: readonly Command[]): string {
  const width = Math.max(...commands.map((command) => command.name.length));
  return [
    "What a Kubernetes cluster's network does, computed: YAML in, rules and every packet's way out.",
    "",
    "usage: kubenetsim COMMAND …",
    "",
    ...commands.map((command) => `  ${command.name.padEnd(width)}  ${command.summary}`),
    "",
    "kubenetsim help COMMAND explains one. Exit codes: 0 delivered (or done), 1 not delivered, 2 bad input.",
    "",
  ].join("\n");
}

/** The page that `kubenetsim help COMMAND` and `kubenetsim COMMAND --help` print. */
export function commandPage(command: Command): string {
  const options = Object.entries(command.options).map(([name, { short, value, help }]) => {
    const names = `${short === undefined ? "    " : `-${short}, `}--${name}${value === undefined ? "" : ` ${value}`}`;
    return [names, help] as const;
  });
  const width = Math.max(0, ...options.map(([names]) => names.length));
  return [
    usageLine(command),
    "",
    `${command.name}: ${command.summary}`,
    ...(options.length === 0 ? [] : ["", ...options.map(([names, help]) => `  ${names.padEnd(width)}  ${help}`)]),
    ...(command.examples.length === 0 ? [] : ["", ...command.examples.map((example) => `  ${example}`)]),
    "",
  ].join("\n");
}
