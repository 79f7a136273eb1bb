import { version as number } from "../../version.ts";
import type { Command } from "../command.ts";
import { exitCode } from "../exit-code.ts";

export const version: Command = {
  name: "version",
  summary: "the version of kubenetsim and of what it models",
  usage: "",
  options: {},
  positionals: { least: 0, most: 0 },
  examples: [],
  run: (_args, terminal) => {
    terminal.out(`kubenetsim ${number} (Kubernetes 1.37, Linux 6.1)\n`);
    return exitCode.ok;
  },
};
