import type { NftChain, NftCounter, NftFamily, NftRule, NftSet } from "../ruleset/nft-table.ts";
import type { NftCommand, NftTransaction } from "../ruleset/nft-transaction.ts";
import { statementText } from "./nft-statement-print.ts";
import { elementKeyText, elementText } from "./nft-value-print.ts";

/** The text that kube-proxy feeds to `nft -f -`, as knftables writes it: one command a line. */
export function printNftTransaction(transaction: NftTransaction): string {
  const { family, table } = transaction;
  return transaction.commands.map((command) => `${commandText(command, family, table)}\n`).join("");
}

function commandText(command: NftCommand, family: NftFamily, table: string): string {
  const start = (object: string): string => `${command.verb} ${object} ${family} ${table}`;
  switch (command.object) {
    case "table":
      return start("table") + braces(command.verb === "add" ? commentPart(command.comment) : []);
    case "chain":
      return `${start("chain")} ${command.verb === "add" ? chainText(command.chain) : command.name}`;
    case "rule":
      return `${start("rule")} ${command.chain} ${ruleText(command.rule, family)}`;
    case "set":
    case "map":
      if (command.verb !== "add") return `${start(command.object)} ${command.name}`;
      return `${start(command.set.data === undefined ? "set" : "map")} ${setText(command.set)}`;
    case "element":
      return `${start("element")} ${command.set} { ${elementOf(command)} }`;
    case "counter":
      return `${start("counter")} ${command.verb === "add" ? counterText(command.counter) : command.name}`;
  }
}

/** ` { type filter hook input priority 0 ; comment "…" ; }`, nothing without parts. */
function braces(parts: readonly string[]): string {
  return parts.length === 0 ? "" : ` { ${parts.map((part) => `${part} ; `).join("")}}`;
}

function commentPart(comment: string | undefined): string[] {
  return comment === undefined ? [] : [`comment "${comment}"`];
}

function chainText(chain: Omit<NftChain, "rules">): string {
  const { base } = chain;
  const parts = [];
  if (base !== undefined) {
    parts.push(`type ${base.type} hook ${base.hook} priority ${base.priority}`);
    if (base.policy === "drop") parts.push("policy drop");
  }
  return chain.name + braces([...parts, ...commentPart(chain.comment)]);
}

/** A rule as it is fed to nft: its statements and its comment. */
export function ruleText(rule: NftRule, family: NftFamily): string {
  const form = { family, style: "fed", ports: "th" } as const;
  const statements = rule.statements.map((statement) => statementText(statement, form)).join(" ");
  return rule.comment === undefined ? statements : `${statements} comment "${rule.comment}"`;
}

function setText(set: Omit<NftSet, "elements">): string {
  const data = set.data === undefined ? "" : ` : ${set.data === "verdict" ? "verdict" : set.data.join(" . ")}`;
  const parts = [`type ${set.type.join(" . ")}${data}`];
  if (set.flags.length > 0) parts.push(`flags ${set.flags.join(",")}`);
  if (set.timeoutSeconds !== undefined) parts.push(`timeout ${Math.trunc(set.timeoutSeconds)}s`);
  if (set.size !== undefined) parts.push(`size ${set.size}`);
  return set.name + braces([...parts, ...commentPart(set.comment)]);
}

/** What is deleted is named by its key alone. */
function elementOf(command: NftCommand & { object: "element" }): string {
  const { element, verb } = command;
  return verb === "add" ? elementText(element, "fed") : elementKeyText(element.key, "fed");
}

function counterText(counter: NftCounter): string {
  const { packets, bytes } = counter;
  const counted = packets === 0 && bytes === 0 ? [] : [`packets ${packets} bytes ${bytes}`];
  return counter.name + braces([...counted, ...commentPart(counter.comment)]);
}
