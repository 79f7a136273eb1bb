import { parseAddressWords } from "@kubenetsim/core/net/address";
import type { NftElementKey, NftEndpoint, NftStatement } from "../ruleset/nft-expression.ts";
import type { NftFamily } from "../ruleset/nft-table.ts";
import { protocolBefore } from "./nft-implied-protocol.ts";
import { parseKey } from "./nft-key-parse.ts";
import { kindsOfKey } from "./nft-value-kind.ts";
import { decimal, parseElementKey } from "./nft-value-parse.ts";
import type { NftWords } from "./nft-words.ts";

/** What follows `dnat`: `to 10.0.0.1:80`, `ip addr . port to numgen random mod 2 map { … }` or, listed, `ip to numgen …`. */
export function parseDnat(words: NftWords, family: NftFamily, before: readonly NftStatement[]): NftStatement[] {
  parseTarget(words, family);
  const to = acceptEndpoint(words, family);
  if (to === undefined) return parseMap(words, family, before);
  rejectOptions(words);
  return [{ kind: "dnat", to }];
}

function parseTarget(words: NftWords, family: NftFamily): void {
  const header = words.peek();
  if (words.accept("ip") || words.accept("ip6")) {
    if (header !== family) throw words.error(`conflicting protocols specified: ${family} vs. ${header}`);
    if (words.accept("addr")) {
      words.expect(".");
      words.expect("port");
    }
  }
  words.expect("to");
}

/** `10.0.0.1`, `10.0.0.1:80`, `fd00::1`, `[fd00::1]:80`. */
function acceptEndpoint(words: NftWords, family: NftFamily): NftEndpoint | undefined {
  const pattern = family === "ip" ? /^([0-9.]+)(?::(-?\d+))?$/ : /^\[([0-9a-f:.]+)\](?::(-?\d+))?$|^([0-9a-f:.]+)$/i;
  const match = pattern.exec(words.peek());
  const address = parseAddressWords(match?.[1] ?? match?.[3] ?? "");
  if (match === null || address === undefined || address.length !== (family === "ip" ? 1 : 4)) return undefined;
  words.take("an address");
  return { address, port: match[2] === undefined ? undefined : decimal(words, match[2], "a port", 65_535) };
}

function parseMap(words: NftWords, family: NftFamily, before: readonly NftStatement[]): NftStatement[] {
  if (/^\[?[0-9]/.test(words.peek())) throw words.unsupported(`dnat to "${words.peek()}"`, 0);
  const { fields, protocol } = parseKey(words, family);
  words.expect("map");
  if (words.peek().startsWith("@")) throw words.unsupported("dnat by a map with a name", 0);
  words.expect("{");
  const kinds = kindsOfKey(fields, family);
  const elements: { key: NftElementKey; to: NftEndpoint }[] = [];
  do {
    const key = parseElementKey(words, kinds);
    words.expect(":");
    elements.push({ key, to: parseMapped(words, family) });
  } while (words.accept(",") && words.peek() !== "}");
  words.expect("}");
  rejectOptions(words);
  return [...protocolBefore(protocol, before), { kind: "dnat-map", key: fields, elements }];
}

function parseMapped(words: NftWords, family: NftFamily): NftEndpoint {
  const address = parseAddressWords(words.take("an address"));
  if (address?.length !== (family === "ip" ? 1 : 4)) throw words.error("not an address of the table's family");
  const port = words.accept(".") ? decimal(words, words.take("a port"), "a port", 65_535) : undefined;
  return { address, port };
}

function rejectOptions(words: NftWords): void {
  const next = words.peek();
  if (next === "random" || next === "fully-random" || next === "persistent") {
    throw words.unsupported(`dnat with "${next}"`, 0);
  }
}
