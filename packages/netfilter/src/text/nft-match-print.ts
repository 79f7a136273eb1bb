import type { NftElementKey, NftStatement } from "../ruleset/nft-expression.ts";
import { type AddressInterval, intervalText, lastOf, mergedIntervals } from "./nft-address-text.ts";
import { elementOrder } from "./nft-element-order.ts";
import { braced, isInterval, type StatementForm } from "./nft-statement-form.ts";
import { kindsOfKey } from "./nft-value-kind.ts";
import { elementKeyText, keyText, valueText } from "./nft-value-print.ts";

type Match = NftStatement & { kind: "match" };

/** `ip saddr != 10.0.0.0/8`, `ip daddr @cluster-ips`, `mark and 0x00004000 != 0`. */
export function matchText(match: Match, form: StatementForm): string {
  const prefixed = form.style === "listed" ? prefixedMark(match) : undefined;
  if (prefixed !== undefined) return prefixed;
  const key = keyText(match.key, form.family, form.style, form.ports);
  const operator = match.negated ? "!= " : isMasked(match) ? "== " : "";
  return `${key} ${operator}${rightText(match, form)}`;
}

function rightText(match: Match, form: StatementForm): string {
  switch (match.right.kind) {
    case "named":
      return `@${match.right.set}`;
    case "value":
      return valueText(match.right.value, form.style);
    case "anonymous":
      return braced(elementTexts(match, match.right.elements, form), form.style);
  }
}

function isMasked({ key }: Match): boolean {
  const [field] = key;
  return key.length === 1 && field!.kind === "mark" && field!.mask !== undefined;
}

/** A mask that starts with ones is printed as a prefix (`meta mark != 0x00000000/1`), one of ones alone not at all. */
function prefixedMark(match: Match): string | undefined {
  const [field] = match.key;
  const { right } = match;
  if (field!.kind !== "mark" || field!.mask === undefined || right.kind !== "value") return undefined;
  const length = prefixLength(field!.mask);
  if (length === undefined) return undefined;
  const value = valueText(right.value, "listed");
  return `meta mark ${match.negated ? "!= " : ""}${value}${length === 32 ? "" : `/${length}`}`;
}

function prefixLength(mask: number): number | undefined {
  const length = Math.clz32(~mask);
  return length === 32 || (mask << length) >>> 0 === 0 ? length : undefined;
}

/** The elements of a set without a name; where one is a range, nft lists all as ranges in order, those that touch made one. */
function elementTexts(match: Match, elements: readonly NftElementKey[], form: StatementForm): string[] {
  if (form.style === "fed") return elements.map((key) => elementKeyText(key, "fed"));
  const kinds = kindsOfKey(match.key, form.family);
  const intervals = elements.some((key) => key.some(isInterval));
  const addresses = kinds.length === 1 && (kinds[0] === "ipv4" || kinds[0] === "ipv6");
  if (addresses && intervals) return mergedIntervals(elements.map(intervalOf)).map(intervalText);
  const sorted = [...elements].sort(elementOrder(kinds, intervals));
  return distinct(withoutCovered(sorted).map((key) => elementKeyText(key, "listed")));
}

function intervalOf(key: NftElementKey): AddressInterval {
  const value = key[0]!;
  if (value.kind === "cidr") return { first: value.cidr.words, last: lastOf(value.cidr) };
  const words = value.kind === "address" ? value.words : [];
  return { first: words, last: words };
}

/** `veth0` beside `veth*` is merged into it. */
function withoutCovered(sorted: readonly NftElementKey[]): NftElementKey[] {
  return sorted.filter(
    ([value, ...more]) =>
      more.length > 0 || value!.kind !== "device" || !sorted.some(([other]) => covers(other!, value!)),
  );
}

function covers(wide: NftElementKey[number], narrow: NftElementKey[number]): boolean {
  if (wide.kind !== "device" || narrow.kind !== "device" || wide.name === narrow.name) return false;
  return wide.name.endsWith("*") && narrow.name.startsWith(wide.name.slice(0, -1));
}

function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}
