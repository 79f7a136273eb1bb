import { nearestWord } from "@kubenetsim/core/apiserver/nearest-word";
import { ParseError } from "@kubenetsim/core/runtime/errors";

/** For a node's name that no Node has: with the one that was probably meant, else with all of a few. */
export function noSuchNode(name: string, names: readonly string[]): ParseError {
  const meant = nearestWord(name, names);
  const more = names.length > 10 ? ` and ${names.length - 10} more` : "";
  const known = names.length === 0 ? "there are no nodes" : `the nodes are ${names.slice(0, 10).join(", ")}${more}`;
  return new ParseError(`there is no Node ${name}`, {
    hint: meant === undefined ? known : `did you mean node/${meant}?`,
  });
}
