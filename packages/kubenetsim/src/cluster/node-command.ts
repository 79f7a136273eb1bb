import { nearestWord } from "@kubenetsim/core/apiserver/nearest-word";
import { ParseError } from "@kubenetsim/core/runtime/errors";
import { runIpvsadm } from "@kubenetsim/netfilter/ipvsadm/run-command";
import { backends } from "../dataplane/backend/backends.ts";
import type { NodeKernel } from "../dataplane/node-kernel.ts";
import type { NodeText } from "../print/node-texts.ts";
import { shellWords } from "../shell/shell-words.ts";
import { canonicalCommand } from "./command-words.ts";

/** Every command by which a node's programs tell what its kernel holds. */
const texts: readonly NodeText[] = backends.flatMap((backend) => backend.texts);

/**
 * How a node prints what a command tells, in whatever order its options stand; and what `ipvsadm` does there, which may
 * change what its kernel holds.
 *
 * @throws ParseError for a command that is not among those that can be run on a node
 */
export function readNodeCommand(command: string): (node: NodeKernel) => string {
  const found = findNodeCommand(command);
  if (found !== undefined) return found;
  const commands = nodeCommands();
  const meant = nearestWord(canonicalCommand(command), commands);
  throw new ParseError(`"${command}" cannot be run on a node`, {
    hint: meant === undefined ? `the commands are ${commands.join(", ")}` : `did you mean ${meant}?`,
  });
}

/** The commands that tell something, as messages name them. */
export function nodeCommands(): string[] {
  return texts.map(({ takesName, command }) => (takesName ? `${command} [NAME]` : command));
}

/** The same, and undefined for a command that cannot be run. */
export function findNodeCommand(command: string): ((node: NodeKernel) => string) | undefined {
  const words = canonicalCommand(command);
  const text = texts.find((candidate) => canonicalCommand(candidate.command) === words);
  if (text !== undefined) return (node) => text.print(node);
  const about = texts.find((candidate) => candidate.takesName && isWithName(words, candidate.command));
  if (about !== undefined) return (node) => about.print(node, words.slice(about.command.length + 1));
  const [program, ...options] = shellWords(command);
  return program === "ipvsadm" ? ({ director }) => runIpvsadm(director, options) : undefined;
}

function isWithName(words: string, command: string): boolean {
  return words.startsWith(`${command} `) && !/[ -]/.test(words[command.length + 1]!) && words.split(" ").length === 3;
}
