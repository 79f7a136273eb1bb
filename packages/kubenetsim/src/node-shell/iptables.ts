import type { IpFamily } from "@kubenetsim/core/net/address";
import { ParseError, UnsupportedError } from "@kubenetsim/core/runtime/errors";
import type { TableName } from "@kubenetsim/netfilter/ruleset/ruleset";
import { printIptablesList, printIptablesRules } from "@kubenetsim/netfilter/text/iptables-list";
import { isTableName } from "../cluster/table-name.ts";
import { failed, type Program, printed } from "../shell/program.ts";
import { readOptions } from "../shell/programs/read-options.ts";
import type { NodeSystem } from "./node-shell.ts";

/** `iptables -t nat -L -n -v`, `-S`: rules can be looked at, and not be changed. */
export function iptables(node: NodeSystem, program: "iptables" | "ip6tables", family: IpFamily): Program {
  return (args) => {
    const options = readOptions(args, {
      program,
      flags: "LSnvx0w",
      values: "t",
      long: {
        list: "L",
        "list-rules": "S",
        numeric: "n",
        verbose: "v",
        exact: "x",
        "line-numbers": "0",
        table: "t",
        wait: "w",
      },
    });
    const table = options.value("t") ?? "filter";
    if (!isTableName(table)) return failed(noTable(program, table), 3);
    const [chain, ...rest] = options.operands;
    if (rest.length > 0) throw new UnsupportedError(`${program} -L of one rule`, "it lists a chain, or all");
    const ruleset = node.running().kernel.ruleset(family);
    try {
      if (options.has("S")) return printed(printIptablesRules(ruleset, table, chain));
      requireListing(program, options.has("L"), options.has("n"));
      const view = { verbose: options.has("v"), exact: options.has("x"), numbers: options.has("0"), chain };
      return printed(printIptablesList(ruleset, table satisfies TableName, view));
    } catch (reason) {
      if (reason instanceof ParseError) return failed(reason.message.replace(/^iptables/, program));
      throw reason;
    }
  };
}

function requireListing(program: string, isListing: boolean, isNumeric: boolean): void {
  const known = `known are ${program} -L -n and -S with -t, -v, -x, --line-numbers and a chain`;
  if (!isListing) throw new UnsupportedError(`${program} without -L or -S`, known);
  if (!isNumeric) throw new UnsupportedError(`${program} -L without -n, which asks for names`, known);
}

function noTable(program: string, table: string): string {
  const more = `Perhaps ${program} or your kernel needs to be upgraded.`;
  return `${program} v1.8.9 (nf_tables): table '${table}' does not exist\n${more}`;
}
