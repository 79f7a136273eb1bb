import type { AddressWords } from "@kubenetsim/core/net/address";
import type { NftElementKey, NftValue } from "../../ruleset/nft-expression.ts";
import type { NftDataType } from "../../ruleset/nft-table.ts";

/** A key of these types from its words. */
export function keyOf(types: readonly NftDataType[], words: readonly number[]): NftElementKey {
  let at = 0;
  return types.map((type) => {
    const width = type === "ipv6_addr" ? 4 : 1;
    at += width;
    return keyPart(type, words.slice(at - width, at));
  });
}

function keyPart(type: NftDataType, words: AddressWords): NftValue {
  switch (type) {
    case "ipv4_addr":
    case "ipv6_addr":
      return { kind: "address", words };
    case "inet_proto":
      return { kind: "protocol", number: words[0]! };
    case "inet_service":
      return { kind: "number", number: words[0]! };
    case "mark":
      return { kind: "mark", value: words[0]! };
    case "ifname":
      return { kind: "device", name: "" };
  }
}
