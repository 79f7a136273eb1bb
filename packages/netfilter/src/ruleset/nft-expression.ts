import type { AddressWords } from "@kubenetsim/core/net/address";
import type { Cidr } from "@kubenetsim/core/net/cidr";

/** What an nft expression reads from the packet, its metadata or its connection. `ip` or `ip6` is the table's family. */
export type NftField =
  | { readonly kind: "saddr" | "daddr" }
  /** `th sport`, `th dport`: of TCP, UDP or SCTP. */
  | { readonly kind: "sport" | "dport" }
  | { readonly kind: "l4proto" }
  /** `meta iifname`, `meta oifname`. */
  | { readonly kind: "iifname" | "oifname" }
  /** `meta mark`, under a mask where the rule has `& mask`. */
  | { readonly kind: "mark"; readonly mask: number | undefined }
  | { readonly kind: "ct-state" | "ct-status" }
  /** `fib saddr type`, `fib daddr type`. */
  | { readonly kind: "fib-type"; readonly of: "saddr" | "daddr" }
  /** `numgen random mod N`, `numgen inc mod N offset M`: a number from the offset on, modulus of them. */
  | { readonly kind: "numgen"; readonly mode: "random" | "inc"; readonly modulus: number; readonly offset: number }
  /** `jhash KEY mod N seed 0x… offset M`: the key's hash as such a number. Without a seed the kernel draws one for the rule. */
  | {
      readonly kind: "jhash";
      readonly of: NftKey;
      readonly modulus: number;
      readonly seed: number | undefined;
      readonly offset: number;
    };

/** One field, or several joined with dots: what is looked up or compared. */
export type NftKey = readonly NftField[];

/** One part of a key's value. */
export type NftValue =
  | { readonly kind: "address"; readonly words: AddressWords }
  | { readonly kind: "cidr"; readonly cidr: Cidr }
  /** A port, or a number of `numgen` or `jhash`. */
  | { readonly kind: "number"; readonly number: number }
  /** IANA number. */
  | { readonly kind: "protocol"; readonly number: number }
  | { readonly kind: "mark"; readonly value: number }
  /** A `*` at its end stands for any rest. */
  | { readonly kind: "device"; readonly name: string }
  /** `new`, `dnat`, `local` …; of `ct state` and `ct status` also several (`established,related`): any of them. */
  | { readonly kind: "word"; readonly word: string };

export type NftVerdict =
  | { readonly kind: "accept" | "drop" | "return" | "continue" }
  | { readonly kind: "jump" | "goto"; readonly chain: string };

/** What a key is held against: one value, a set with a name, or a set written out in the rule. */
export type NftRight =
  | { readonly kind: "value"; readonly value: NftValue }
  | { readonly kind: "named"; readonly set: string }
  | { readonly kind: "anonymous"; readonly elements: readonly NftElementKey[] };

export type NftElementKey = readonly NftValue[];

/** `vmap`: a key's verdict, from a map with a name or from one written out in the rule. */
export type NftVerdictMap =
  | { readonly kind: "named"; readonly map: string }
  | {
      readonly kind: "anonymous";
      readonly elements: readonly { readonly key: NftElementKey; readonly verdict: NftVerdict }[];
    };

/** Where `dnat` sends to. */
export interface NftEndpoint {
  readonly address: AddressWords;
  readonly port: number | undefined;
}

/** One statement or comparison of a rule, in the order in which they are carried out. What is not here is an `UnsupportedError`. */
export type NftStatement =
  | { readonly kind: "match"; readonly key: NftKey; readonly negated: boolean; readonly right: NftRight }
  | { readonly kind: "vmap"; readonly key: NftKey; readonly map: NftVerdictMap }
  | { readonly kind: "verdict"; readonly verdict: NftVerdict }
  /** `with` undefined: icmp port-unreachable. */
  | { readonly kind: "reject"; readonly with: string | undefined }
  /** `meta mark set meta mark | value`, `^ value`, or a plain value. */
  | { readonly kind: "set-mark"; readonly operation: "or" | "xor" | "and" | "set"; readonly value: number }
  /** `meta mark set jhash …`, `meta mark set numgen …`. */
  | { readonly kind: "set-mark-to"; readonly field: NftField }
  | { readonly kind: "masquerade"; readonly fullyRandom: boolean }
  | { readonly kind: "dnat"; readonly to: NftEndpoint }
  /** `dnat ip to KEY map { … }` (text fed to nft: `dnat ip addr . port to KEY map { … }`). */
  | {
      readonly kind: "dnat-map";
      readonly key: NftKey;
      readonly elements: readonly { readonly key: NftElementKey; readonly to: NftEndpoint }[];
    }
  /** `update @set { key }`, `add @set { key }`. */
  | { readonly kind: "update-set"; readonly verb: "update" | "add"; readonly set: string; readonly key: NftKey }
  /** `counter` (without a name: the rule's own, with what it has counted) or `counter name "…"`. */
  | {
      readonly kind: "counter";
      readonly name: string | undefined;
      readonly packets?: number | undefined;
      readonly bytes?: number | undefined;
    };
