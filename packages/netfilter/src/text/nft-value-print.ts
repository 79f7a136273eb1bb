import type { NftElementKey, NftKey, NftValue, NftVerdict } from "../ruleset/nft-expression.ts";
import type { NftElement, NftFamily } from "../ruleset/nft-table.ts";
import { nftAddress } from "./nft-address-text.ts";
import { formatNftDuration } from "./nft-duration.ts";
import { nftProtocolWord } from "./nft-symbols.ts";

/** `fed`: as knftables writes it for `nft -f`; `listed`: as `nft list` prints it. */
export type NftStyle = "fed" | "listed";

export function valueText(value: NftValue, style: NftStyle): string {
  switch (value.kind) {
    case "address":
      return nftAddress(value.words);
    case "cidr":
      return cidrText(value.cidr, style);
    case "number":
      return String(value.number);
    case "protocol":
      return nftProtocolWord(value.number);
    case "mark":
      return markText(value.value, style);
    case "device":
      return style === "listed" ? `"${value.name}"` : value.name;
    case "word":
      return value.word;
  }
}

function cidrText(cidr: { readonly words: readonly number[]; readonly prefix: number }, style: NftStyle): string {
  const address = nftAddress(cidr.words);
  return style === "listed" && cidr.prefix === cidr.words.length * 32 ? address : `${address}/${cidr.prefix}`;
}

/** `0x00004000`; fed, zero goes without `0x`. */
export function markText(mark: number, style: NftStyle): string {
  if (mark === 0 && style === "fed") return "0";
  return `0x${(mark >>> 0).toString(16).padStart(8, "0")}`;
}

export function elementKeyText(key: NftElementKey, style: NftStyle): string {
  return key.map((value) => valueText(value, style)).join(" . ");
}

export function verdictText(verdict: NftVerdict): string {
  return verdict.kind === "jump" || verdict.kind === "goto" ? `${verdict.kind} ${verdict.chain}` : verdict.kind;
}

/** An element of a set with a name: `10.96.0.12 . tcp . 80 comment "default/empty:http" : goto reject-chain`. */
export function elementText(element: NftElement, style: NftStyle): string {
  let text = elementKeyText(element.key, style);
  if (element.timeoutSeconds !== undefined) text += ` timeout ${formatNftDuration(element.timeoutSeconds)}`;
  if (element.expiresSeconds !== undefined) text += ` expires ${formatNftDuration(element.expiresSeconds)}`;
  if (element.comment !== undefined) text += ` comment "${element.comment}"`;
  if (element.verdict !== undefined) text += ` : ${verdictText(element.verdict)}`;
  else if (element.value !== undefined) text += ` : ${elementKeyText(element.value, style)}`;
  return text;
}

/** @param ports what stands before `sport` and `dport`: `th`, or the protocol that the rule is known to be about */
export function keyText(key: NftKey, family: NftFamily, style: NftStyle, ports: string): string {
  return key.map((field) => fieldText(field, family, style, ports)).join(" . ");
}

function fieldText(field: NftKey[number], family: NftFamily, style: NftStyle, ports: string): string {
  switch (field.kind) {
    case "saddr":
    case "daddr":
      return `${family} ${field.kind}`;
    case "sport":
    case "dport":
      return `${ports} ${field.kind}`;
    case "l4proto":
      return "meta l4proto";
    case "iifname":
    case "oifname":
      return field.kind;
    case "mark":
      return maskedMark(field.mask, style);
    case "ct-state":
      return "ct state";
    case "ct-status":
      return "ct status";
    case "fib-type":
      return `fib ${field.of} type`;
    case "numgen":
      return `numgen ${field.mode} mod ${field.modulus}${offsetText(field.offset)}`;
    case "jhash": {
      const seed = field.seed === undefined ? "" : ` seed 0x${field.seed.toString(16)}`;
      return `jhash ${keyText(field.of, family, style, ports)} mod ${field.modulus}${seed}${offsetText(field.offset)}`;
    }
  }
}

function offsetText(offset: number): string {
  return offset === 0 ? "" : ` offset ${offset}`;
}

function maskedMark(mask: number | undefined, style: NftStyle): string {
  const mark = style === "listed" ? "meta mark" : "mark";
  if (mask === undefined) return mark;
  return `${mark} ${style === "listed" ? "&" : "and"} ${markText(mask, style)}`;
}
