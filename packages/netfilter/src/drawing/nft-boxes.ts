import type { NftStatement, NftVerdict } from "../ruleset/nft-expression.ts";
import type { NftChain, NftElement, NftFamily, NftRule, NftSet, NftTable } from "../ruleset/nft-table.ts";
import { listedStatements } from "../text/nft-listed-rule.ts";
import { formatNftPriority } from "../text/nft-priority.ts";
import { elementText } from "../text/nft-value-print.ts";
import { type RuleBox, type RuleGroup, type RuleLine, whyText } from "./rule-boxes.ts";

/** The chains, sets and maps of a table: a rule that looks something up leads to the map, and the map's elements to chains. */
export function nftBoxes(table: NftTable): RuleGroup {
  const chains = [...table.chains.values()].map((chain) => chainBox(chain, table.family));
  const sets = [...table.sets.values()].map(setBox);
  return { heading: `table ${table.family} ${table.name}`, boxes: [...chains, ...sets] };
}

function chainBox({ name, base, rules }: NftChain, family: NftFamily): RuleBox {
  const note =
    base === undefined
      ? ""
      : `type ${base.type} hook ${base.hook} priority ${formatNftPriority(base.priority, base.hook)}, policy ${base.policy}`;
  return {
    name,
    kind: base === undefined ? "chain" : "base chain",
    title: `chain ${name}`,
    note,
    lines: rules.map((rule) => lineOf(rule, family)),
  };
}

function lineOf({ statements, comment, origin }: NftRule, family: NftFamily): RuleLine {
  return {
    text: listedStatements(statements, family),
    why: whyText(origin, comment),
    to: [...new Set(statements.flatMap(leadsTo))],
  };
}

/** Names of sets and maps begin with `@`, as rules have them. */
function leadsTo(statement: NftStatement): string[] {
  switch (statement.kind) {
    case "match":
      return statement.right.kind === "named" ? [`@${statement.right.set}`] : [];
    case "vmap":
      return statement.map.kind === "named"
        ? [`@${statement.map.map}`]
        : statement.map.elements.flatMap(({ verdict }) => chainOf(verdict));
    case "verdict":
      return chainOf(statement.verdict);
    case "update-set":
      return [`@${statement.set}`];
    default:
      return [];
  }
}

function chainOf(verdict: NftVerdict | undefined): string[] {
  return verdict?.kind === "jump" || verdict?.kind === "goto" ? [verdict.chain] : [];
}

function setBox({ name, type, data, elements }: NftSet): RuleBox {
  const values = data === undefined ? "" : ` : ${data === "verdict" ? data : data.join(" . ")}`;
  return {
    name: `@${name}`,
    kind: data === undefined ? "set" : "map",
    title: `${data === undefined ? "set" : "map"} ${name}`,
    note: `${type.join(" . ")}${values}`,
    lines: elements.map(elementLine),
  };
}

function elementLine(element: NftElement): RuleLine {
  const { verdict, comment, origin } = element;
  return {
    text: elementText({ ...element, comment: undefined }, "listed"),
    why: whyText(origin, comment),
    to: chainOf(verdict),
  };
}
