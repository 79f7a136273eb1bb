import type { NftField, NftKey } from "../ruleset/nft-expression.ts";
import type { NftDataType, NftFamily } from "../ruleset/nft-table.ts";

/** What a part of a key holds: it says how its values are read, printed and put in order. */
export type NftValueKind =
  | "ipv4"
  | "ipv6"
  | "port"
  /** A number of `numgen` or `jhash`. */
  | "integer"
  | "protocol"
  | "mark"
  | "device"
  | "ct-state"
  | "ct-status"
  | "fib-type";

const kindOfType: Readonly<Record<NftDataType, NftValueKind>> = {
  ipv4_addr: "ipv4",
  ipv6_addr: "ipv6",
  inet_proto: "protocol",
  inet_service: "port",
  mark: "mark",
  ifname: "device",
};

export function isNftDataType(word: string): word is NftDataType {
  return Object.hasOwn(kindOfType, word);
}

export function kindsOfTypes(types: readonly NftDataType[]): NftValueKind[] {
  return types.map((type) => kindOfType[type]);
}

export function kindsOfKey(key: NftKey, family: NftFamily): NftValueKind[] {
  return key.map((field) => kindOfField(field, family));
}

function kindOfField(field: NftField, family: NftFamily): NftValueKind {
  switch (field.kind) {
    case "saddr":
    case "daddr":
      return family === "ip" ? "ipv4" : "ipv6";
    case "sport":
    case "dport":
      return "port";
    case "l4proto":
      return "protocol";
    case "iifname":
    case "oifname":
      return "device";
    case "numgen":
    case "jhash":
      return "integer";
    default:
      return field.kind;
  }
}
