import type { NftElementKey, NftValue } from "../ruleset/nft-expression.ts";

/** The key of an element as text: two keys of one set are the same when, and only when, their texts are. */
export function nftKeyText(key: NftElementKey): string {
  if (key.length === 1) return valueText(key[0]!);
  let text = "";
  for (const value of key) text += `${valueText(value)}.`;
  return text;
}

function valueText(value: NftValue): string {
  switch (value.kind) {
    case "address":
      return value.words.length === 1 ? String(value.words[0]) : value.words.join(",");
    case "cidr":
      return `${value.cidr.words.join(",")}/${value.cidr.prefix}`;
    case "number":
    case "protocol":
      return String(value.number);
    case "mark":
      return String(value.value);
    case "device":
      return value.name;
    case "word":
      return value.word;
  }
}
