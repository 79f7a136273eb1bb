import type { IpFamily } from "@kubenetsim/core/net/address";
import { ParseError } from "@kubenetsim/core/runtime/errors";
import type { TableName } from "@kubenetsim/netfilter/ruleset/ruleset";
import type { NodeHandle } from "../../cluster/node-handle.ts";
import { readTableName } from "../../cluster/table-name.ts";
import { inputOptions, modeOption, readCluster, readNode } from "../cluster-options.ts";
import type { Arguments, Command } from "../command.ts";
import { type ExitCode, exitCode } from "../exit-code.ts";
import type { Terminal } from "../terminal.ts";

export const rules: Command = {
  name: "rules",
  summary:
    "what kube-proxy writes on a node: iptables-save, in ipvs mode ipvsadm -Ln and ipset list too, or nft list table",
  usage: "-f FILE… --node NAME",
  options: {
    ...inputOptions,
    node: { type: "string", value: "NAME", help: "which node; not needed when there is only one" },
    ...modeOption,
    table: {
      type: "string",
      short: "t",
      value: "TABLE",
      help: "only this table of iptables: nat, filter, mangle, raw or security",
    },
    ipv6: { type: "boolean", short: "6", help: "the rules of IPv6: ip6tables-save, nft list table ip6 kube-proxy" },
    command: {
      type: "string",
      value: "TEXT",
      help: 'only what this command prints on the node: "iptables-save -c -t nat", "ipvsadm -Lnc", "ipset list KUBE-CLUSTER-IP" …',
    },
    json: { type: "boolean", help: "the texts as one JSON object" },
  },
  positionals: { least: 0, most: 0 },
  examples: [
    "kubenetsim rules -f examples/shop --node n1 --table nat",
    "kubenetsim rules -f examples/shop --node n1 --mode ipvs",
    "kubenetsim rules -f examples/shop --node n1 --mode nftables",
  ],
  run: runRules,
};

function runRules(args: Arguments, terminal: Terminal): ExitCode {
  const tableWord = args.text("table");
  const command = args.text("command");
  if (command !== undefined && (tableWord !== undefined || args.flag("ipv6"))) {
    throw new ParseError("--command says itself what to print: it goes without --table and --ipv6", {
      hint: 'for example --command "ip6tables-save -t nat"',
    });
  }
  const table = tableWord === undefined ? undefined : readTableName(tableWord);
  const lab = readCluster(args, terminal);
  const node = lab.node(readNode(args, lab));
  const texts =
    command === undefined
      ? nodeTexts(node, table, args.flag("ipv6") ? "IPv6" : "IPv4")
      : { [command]: node.run(command) };
  terminal.out(args.flag("json") ? `${JSON.stringify(texts, undefined, 2)}\n` : sections(texts));
  return exitCode.ok;
}

/** Texts by the command that prints them on the node. A table is one of iptables; what has none goes only with all. */
function nodeTexts(node: NodeHandle, table: TableName | undefined, family: IpFamily): Readonly<Record<string, string>> {
  if (table === undefined && node.proxyMode === "nftables") {
    return { [`nft list table ${family === "IPv6" ? "ip6" : "ip"} kube-proxy`]: node.nftList({ family }) };
  }
  const texts = { [family === "IPv6" ? "ip6tables-save" : "iptables-save"]: node.iptablesSave(table, { family }) };
  if (table !== undefined || node.proxyMode !== "ipvs") return texts;
  return { ...texts, "ipvsadm -Ln": node.ipvsadm(), "ipset list": node.ipsetList() };
}

/** One text as it is; several under the commands that print them, as comments. */
function sections(texts: Readonly<Record<string, string>>): string {
  const entries = Object.entries(texts);
  if (entries.length === 1) return entries[0]![1];
  return entries.map(([command, text]) => `# ${command}\n${text}`).join("\n");
}
