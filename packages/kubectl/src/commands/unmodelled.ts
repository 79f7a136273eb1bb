import { failure } from "../command-error.ts";
import type { Command } from "./command.ts";

/** A command of the real kubectl that is refused by name. */
export function unmodelled(path: string, short: string, known: () => readonly Command[], aliases?: string[]): Command {
  return {
    name: path.slice(path.lastIndexOf(" ") + 1),
    ...(aliases === undefined ? {} : { aliases }),
    short,
    takesAnything: true,
    run: () => {
      const names = known()
        .filter(({ takesAnything }) => takesAnything !== true)
        .map(({ name }) => name);
      throw failure(`${path} is not modelled; known are: ${names.join(", ")}`);
    },
  };
}
