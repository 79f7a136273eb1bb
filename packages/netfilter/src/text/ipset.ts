import type { IpFamily } from "@kubenetsim/core/net/address";
import { ParseError, UnsupportedError } from "@kubenetsim/core/runtime/errors";
import type { IpSet, IpSetEntry, IpSetType } from "../ruleset/ip-set.ts";
import type { Ruleset } from "../ruleset/ruleset.ts";

/** Revisions that Linux 6.1 with ipset 7.17 shows for sets created without options beside those of kube-proxy. */
const revisions: Readonly<Record<IpSetType, number>> = {
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
    `Header: ${header(set)}`,
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
    `create ${set.name} ${set.type} ${header(set)}`,
    ...set.entries.map((entry) => `add ${set.name} ${entry.text}`).sort(),
  ]);
  return lines.map((line) => `${line}\n`).join("");
}

function header(set: IpSet): string {
  if (set.type === "bitmap:port") return "range 0-65535";
  return `family ${set.family === "IPv4" ? "inet" : "inet6"} hashsize 1024 maxelem 65536 bucketsize 12`;
}

function byName(sets: readonly IpSet[]): IpSet[] {
  return [...sets].sort((a, b) => (a.name < b.name ? -1 : 1));
}

interface SetDraft {
  name: string;
  type: IpSetType;
  family: IpFamily;
  entries: IpSetEntry[];
}

/**
 * Reads what `ipset list` or `ipset save` prints. A `bitmap:port` set does not say its family: it is taken from its name as
 * kube-proxy gives it (`KUBE-6-…`).
 *
 * @throws ParseError with the line; UnsupportedError for a type of set that is not modelled
 */
export function parseIpset(text: string, source = "ipset"): IpSet[] {
  const sets = new Map<string, SetDraft>();
  let current: SetDraft | undefined;
  let inMembers = false;
  for (const [index, line] of text.split("\n").entries()) {
    const at = { source, line: index + 1, column: 1 };
    const [, key, value] =
      /^(Name|Type|Header|Members|Revision|References|Number of entries|Size in memory): ?(.*)$/.exec(line) ?? [];
    if (line === "" || line.startsWith("#")) inMembers = false;
    else if (line.startsWith("create ")) {
      const [, name, type, ...options] = line.split(" ");
      current = newSet(sets, name!, at);
      current.type = setType(type ?? "", current.name, at);
      current.family = familyOf(current.name, options.join(" "));
    } else if (line.startsWith("add ")) {
      const [, name, member] = line.split(" ");
      addMember(sets.get(name!), member, at);
    } else if (key === "Name") current = newSet(sets, value!, at);
    else if (key === "Type" && current !== undefined) current.type = setType(value!, current.name, at);
    else if (key === "Header" && current !== undefined) current.family = familyOf(current.name, value!);
    else if (key === "Members") inMembers = true;
    else if (key === undefined && inMembers) addMember(current, line.split(" ")[0], at);
    else if (key === undefined)
      throw new ParseError(`not a line of ipset list or ipset save: ${line}`, { position: at });
  }
  return [...sets.values()];
}

type Position = { readonly source: string; readonly line: number; readonly column: number };

function newSet(sets: Map<string, SetDraft>, name: string, position: Position): SetDraft {
  if (sets.has(name)) throw new ParseError(`set ${name} comes twice`, { position });
  const set: SetDraft = { name, type: "hash:ip", family: familyOf(name, ""), entries: [] };
  sets.set(name, set);
  return set;
}

function setType(word: string, set: string, position: Position): IpSetType {
  if (!Object.hasOwn(revisions, word)) {
    throw new UnsupportedError(`ipset type "${word}"`, `set ${set}, line ${position.line}`, position);
  }
  return word as IpSetType;
}

function familyOf(name: string, options: string): IpFamily {
  if (/\bfamily inet6\b/.test(options)) return "IPv6";
  return /\bfamily inet\b/.test(options) || !name.startsWith("KUBE-6-") ? "IPv4" : "IPv6";
}

function addMember(set: SetDraft | undefined, text: string | undefined, position: Position): void {
  if (set === undefined || text === undefined) throw new ParseError("a member of no set", { position });
  set.entries.push({ text, origin: undefined });
}
