import { sharesToJson } from "@kubenetsim/network/shares/shares-to-json";
import { parseSource } from "../../connect/source.ts";
import { shareTable } from "../../print/share-table.ts";
import {
  connectionOptions,
  inputOptions,
  knownNode,
  modeOption,
  readCluster,
  readFrom,
  readTo,
} from "../cluster-options.ts";
import type { Arguments, Command } from "../command.ts";
import { type ExitCode, exitCode } from "../exit-code.ts";
import type { Terminal } from "../terminal.ts";

export const shares: Command = {
  name: "shares",
  summary: "all that may become of a new connection, each with its exact chance",
  usage: "-f FILE… --from WHO --to WHERE",
  options: {
    ...inputOptions,
    ...connectionOptions,
    ...modeOption,
    json: { type: "boolean", help: "as JSON, with the whole fractions" },
  },
  positionals: { least: 0, most: 0 },
  examples: ["kubenetsim shares -f examples/shop --from pod/shop/client --to http://web"],
  run: runShares,
};

function runShares(args: Arguments, terminal: Terminal): ExitCode {
  const from = readFrom(args);
  const to = readTo(args);
  const lab = readCluster(args, terminal);
  const source = parseSource(from);
  if (source.kind === "node") knownNode(source.name, lab);
  const found = lab.shares({ from, to });
  if (args.flag("json")) terminal.out(`${JSON.stringify(sharesToJson(found), undefined, 2)}\n`);
  else terminal.out(shareTable(found));
  return exitCode.ok;
}
