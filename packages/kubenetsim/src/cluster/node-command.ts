import { nearestWord } from "@kubenetsim/core/apiserver/nearest-word";
import { ParseError } from "@kubenetsim/core/runtime/errors";
import { backends } from "../dataplane/backend/backends.ts";
import type { NodeText } from "../print/node-texts.ts";

/** Every command by which a node's programs tell what its kernel holds. */
const texts: readonly NodeText[] = backends.flatMap((backend) => backend.texts);

/** @throws ParseError for a command that is not among those that can be run on a node */
export function readNodeCommand(command: string): NodeText {
  const words = command.trim().replace(/\s+/g, " ");
  const text = texts.find((candidate) => candidate.command === words);
  if (text !== undefined) return text;
  const commands = texts.map((candidate) => candidate.command);
  const meant = nearestWord(words, commands);
  throw new ParseError(`"${command}" cannot be run on a node`, {
    hint: meant === undefined ? `the commands are ${commands.join(", ")}` : `did you mean ${meant}?`,
  });
}
