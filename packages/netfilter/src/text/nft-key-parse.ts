import type { NftField, NftKey } from "../ruleset/nft-expression.ts";
import type { NftFamily } from "../ruleset/nft-table.ts";
import { nftProtocolNumber, portProtocols } from "./nft-symbols.ts";
import { markNumber, nftNumber } from "./nft-value-parse.ts";
import type { NftWords } from "./nft-words.ts";

/** A key, and the protocol that `tcp dport` in it asks for beside the port. */
export interface ParsedKey {
  readonly fields: readonly NftField[];
  readonly protocol: number | undefined;
}

/** `ip daddr . meta l4proto . th dport`. */
export function parseKey(words: NftWords, family: NftFamily): ParsedKey {
  const fields: NftField[] = [];
  let protocol: number | undefined;
  do {
    if (words.accept("jhash")) {
      const hashed = parseKey(words, family);
      protocol ??= hashed.protocol;
      fields.push(jhashField(words, hashed.fields));
    } else {
      protocol ??= portProtocol(words.peek());
      fields.push(parseField(words, family));
    }
  } while (words.accept("."));
  return { fields, protocol };
}

function portProtocol(word: string): number | undefined {
  const number = nftProtocolNumber(word);
  return number !== undefined && portProtocols.get(number) === word ? number : undefined;
}

function parseField(words: NftWords, family: NftFamily): NftField {
  const word = words.take("a statement");
  switch (word) {
    case "ip":
    case "ip6":
      return addressField(words, word, family);
    case "th":
    case "tcp":
    case "udp":
    case "dccp":
    case "sctp":
    case "udplite":
      return portField(words, word);
    case "meta":
      return metaField(words, words.take("what of the packet's metadata"));
    case "mark":
    case "iifname":
    case "oifname":
      return metaField(words, word);
    case "ct":
      return ctField(words);
    case "fib":
      return fibField(words);
    case "numgen":
      return numgenField(words);
    default:
      throw words.unsupported(`nft statement "${word}"`);
  }
}

function addressField(words: NftWords, header: "ip" | "ip6", family: NftFamily): NftField {
  const kind = words.take("a field");
  if (header !== family) throw words.error(`conflicting protocols specified: ${family} vs. ${header}`);
  if (kind !== "saddr" && kind !== "daddr") throw words.unsupported(`nft expression "${header} ${kind}"`);
  if (words.peek() === "&" || words.peek() === "and") throw words.unsupported(`nft expression "${header} ${kind} & …"`);
  return { kind };
}

function portField(words: NftWords, header: string): NftField {
  const kind = words.take("a field");
  if (kind !== "sport" && kind !== "dport") throw words.unsupported(`nft expression "${header} ${kind}"`);
  return { kind };
}

function metaField(words: NftWords, kind: string): NftField {
  switch (kind) {
    case "l4proto":
    case "iifname":
    case "oifname":
      return { kind };
    case "mark":
      return {
        kind,
        mask: words.accept("and") || words.accept("&") ? markNumber(words, words.take("a mask")) : undefined,
      };
    default:
      throw words.unsupported(`nft expression "meta ${kind}"`);
  }
}

function ctField(words: NftWords): NftField {
  const key = words.take("what of the connection");
  if (key === "state") return { kind: "ct-state" };
  if (key !== "status") throw words.unsupported(`nft expression "ct ${key}"`);
  return { kind: "ct-status" };
}

function fibField(words: NftWords): NftField {
  const of = words.take("a field");
  const result = words.take("a result of fib");
  if ((of !== "saddr" && of !== "daddr") || result !== "type")
    throw words.unsupported(`nft expression "fib ${of} ${result}"`);
  return { kind: "fib-type", of };
}

function numgenField(words: NftWords): NftField {
  const mode = words.take("a kind of numgen");
  if (mode !== "random" && mode !== "inc") throw words.error(`not a kind of numgen: ${mode}`);
  const modulus = takeModulus(words);
  return { kind: "numgen", mode, modulus, offset: acceptOffset(words, modulus) };
}

/** What follows `jhash KEY`. */
function jhashField(words: NftWords, of: NftKey): NftField {
  const modulus = takeModulus(words);
  const seed = words.accept("seed") ? takeWord32(words, "a seed") : undefined;
  return { kind: "jhash", of, modulus, seed, offset: acceptOffset(words, modulus) };
}

/** Refused as the kernel does (net/netfilter/nft_numgen.c, nft_hash.c). */
function takeModulus(words: NftWords): number {
  words.expect("mod");
  const modulus = takeWord32(words, "a modulus");
  if (modulus === 0) throw words.error("Could not process rule: Numerical result out of range");
  return modulus;
}

function acceptOffset(words: NftWords, modulus: number): number {
  if (!words.accept("offset")) return 0;
  const offset = takeWord32(words, "an offset");
  if (offset + modulus > 2 ** 32) throw words.error("Could not process rule: Value too large for defined data type");
  return offset;
}

/** nft reads 64 bits and keeps the lower half. */
function takeWord32(words: NftWords, what: string): number {
  const word = words.take(what);
  const number = nftNumber(word);
  if (number === undefined) throw words.error(`not a number: ${word}`);
  return Number(BigInt.asUintN(32, number));
}
