import type { NftTable } from "../ruleset/nft-table.ts";
import { chainBlock, counterBlock, type ListBlock, setBlock } from "./nft-list-print.ts";

/**
 * A form of `nft list table` in which two tables that hold the same are equal: counters, sets, maps and chains each by name,
 * without blank lines between them, the elements of sets and maps one a line and in the order of their text.
 */
export function canonicalNftList(table: NftTable): string {
  const sets = [...table.sets.values()];
  const blocks = [
    ...byTitle([...table.counters.values()].map(counterBlock)),
    ...byTitle(sets.filter(({ data }) => data === undefined).map(setBlock)),
    ...byTitle(sets.filter(({ data }) => data !== undefined).map(setBlock)),
    ...byTitle([...table.chains.values()].map((chain) => chainBlock(chain, table.family))),
  ];
  const comment = table.comment === undefined ? [] : [`\tcomment "${table.comment}"`];
  return [`table ${table.family} ${table.name} {`, ...comment, ...blocks.flatMap(blockLines), "}", ""].join("\n");
}

function blockLines(block: ListBlock): string[] {
  const elements = [...block.elements].sort().map((element) => `\t\t\t${element},`);
  return [
    `\t${block.title} {`,
    ...block.lines.map((line) => `\t\t${line}`),
    ...(elements.length === 0 ? [] : ["\t\telements = {", ...elements, "\t\t}"]),
    "\t}",
  ];
}

function byTitle(blocks: readonly ListBlock[]): ListBlock[] {
  return [...blocks].sort((a, b) => (a.title < b.title ? -1 : 1));
}
