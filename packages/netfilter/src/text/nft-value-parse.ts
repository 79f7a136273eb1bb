import { parseAddressWords } from "@kubenetsim/core/net/address";
import { parseCidr } from "@kubenetsim/core/net/cidr";
import type { NftElementKey, NftValue, NftVerdict } from "../ruleset/nft-expression.ts";
import { intervalCidrs } from "./nft-address-text.ts";
import { ctStates, ctStatuses, fibTypes, nftProtocolNumber } from "./nft-symbols.ts";
import type { NftValueKind } from "./nft-value-kind.ts";
import type { NftWords } from "./nft-words.ts";

/** `10.0.0.1 . tcp . 80`: one value for each kind. */
export function parseElementKey(words: NftWords, kinds: readonly NftValueKind[]): NftElementKey {
  return kinds.map((kind, i) => {
    if (i > 0) words.expect(".");
    return parseValue(words, kind);
  });
}

export function parseValue(words: NftWords, kind: NftValueKind): NftValue {
  const word = words.take("a value");
  switch (kind) {
    case "ipv4":
    case "ipv6":
      return addressValue(words, word, kind);
    case "port":
      return { kind: "number", number: decimal(words, word, "a port", 65_535) };
    case "integer":
      return { kind: "number", number: integer(words, word) };
    case "protocol":
      return { kind: "protocol", number: protocol(words, word) };
    case "mark":
      return { kind: "mark", value: markNumber(words, word) };
    case "device":
      return { kind: "device", name: word };
    case "ct-state":
      return { kind: "word", word: knownWord(words, word, ctStates, "ct state") };
    case "ct-status":
      return { kind: "word", word: knownWord(words, word, ctStatuses, "ct status") };
    case "fib-type":
      return { kind: "word", word: knownWord(words, word, fibTypes, "fib type") };
  }
}

/** The next word is a range of addresses (`1.2.3.4-1.2.3.9`): the prefixes that cover it; else undefined. */
export function acceptAddressRange(words: NftWords, kind: NftValueKind): NftValue[] | undefined {
  if (kind !== "ipv4" && kind !== "ipv6") return undefined;
  const [from, to, ...more] = words.peek().split("-");
  const first = parseAddressWords(from ?? "");
  const last = parseAddressWords(to ?? "");
  if (first === undefined || last === undefined || more.length > 0) return undefined;
  checkFamily(words, words.take("a range"), first.length, kind);
  if (last.length !== first.length) throw words.error("the ends of a range are of two families");
  return intervalCidrs({ first, last }).map((cidr) => ({ kind: "cidr", cidr }));
}

function addressValue(words: NftWords, word: string, kind: "ipv4" | "ipv6"): NftValue {
  const address = parseAddressWords(word);
  if (address !== undefined) {
    checkFamily(words, word, address.length, kind);
    return { kind: "address", words: address };
  }
  const cidr = parseCidr(word);
  if (cidr === undefined) {
    if (/^[0-9a-f.:]+-[0-9a-f.:]+$/i.test(word)) throw words.unsupported(`a range of addresses here ("${word}")`);
    throw words.error(`not an address: ${word}`);
  }
  checkFamily(words, word, cidr.words.length, kind);
  return { kind: "cidr", cidr };
}

function checkFamily(words: NftWords, word: string, length: number, kind: "ipv4" | "ipv6"): void {
  if (length !== (kind === "ipv4" ? 1 : 4)) {
    throw words.error(`not an ${kind === "ipv4" ? "IPv4" : "IPv6"} address: ${word}`);
  }
}

export function decimal(words: NftWords, word: string, what: string, max: number): number {
  if (/^\d+-\d+$/.test(word)) throw words.unsupported(`a range of numbers ("${word}")`);
  if (!/^\d+$/.test(word) || Number(word) > max) throw words.error(`${what} is not a number from 0 to ${max}: ${word}`);
  return Number(word);
}

/** Of 32 bits, in any base that nft reads. */
function integer(words: NftWords, word: string): number {
  if (/^\d+-\d+$/.test(word)) throw words.unsupported(`a range of numbers ("${word}")`);
  const number = nftNumber(word);
  if (number === undefined || number > 0xffffffff) {
    throw words.error(`a number is not a number from 0 to ${0xffffffff}: ${word}`);
  }
  return Number(number);
}

/** Decimal, hexadecimal with `0x`, octal with a leading 0, up to 64 bits; undefined for anything else (nft's scanner.l). */
export function nftNumber(word: string): bigint | undefined {
  if (!/^(?:0x[0-9a-f]{1,16}|0[0-7]*|[1-9]\d{0,19})$/i.test(word)) return undefined;
  const number = BigInt(word.replace(/^0(?=\d)/, "0o"));
  return number < 2n ** 64n ? number : undefined;
}

/** Decimal or `0x…`, 32 bits. */
export function markNumber(words: NftWords, word: string): number {
  if (/^0x[0-9a-f]{1,8}$/i.test(word)) return Number.parseInt(word, 16);
  return decimal(words, word, "a mark", 0xffffffff);
}

export function protocol(words: NftWords, word: string): number {
  const number = nftProtocolNumber(word);
  if (number === undefined) throw words.error(`unknown protocol: ${word}`);
  return number;
}

export function knownWord(words: NftWords, word: string, known: readonly string[], what: string): string {
  if (!known.includes(word)) throw words.unsupported(`${what} "${word}"`);
  return word;
}

export function parseVerdict(words: NftWords): NftVerdict {
  const verdict = acceptVerdict(words);
  if (verdict === undefined) throw words.error(`not a verdict: ${words.peek()}`, 0);
  return verdict;
}

/** A verdict, where the next word starts one. */
export function acceptVerdict(words: NftWords): NftVerdict | undefined {
  const kind = words.peek();
  switch (kind) {
    case "accept":
    case "drop":
    case "return":
    case "continue":
      words.take("a verdict");
      return { kind };
    case "jump":
    case "goto":
      words.take("a verdict");
      return { kind, chain: words.takeName("a chain's name") };
    default:
      return undefined;
  }
}
