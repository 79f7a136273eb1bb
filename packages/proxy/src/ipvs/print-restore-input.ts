import type { TableName } from "@kubenetsim/netfilter/ruleset/ruleset";
import { ByteText } from "../iptables/byte-text.ts";
import { RuleText } from "../iptables/rule-text.ts";
import type { IpvsProgram } from "./sync-ipvs.ts";

/**
 * What every sync in ipvs mode feeds to `iptables-restore --noflush --counters`: all of kube-proxy's own chains, nat before filter
 * (syncProxyRules and writeIptablesRules of pkg/proxy/ipvs/proxier.go), but for the order of rules of different chains. UTF-8.
 */
export function printIpvsRestoreInput({ ruleset }: IpvsProgram): Uint8Array {
  const text = new ByteText();
  for (const table of ["nat", "filter"] as const) addTable(text, { ruleset }, table);
  return text.bytes;
}

function addTable(text: ByteText, { ruleset }: Pick<IpvsProgram, "ruleset">, name: TableName): void {
  const lines = new RuleText(text);
  const all = [...(ruleset.tables.get(name)?.chains.values() ?? [])];
  const own = all.filter(({ policy }) => policy === undefined);
  text.add(`*${name}\n`);
  for (const chain of own) text.add(`:${chain.name} - [0:0]\n`);
  for (const chain of own) for (const rule of chain.rules) lines.rule(chain.name, rule);
  text.add("COMMIT\n");
}
