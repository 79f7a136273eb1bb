import { ParseError } from "@kubenetsim/core/runtime/errors";
import { sharesToJson } from "@kubenetsim/network/shares/shares-to-json";
import { parseSource } from "../../connect/source.ts";
import { shareTable } from "../../print/share-table.ts";
import { inputOptions, knownNode, modeOption, readCluster } from "../cluster-options.ts";
import type { Arguments, Command } from "../command.ts";
import { type ExitCode, exitCode } from "../exit-code.ts";
import type { Terminal } from "../terminal.ts";

export const shares: Command = {
  name: "shares",
  summary: "all that may become of a new connection, each with its exact chance",
  usage: "-f FILE… --from WHO --to WHERE",
  options: {
    ...inputOptions,
    from: { type: "string", value: "WHO", help: "pod/NAMESPACE/NAME, node/NAME, external or external:IP" },
    to: {
      type: "string",
      value: "WHERE",
      help: "a URL (http://web.shop), IP:PORT (10.96.0.10:53/udp) or svc/NAMESPACE/NAME:PORT",
    },
    ...modeOption,
    json: { type: "boolean", help: "as JSON, with the whole fractions" },
  },
  positionals: { least: 0, most: 0 },
  examples: ["kubenetsim shares -f examples/shop --from pod/shop/client --to http://web"],
  run: runShares,
};

function runShares(args: Arguments, terminal: Terminal): ExitCode {
  const from = required(args, "from", "from where?");
  const to = required(args, "to", "where to?");
  const lab = readCluster(args, terminal);
  const source = parseSource(from);
  if (source.kind === "node") knownNode(source.name, lab);
  const found = lab.shares({ from, to });
  if (args.flag("json")) terminal.out(`${JSON.stringify(sharesToJson(found), undefined, 2)}\n`);
  else terminal.out(shareTable(found));
  return exitCode.ok;
}

function required(args: Arguments, name: "from" | "to", question: string): string {
  const text = args.text(name);
  if (text === undefined) throw new ParseError(question, { hint: `give --${name} ${shares.options[name]!.help}` });
  return text;
}
