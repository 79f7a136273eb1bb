import type { IpFamily } from "@kubenetsim/core/net/address";
import { ParseError, type SourcePosition, UnsupportedError } from "@kubenetsim/core/runtime/errors";
import {
  defaultSetOptions,
  type IpSet,
  type IpSetEntry,
  type IpSetOptions,
  type IpSetType,
} from "../ruleset/ip-set.ts";
import { revisions } from "./ipset.ts";
import { parseSetHeader } from "./ipset-header.ts";
import { parseSetMember } from "./ipset-member.ts";
import { utf8Length } from "./utf8-length.ts";

interface SetDraft {
  readonly name: string;
  type: IpSetType;
  family: IpFamily;
  options: IpSetOptions;
  readonly entries: IpSetEntry[];
  readonly known: Set<string>;
}

/** The kernel's limit on a set's name in bytes (IPSET_MAXNAMELEN less the final zero). */
const longestName = 31;

/**
 * Reads what `ipset list` or `ipset save` prints. Members are kept as ipset prints them: `1.1.1.1,80` as `1.1.1.1,tcp:80`. A
 * `bitmap:port` set does not say its family: it is taken from its name as kube-proxy gives it (`KUBE-6-…`).
 *
 * @throws ParseError with the line, worded as ipset 7.17 words it; UnsupportedError for a type of set, an option or a protocol that
 *   is not modelled
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
    else if (line.startsWith("create ")) current = createSet(sets, wordsOf(line), at);
    else if (line.startsWith("add ")) {
      const [, name, ...member] = wordsOf(line);
      addMember(sets.get(name ?? ""), member, { ...at, column: 6 + (name ?? "").length });
    } else if (key === "Name") current = newSet(sets, value!, { ...at, column: 7 });
    else if (key === "Type" && current !== undefined) current.type = setType(value!, current.name, at);
    else if (key === "Header" && current !== undefined) readHeader(current, wordsOf(value!), at);
    else if (key === "Members") inMembers = true;
    else if (key === undefined && inMembers) addMember(current, wordsOf(line), at);
    else if (key === undefined)
      throw new ParseError(`not a line of ipset list or ipset save: ${line}`, { position: at });
  }
  return [...sets.values()].map(({ name, type, family, options, entries }) => ({
    name,
    type,
    family,
    options,
    entries,
  }));
}

function wordsOf(line: string): string[] {
  return line.split(" ").filter((word) => word !== "");
}

function createSet(sets: Map<string, SetDraft>, words: readonly string[], position: SourcePosition): SetDraft {
  const [, name = "", type = "", ...options] = words;
  const set = newSet(sets, name, { ...position, column: 8 });
  set.type = setType(type, name, position);
  readHeader(set, options, position);
  return set;
}

function newSet(sets: Map<string, SetDraft>, name: string, position: SourcePosition): SetDraft {
  if (name === "") throw new ParseError("the name of a set is missing", { position });
  if (sets.has(name)) throw new ParseError(`set ${name} comes twice`, { position });
  if (utf8Length(name) > longestName) {
    throw new ParseError(`setname '${name}' is longer than ${longestName} characters`, { position });
  }
  const family = name.startsWith("KUBE-6-") ? "IPv6" : "IPv4";
  const set: SetDraft = { name, type: "hash:ip", family, options: defaultSetOptions, entries: [], known: new Set() };
  sets.set(name, set);
  return set;
}

function setType(word: string, set: string, position: SourcePosition): IpSetType {
  if (!Object.hasOwn(revisions, word)) {
    throw new UnsupportedError(`ipset type "${word}"`, `set ${set}, line ${position.line}`, position);
  }
  return word as IpSetType;
}

function readHeader(set: SetDraft, words: readonly string[], position: SourcePosition): void {
  const { family, options } = parseSetHeader(set.type, words, position);
  set.options = options;
  if (family !== undefined) set.family = family;
  else if (set.type !== "bitmap:port") set.family = "IPv4";
}

function addMember(set: SetDraft | undefined, words: readonly string[], position: SourcePosition): void {
  if (set === undefined) throw new ParseError("The set with the given name does not exist", { position });
  const [member = "", option] = words;
  if (option !== undefined) throw new UnsupportedError(`ipset option "${option}"`, `line ${position.line}`, position);
  const { text } = parseSetMember(set, member, position);
  if (set.known.has(text)) {
    throw new ParseError("Element cannot be added to the set: it's already added", { position });
  }
  if (set.type !== "bitmap:port" && set.known.size >= set.options.maxElements) {
    throw new ParseError("Hash is full, cannot add more elements", { position });
  }
  set.known.add(text);
  set.entries.push({ text, origin: undefined });
}
