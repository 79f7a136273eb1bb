import { compareAddresses } from "@kubenetsim/core/net/address";
import type { NftElementKey, NftValue } from "../ruleset/nft-expression.ts";
import { ctStates, ctStatuses, fibTypes } from "./nft-symbols.ts";
import type { NftValueKind } from "./nft-value-kind.ts";

/**
 * The order in which nft lists the elements of a set: a single field by its value; several joined, by all their bytes read as
 * one little-endian number (each field starts at a multiple of four bytes), so that the last byte counts most.
 */
export function elementOrder(
  kinds: readonly NftValueKind[],
  intervals: boolean,
): (a: NftElementKey, b: NftElementKey) => number {
  const [only] = kinds;
  if (kinds.length === 1) return (a, b) => compareSingle(a[0]!, b[0]!, only!, intervals);
  // Elements of joined fields that are ranges stay as they were added.
  if (intervals) return () => 0;
  return (a, b) => {
    for (let i = kinds.length - 1; i >= 0; i--) {
      const order = compareLittleEndian(a[i]!, b[i]!, kinds[i]!);
      if (order !== 0) return order;
    }
    return 0;
  };
}

function compareSingle(a: NftValue, b: NftValue, kind: NftValueKind, intervals: boolean): number {
  if (kind === "ipv4" || kind === "ipv6") return compareAddresses(firstWords(a), firstWords(b));
  if (kind === "device" && intervals) return compareTexts(deviceName(a), deviceName(b));
  if (kind === "device") return compareNames(deviceName(a), deviceName(b));
  return rank(a, kind) - rank(b, kind);
}

function compareLittleEndian(a: NftValue, b: NftValue, kind: NftValueKind): number {
  if (kind === "device") return compareNames(deviceName(a), deviceName(b));
  if (kind === "port") return swapped16(rank(a, kind)) - swapped16(rank(b, kind));
  if (kind !== "ipv4" && kind !== "ipv6") return rank(a, kind) - rank(b, kind);
  const first = firstWords(a);
  const second = firstWords(b);
  for (let i = first.length - 1; i >= 0; i--) {
    if (first[i] !== second[i]) return swapped32(first[i]!) - swapped32(second[i]!);
  }
  return 0;
}

function swapped16(value: number): number {
  return ((value & 0xff) << 8) | (value >>> 8);
}

function swapped32(word: number): number {
  return swapped16(word & 0xffff) * 0x10000 + swapped16(word >>> 16);
}

function firstWords(value: NftValue): readonly number[] {
  if (value.kind === "address") return value.words;
  return value.kind === "cidr" ? value.cidr.words : [];
}

function deviceName(value: NftValue): string {
  return value.kind === "device" ? value.name : "";
}

/** Names as little-endian numbers: the longer is greater, then the last character counts most. */
function compareNames(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  for (let i = a.length - 1; i >= 0; i--) {
    if (a[i] !== b[i]) return a.charCodeAt(i) - b.charCodeAt(i);
  }
  return 0;
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function rank(value: NftValue, kind: NftValueKind): number {
  switch (value.kind) {
    case "number":
    case "protocol":
      return value.number;
    case "mark":
      return value.value >>> 0;
    case "word":
      return (kind === "ct-state" ? ctStates : kind === "ct-status" ? ctStatuses : fibTypes).indexOf(value.word);
    default:
      return 0;
  }
}
