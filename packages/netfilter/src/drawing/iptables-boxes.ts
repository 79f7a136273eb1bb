import type { Rule } from "../ruleset/rule.ts";
import type { Chain, Ruleset, TableName } from "../ruleset/ruleset.ts";
import { orderChains, printRule } from "../text/iptables-print.ts";
import { type RuleBox, type RuleGroup, type RuleLine, whyText } from "./rule-boxes.ts";

/** The chains of each table with the jumps between them, in the order of `iptables-save`. */
export function iptablesBoxes(ruleset: Ruleset, only?: TableName): RuleGroup[] {
  const tables = [...ruleset.tables.values()].filter(({ name }) => only === undefined || name === only);
  return tables.map((table) => ({ heading: `table ${table.name}`, boxes: orderChains(table).map(boxOf) }));
}

function boxOf({ name, policy, rules }: Chain): RuleBox {
  return {
    name,
    kind: policy === undefined ? "chain" : "base chain",
    title: name,
    note: policy === undefined ? "" : `policy ${policy}`,
    lines: rules.map((rule) => lineOf(rule, name)),
  };
}

const comment = / -m comment --comment (?:"((?:[^"\\]|\\.)*)"|(\S+))/;

function lineOf(rule: Rule, chain: string): RuleLine {
  const text = printRule(rule, chain);
  const [whole = "", quoted, word] = comment.exec(text) ?? [];
  const { target } = rule;
  return {
    text: text.replace(whole, "").slice(`-A ${chain} `.length),
    why: whyText(rule.origin, quoted ?? word),
    to: target?.kind === "jump" || target?.kind === "goto" ? [target.chain] : [],
  };
}
