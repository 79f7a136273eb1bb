import { UnsupportedError } from "@kubenetsim/core/runtime/errors";
import type { Command } from "../command.ts";

export const compare: Command = {
  name: "compare",
  summary: "x",
  usage: "-f FILE…",
  options: {},
  positionals: { least: 0, most: 0 },
  examples: [],
  run: () => {
    throw new UnsupportedError("compare", "cli");
  },
};
