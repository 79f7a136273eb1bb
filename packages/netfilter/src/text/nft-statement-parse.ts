import type { NftKey, NftStatement, NftVerdictMap } from "../ruleset/nft-expression.ts";
import type { NftFamily } from "../ruleset/nft-table.ts";
import { parseDnat } from "./nft-dnat-parse.ts";
import { protocolBefore } from "./nft-implied-protocol.ts";
import { parseKey } from "./nft-key-parse.ts";
import { parseMatch } from "./nft-match-parse.ts";
import { kindsOfKey } from "./nft-value-kind.ts";
import { acceptVerdict, decimal, markNumber, parseElementKey, parseVerdict } from "./nft-value-parse.ts";
import type { NftWords } from "./nft-words.ts";

/** A rule's statements and its comment, up to the end of the line. */
export interface ParsedRule {
  readonly statements: readonly NftStatement[];
  readonly comment: string | undefined;
}

export function parseRule(words: NftWords, family: NftFamily): ParsedRule {
  const statements: NftStatement[] = [];
  let comment: string | undefined;
  while (comment === undefined && words.peek() !== "\n" && words.peek() !== "}" && words.peek() !== ";") {
    if (words.accept("comment")) comment = words.takeComment();
    else parseStatement(words, family, statements);
  }
  if (statements.length === 0) throw words.error("a rule without a statement");
  return { statements, comment };
}

function parseStatement(words: NftWords, family: NftFamily, statements: NftStatement[]): void {
  const verdict = acceptVerdict(words);
  if (verdict !== undefined) {
    statements.push({ kind: "verdict", verdict });
    return;
  }
  const word = words.peek();
  switch (word) {
    case "reject":
    case "masquerade":
    case "counter":
    case "update":
    case "add":
      words.take("a statement");
      statements.push(...actionOf(words, word, family, statements));
      return;
    case "dnat":
      words.take("a statement");
      statements.push(...parseDnat(words, family, statements));
      return;
  }
  if (word === "@th") statements.push(...parseRawPorts(words));
  else if (isSetMark(words)) statements.push(...parseSetMark(words, family, statements));
  else statements.push(...parseComparison(words, family, statements));
}

function actionOf(
  words: NftWords,
  word: "reject" | "masquerade" | "counter" | "update" | "add",
  family: NftFamily,
  before: readonly NftStatement[],
): NftStatement[] {
  switch (word) {
    case "reject":
      return parseReject(words, before);
    case "masquerade":
      return [parseMasquerade(words)];
    case "counter":
      return [parseCounter(words)];
    default:
      return parseUpdate(words, word, family, before);
  }
}

function parseReject(words: NftWords, before: readonly NftStatement[]): NftStatement[] {
  if (!words.accept("with")) return [{ kind: "reject", with: undefined }];
  const protocol = words.take("what to reject with");
  words.accept("type");
  const answer = words.take("what to reject with");
  const text = `${protocol} ${answer}`;
  if (text === "icmp port-unreachable" || text === "icmpv6 port-unreachable")
    return [{ kind: "reject", with: undefined }];
  const reject: NftStatement = { kind: "reject", with: text };
  return protocol === "tcp" ? [...protocolBefore(6, before), reject] : [reject];
}

function parseMasquerade(words: NftWords): NftStatement {
  const fullyRandom = words.accept("fully-random");
  const next = words.peek();
  if (next === "random" || next === "persistent" || next === "to" || next === ",") {
    throw words.unsupported(`masquerade with "${next}"`, 0);
  }
  return { kind: "masquerade", fullyRandom };
}

function parseCounter(words: NftWords): NftStatement {
  if (words.accept("name")) return { kind: "counter", name: words.takeName("a counter's name") };
  if (!words.accept("packets")) return { kind: "counter", name: undefined };
  const packets = decimal(words, words.take("a number of packets"), "packets", Number.MAX_SAFE_INTEGER);
  words.expect("bytes");
  const bytes = decimal(words, words.take("a number of bytes"), "bytes", Number.MAX_SAFE_INTEGER);
  return { kind: "counter", name: undefined, packets, bytes };
}

