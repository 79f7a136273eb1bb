import type { Origin } from "@kubenetsim/core/trace/origin";
import type { NftElementKey, NftStatement, NftValue, NftVerdict } from "./nft-expression.ts";

export type NftFamily = "ip" | "ip6";

/** One nft table as data. Order is that of creation, as `nft list table` prints it: sets and maps, then chains. */
export interface NftTable {
  readonly family: NftFamily;
  readonly name: string;
  readonly comment: string | undefined;
  readonly counters: ReadonlyMap<string, NftCounter>;
  /** Sets and maps; they share their names. */
  readonly sets: ReadonlyMap<string, NftSet>;
  readonly chains: ReadonlyMap<string, NftChain>;
}

export interface NftCounter {
  readonly name: string;
  readonly packets: number;
  readonly bytes: number;
  readonly comment: string | undefined;
}

/** `ipv4_addr`, `inet_proto`, `inet_service` …: of each part of a key. */
export type NftDataType = "ipv4_addr" | "ipv6_addr" | "inet_proto" | "inet_service" | "mark" | "ifname";

/** A set, or with `data` a map. */
export interface NftSet {
  readonly name: string;
  readonly type: readonly NftDataType[];
  /** Of a map: `verdict` or the types of its values. */
  readonly data: "verdict" | readonly NftDataType[] | undefined;
  readonly flags: readonly ("dynamic" | "timeout" | "interval" | "constant")[];
  readonly size: number | undefined;
  /** To the millisecond. */
  readonly timeoutSeconds: number | undefined;
  readonly comment: string | undefined;
  readonly elements: readonly NftElement[];
}

export interface NftElement {
  readonly key: NftElementKey;
  /** Of a verdict map. */
  readonly verdict: NftVerdict | undefined;
  /** Of a map of values. */
  readonly value: readonly NftValue[] | undefined;
  readonly comment: string | undefined;
  /** Its own timeout, where it differs from the set's; in seconds, to the millisecond. */
  readonly timeoutSeconds?: number | undefined;
  /** Seconds that an element of a set with timeouts still has to live. */
  readonly expiresSeconds?: number | undefined;
  readonly origin: Origin | undefined;
}

export type NftHookName = "prerouting" | "input" | "forward" | "output" | "postrouting";

/** A base chain hangs on a hook; others are only jumped to. */
export interface NftChain {
  readonly name: string;
  readonly base: NftBase | undefined;
  readonly comment: string | undefined;
  readonly rules: readonly NftRule[];
}

export interface NftBase {
  readonly type: "filter" | "nat" | "route";
  readonly hook: NftHookName;
  /** -100 for `dstnat`, 0 for `filter`, 100 for `srcnat`. */
  readonly priority: number;
  readonly policy: "accept" | "drop";
}

export interface NftRule {
  readonly statements: readonly NftStatement[];
  readonly comment: string | undefined;
  /** Who asked for it; undefined for rules read from text. */
  readonly origin: Origin | undefined;
  /** The line of the text that it was read from, counted from 1. */
  readonly line: number | undefined;
}
