import type { Ruleset } from "../ruleset/ruleset.ts";
import { printIptablesSave } from "./iptables-print.ts";

/** kube-proxy's iptables mode fills these in Go map order, which differs from run to run. */
const unordered: ReadonlySet<string> = new Set([
  "KUBE-SERVICES",
  "KUBE-NODEPORTS",
  "KUBE-EXTERNAL-SERVICES",
  "KUBE-PROXY-FIREWALL",
]);
/** A chain that only kube-proxy's ipvs mode has; there the same chains have an order that means something. */
const ipvsChain = ":KUBE-NODE-PORT ";
const tableOrder = ["filter", "mangle", "nat"];

/**
 * A form in which two dumps of the same rules are equal: comment lines dropped, tables filter, mangle, nat (then others),
 * chains sorted by name, rules by chain in their own order, but those of the chains that kube-proxy fills in no order
 * sorted as text, the "must be the last rule" ones last. Rule counters (`-c`) are dropped.
 */
export function canonicalIptablesSave(input: string | Ruleset): string {
  const text = typeof input === "string" ? input : printIptablesSave(input);
  const tables = new Map<string, { chains: string[]; rules: Map<string, string[]> }>();
  let table: { chains: string[]; rules: Map<string, string[]> } | undefined;
  for (const raw of text.split("\n")) {
    const line = raw.replace(/^\[\d+:\d+\] /, "");
    if (line === "" || line.startsWith("#") || line === "COMMIT") continue;
    if (line.startsWith("*")) {
      table = { chains: [], rules: new Map() };
      tables.set(line.slice(1), table);
    } else if (line.startsWith(":")) table?.chains.push(line);
    else {
      const chain = line.split(" ", 2)[1] ?? "";
      const rules = table?.rules.get(chain) ?? [];
      rules.push(line);
      table?.rules.set(chain, rules);
    }
  }
  const names = [...tables.keys()].sort((a, b) => tableRank(a) - tableRank(b) || byText(a, b));
  const free = text.includes(ipvsChain) ? new Set<string>() : unordered;
  return names.map((name) => printTable(name, tables.get(name)!, free)).join("");
}

function printTable(
  name: string,
  table: { chains: string[]; rules: Map<string, string[]> },
  free: ReadonlySet<string>,
): string {
  const chains = table.chains.map((line) => line.replace(/\[\d+:\d+\]$/, "[0:0]")).sort(byText);
  const rules = [...table.rules.keys()]
    .sort(byText)
    .flatMap((chain) => (free.has(chain) ? sorted(table.rules.get(chain)!) : table.rules.get(chain)!));
  return `${[`*${name}`, ...chains, ...rules, "COMMIT"].join("\n")}\n`;
}

function sorted(rules: string[]): string[] {
  const isLast = (rule: string): boolean => rule.includes("must be the last rule");
  return [...rules.filter((rule) => !isLast(rule)).sort(byText), ...rules.filter(isLast).sort(byText)];
}

function tableRank(name: string): number {
  const rank = tableOrder.indexOf(name);
  return rank < 0 ? tableOrder.length : rank;
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
