import { formatAddress } from "@kubenetsim/core/net/address";
import type { NftElementKey, NftValue } from "@kubenetsim/netfilter/ruleset/nft-expression";
import type { NftElement } from "@kubenetsim/netfilter/ruleset/nft-table";

/** `10.96.0.1 . 6 . 80`: two elements of one container are the same when their keys' texts are. */
export function elementKeyText(key: NftElementKey): string {
  return key.map(valueText).join(" . ");
}

/** What a map's element leads to; "" for an element of a set. kube-proxy writes an element anew when this differs. */
export function elementValueText({ verdict }: NftElement): string {
  if (verdict === undefined) return "";
  return verdict.kind === "goto" || verdict.kind === "jump" ? `${verdict.kind} ${verdict.chain}` : verdict.kind;
}

function valueText(value: NftValue): string {
  switch (value.kind) {
    case "address":
      return formatAddress(value.words);
    case "number":
    case "protocol":
      return String(value.number);
    default:
      return JSON.stringify(value);
  }
}
