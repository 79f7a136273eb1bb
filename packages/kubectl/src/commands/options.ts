import { optionsText } from "../flags/global-flags.ts";
import type { Command } from "./command.ts";

/** `kubectl options`. */
export const options: Command = {
  name: "options",
  short: "Print the list of flags inherited by all commands",
  run: ({ session }) => session.write(optionsText()),
};
