import type { IpSet, IpSetType } from "../ruleset/ip-set.ts";
import type { Ruleset } from "../ruleset/ruleset.ts";
import { setHeader } from "./ipset-header.ts";

/** Revisions that Linux 6.1 with ipset 7.17 shows for sets created without options beside those of kube-proxy. */
export const revisions: Readonly<Record<IpSetType, number>> = {
  "hash:ip": 5,
  "hash:ip,port": 6,
  "hash:ip,port,ip": 6,
  "hash:ip,port,net": 8,
  "bitmap:port": 3,
};

/** How many rules of the rulesets ask each set: what `ipset list` calls References. */
export function setReferences(rulesets: readonly Ruleset[]): ReadonlyMap<string, number> {
  const references = new Map<string, number>();
  for (const ruleset of rulesets) {
    for (const table of ruleset.tables.values()) {
      for (const chain of table.chains.values()) {
        for (const match of chain.rules.flatMap((rule) => rule.matches)) {
          if (match.kind === "set") references.set(match.set, (references.get(match.set) ?? 0) + 1);
        }
      }
    }
  }
  return references;
}

/**
 * What `ipset list` prints, less the two lines that differ from run to run (size in memory, and the hash's random start in
 * the header): sets by name, members as text in order (the kernel lists them in the order of its hash).
 */
export function printIpsetList(sets: readonly IpSet[], references: ReadonlyMap<string, number>): string {
  return byName(sets)
    .map((set) => printSet(set, references.get(set.name) ?? 0))
    .join("\n");
}

function printSet(set: IpSet, references: number): string {
  const lines = [
    `Name: ${set.name}`,
    `Type: ${set.type}`,
    `Revision: ${revisions[set.type]}`,
    `Header: ${setHeader(set)}`,
    `References: ${references}`,
    `Number of entries: ${set.entries.length}`,
    "Members:",
    ...set.entries.map((entry) => entry.text).sort(),
  ];
  return `${lines.join("\n")}\n`;
}

/** What `ipset save` prints, less the hash's random start. */
export function printIpsetSave(sets: readonly IpSet[]): string {
  const lines = byName(sets).flatMap((set) => [
    `create ${set.name} ${set.type} ${setHeader(set)}`,
    ...set.entries.map((entry) => `add ${set.name} ${entry.text}`).sort(),
  ]);
  return lines.map((line) => `${line}\n`).join("");
}

function byName(sets: readonly IpSet[]): IpSet[] {
  return [...sets].sort((a, b) => (a.name < b.name ? -1 : 1));
}
