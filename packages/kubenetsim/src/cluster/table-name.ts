import { nearestWord } from "@kubenetsim/core/apiserver/nearest-word";
import { ParseError } from "@kubenetsim/core/runtime/errors";
import type { TableName } from "@kubenetsim/netfilter/ruleset/ruleset";

const tables: readonly TableName[] = ["nat", "filter", "mangle", "raw", "security"];

export function isTableName(text: string): text is TableName {
  return (tables as readonly string[]).includes(text);
}

/** @throws ParseError for a table that iptables does not have. */
export function readTableName(text: string): TableName {
  const table = tables.find((candidate) => candidate === text);
  if (table !== undefined) return table;
  const meant = nearestWord(String(text), tables);
  throw new ParseError(`there is no table "${text}"`, {
    hint: meant === undefined ? `the tables are ${tables.join(", ")}` : `did you mean ${meant}?`,
  });
}
