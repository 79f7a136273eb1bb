import { wordMask } from "@kubenetsim/core/net/cidr";
import { UnsupportedError } from "@kubenetsim/core/runtime/errors";
import type { NftElementKey, NftValue } from "../../ruleset/nft-expression.ts";
import { ctState } from "../packet.ts";
import type { ElementPattern } from "./element-index.ts";

/** Types of a route, as `fib … type` names them (RTN_*, include/uapi/linux/rtnetlink.h). */
const routeTypes: Readonly<Record<string, number>> = {
  unspec: 0,
  unicast: 1,
  local: 2,
  broadcast: 3,
  anycast: 4,
  multicast: 5,
  blackhole: 6,
  unreachable: 7,
  prohibit: 8,
};

/** `ct state` words, each a bit. A packet that conntrack has not seen is invalid (net/netfilter/nft_ct.c). */
const stateBits: Readonly<Record<string, number>> = {
  new: 1 << ctState.new,
  established: 1 << ctState.established,
  related: 1 << ctState.related,
  invalid: (1 << ctState.invalid) | (1 << ctState.untracked),
  // Only a rule that says `notrack` makes such packets.
  untracked: 0,
};

/** `where` names the place for an error's text. */
export function routeType(word: string, where: string): number {
  return wordNumber(routeTypes, "route type", word, where);
}

export function stateBit(word: string, where: string): number {
  return wordNumber(stateBits, "ct state", word, where);
}

function wordNumber(table: Readonly<Record<string, number>>, what: string, word: string, where: string): number {
  const number = table[word];
  if (number === undefined) throw new UnsupportedError(`nft ${what} "${word}"`, where);
  return number;
}

/** An element's key as the words that a packet's are held against. */
export function elementPattern(key: NftElementKey, where: string): ElementPattern {
  const words: number[] = [];
  const mask: number[] = [];
  for (const value of key) addValue(value, words, mask, where);
  return { words, mask: mask.every((word) => word === -1) ? undefined : mask };
}

function addValue(value: NftValue, words: number[], mask: number[], where: string): void {
  switch (value.kind) {
    case "address":
      words.push(...value.words);
      mask.push(...value.words.map(() => -1));
      return;
    case "cidr":
      words.push(...value.cidr.words);
      mask.push(...value.cidr.words.map((_, i) => wordMask(value.cidr.prefix, i)));
      return;
    case "number":
    case "protocol":
      words.push(value.number | 0);
      break;
    case "mark":
      words.push(value.value | 0);
      break;
    case "word":
      words.push(routeType(value.word, where));
      break;
    case "device":
      throw new UnsupportedError("nft set of device names", where);
    default:
      value satisfies never;
  }
  mask.push(-1);
}