function parseUpdate(
  words: NftWords,
  verb: "update" | "add",
  family: NftFamily,
  before: readonly NftStatement[],
): NftStatement[] {
  const set = takeReference(words);
  words.expect("{");
  const { fields, protocol } = parseKey(words, family);
  if (words.peek() !== "}") throw words.unsupported(`"${words.peek()}" in ${verb} @${set}`, 0);
  words.expect("}");
  return [...protocolBefore(protocol, before), { kind: "update-set", verb, set, key: fields }];
}

/** `@th,0,32 0x60005`: how nft lists a source and a destination port of any protocol that are both compared. */
function parseRawPorts(words: NftWords): NftStatement[] {
  for (const part of ["@th", ",", "0", ",", "32"]) {
    if (!words.accept(part)) throw words.unsupported("an nft expression of raw bits", 0);
  }
  const both = markNumber(words, words.take("two ports"));
  const compared = (kind: "sport" | "dport", number: number): NftStatement => {
    return {
      kind: "match",
      key: [{ kind }],
      negated: false,
      right: { kind: "value", value: { kind: "number", number } },
    };
  };
  return [compared("sport", both >>> 16), compared("dport", both & 0xffff)];
}

/** `mark set` or `meta mark set`. */
function isSetMark(words: NftWords): boolean {
  const at = words.peek() === "meta" ? 1 : 0;
  return words.peek(at) === "mark" && words.peek(at + 1) === "set";
}

/** `mark set mark or 0x4000`, `meta mark set meta mark | 0x00004000`, `mark set 5`, `mark set numgen inc mod 2`. */
function parseSetMark(words: NftWords, family: NftFamily, before: readonly NftStatement[]): NftStatement[] {
  words.accept("meta");
  words.expect("mark");
  words.expect("set");
  if (words.peek() === "numgen" || words.peek() === "jhash") return parseSetMarkTo(words, family, before);
  return [parseSetMarkByBits(words)];
}

function parseSetMarkTo(words: NftWords, family: NftFamily, before: readonly NftStatement[]): NftStatement[] {
  const { fields, protocol } = parseKey(words, family);
  const [field, ...more] = fields;
  if (more.length > 0) throw words.error("a mark is set to one number");
  if (words.peek() === "map" || operations.has(words.peek())) {
    throw words.unsupported(`meta mark set ${field!.kind} … ${words.peek()}`, 0);
  }
  return [...protocolBefore(protocol, before), { kind: "set-mark-to", field: field! }];
}

function parseSetMarkByBits(words: NftWords): NftStatement {
  words.accept("meta");
  if (!words.accept("mark"))
    return { kind: "set-mark", operation: "set", value: markNumber(words, words.take("a mark")) };
  const operation = operations.get(words.peek());
  if (operation === undefined) return { kind: "set-mark", operation: "or", value: 0 };
  words.take("an operation");
  return { kind: "set-mark", operation, value: markNumber(words, words.take("a mark")) };
}

const operations: ReadonlyMap<string, "or" | "xor" | "and"> = new Map([
  ["or", "or"],
  ["|", "or"],
  ["xor", "xor"],
  ["^", "xor"],
  ["and", "and"],
  ["&", "and"],
]);

function parseComparison(words: NftWords, family: NftFamily, before: readonly NftStatement[]): NftStatement[] {
  const { fields, protocol } = parseKey(words, family);
  const statement: NftStatement = words.accept("vmap")
    ? { kind: "vmap", key: fields, map: parseVerdictMap(words, fields, family) }
    : parseMatch(words, fields, family);
  return [...protocolBefore(protocol, before), statement];
}

function parseVerdictMap(words: NftWords, key: NftKey, family: NftFamily): NftVerdictMap {
  if (words.peek().startsWith("@")) return { kind: "named", map: takeReference(words) };
  const kinds = kindsOfKey(key, family);
  words.expect("{");
  const elements = [];
  do {
    const elementKey = parseElementKey(words, kinds);
    words.expect(":");
    elements.push({ key: elementKey, verdict: parseVerdict(words) });
  } while (words.accept(",") && words.peek() !== "}");
  words.expect("}");
  return { kind: "anonymous", elements };
}

export function takeReference(words: NftWords): string {
  const word = words.take("a set");
  if (!word.startsWith("@") || word.length === 1) throw words.error(`not a set: ${word}`);
  return word.slice(1);
}
