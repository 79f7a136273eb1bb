import { addToAddress } from "@kubenetsim/core/net/address";
import type { NftElementKey, NftKey, NftRight, NftStatement, NftValue } from "../ruleset/nft-expression.ts";
import type { NftFamily } from "../ruleset/nft-table.ts";
import { lastOf } from "./nft-address-text.ts";
import { ctStates, ctStatuses } from "./nft-symbols.ts";
import { kindsOfKey, type NftValueKind } from "./nft-value-kind.ts";
import { acceptAddressRange, knownWord, markNumber, parseElementKey, parseValue } from "./nft-value-parse.ts";
import type { NftWords } from "./nft-words.ts";

/** What follows the key of a comparison: `!= 10.0.0.0/8`, `@set`, `{ 1.2.3.4, 10.0.0.0/8 }`. */
export function parseMatch(words: NftWords, key: NftKey, family: NftFamily): NftStatement {
  const negated = parseOperator(words);
  const kinds = kindsOfKey(key, family);
  const kind = kinds[0]!;
  if (words.peek().startsWith("@")) {
    const set = words.take("a set").slice(1);
    return { kind: "match", key, negated, right: { kind: "named", set } };
  }
  if (words.accept("{")) {
    if (kind === "ct-status") throw words.unsupported("ct status against a set");
    const elements = parseElements(words, kinds);
    if (kinds.length === 1) for (const [value] of elements) checkInteger(words, key[0]!, value!);
    return { kind: "match", key, negated, right: { kind: "anonymous", elements } };
  }
  if (kinds.length > 1) throw words.error("a concatenation is compared with a set only", 0);
  if (kind === "ct-state" || kind === "ct-status") return flagMatch(words, key, negated, kind);
  const masked = key[0]!.kind === "mark" ? acceptPrefixedMark(words) : undefined;
  if (masked !== undefined) return { kind: "match", key: [masked.field], negated, right: masked.right };
  const value = parseValue(words, kind);
  checkInteger(words, key[0]!, value);
  return { kind: "match", key, negated, right: { kind: "value", value } };
}

/** nft knows the largest number that a field can come to; but not in maps and in keys of several fields. */
function checkInteger(words: NftWords, field: NftKey[number], value: NftValue): void {
  if ((field.kind !== "numgen" && field.kind !== "jhash") || value.kind !== "number") return;
  const largest = field.modulus + field.offset - 1;
  if (largest > 0 && value.number > largest) {
    throw words.error(`Value ${value.number} exceeds valid range 0-${largest}`);
  }
}

function parseOperator(words: NftWords): boolean {
  if (words.accept("!=") || words.accept("ne")) return true;
  if (words.peek() === "!" || words.peek() === "<" || words.peek() === ">" || words.peek() === "&") {
    throw words.unsupported(`nft operator "${words.peek()}"`, 0);
  }
  if (!words.accept("==")) words.accept("eq");
  return false;
}

/** `established,related`: any of them. */
function flagMatch(words: NftWords, key: NftKey, negated: boolean, kind: "ct-state" | "ct-status"): NftStatement {
  const known = kind === "ct-state" ? ctStates : ctStatuses;
  const flags = new Set<string>();
  do flags.add(knownWord(words, words.take("a state"), known, kind.replace("-", " ")));
  while (words.accept(",") || words.accept("|"));
  if (negated && (flags.size > 1 || kind === "ct-status"))
    throw words.unsupported(`${kind.replace("-", " ")} != of flags`);
  const word = known.filter((flag) => flags.has(flag)).join(",");
  return { kind: "match", key, negated, right: { kind: "value", value: { kind: "word", word } } };
}

/** `0x12000000/8`: how nft prints a comparison under a mask that is a prefix. */
function acceptPrefixedMark(words: NftWords): { field: NftKey[number]; right: NftRight } | undefined {
  const [value, bits] = words.peek().split("/");
  if (bits === undefined || !/^\d+$/.test(bits) || Number(bits) > 32) return undefined;
  words.take("a mark");
  const mask = Number(bits) === 0 ? 0 : (-1 << (32 - Number(bits))) >>> 0;
  const mark = { kind: "mark", value: markNumber(words, value!) } as const;
  return { field: { kind: "mark", mask }, right: { kind: "value", value: mark } };
}

function parseElements(words: NftWords, kinds: readonly NftValueKind[]): readonly NftElementKey[] {
  const elements: NftElementKey[] = [];
  do {
    const range = kinds.length === 1 ? acceptAddressRange(words, kinds[0]!) : undefined;
    if (range !== undefined) elements.push(...range.map((value) => [value]));
    else elements.push(parseElementKey(words, kinds));
    if (words.peek() === ":") throw words.unsupported("a map here", 0);
  } while (words.accept(",") && words.peek() !== "}");
  words.expect("}");
  return words.listed && elements.length === 1 ? keptAsSet(elements[0]!) : elements;
}

/**
 * A set of one element stands in a listing only where several were merged into it (one alone is printed without braces), so
 * that it stays several: a prefix as its halves.
 */
function keptAsSet(element: NftElementKey): NftElementKey[] {
  const value = element[0]!;
  if (element.length > 1) return [element];
  return halves(value).map((half) => [half]);
}

function halves(value: NftValue): NftValue[] {
  if (value.kind !== "cidr" || value.cidr.prefix === value.cidr.words.length * 32) return [value, value];
  const low = { words: value.cidr.words, prefix: value.cidr.prefix + 1 };
  const high = addToAddress(lastOf(low), 1);
  return [
    { kind: "cidr", cidr: low },
    { kind: "cidr", cidr: { words: high, prefix: low.prefix } },
  ];
}
