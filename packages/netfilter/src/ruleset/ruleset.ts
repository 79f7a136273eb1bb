import type { IpFamily } from "@kubenetsim/core/net/address";
import type { Counters, Rule } from "./rule.ts";

export type TableName = "raw" | "mangle" | "nat" | "filter" | "security";

/** A chain. Built-in chains have a policy, user chains have none (`-` in the text). */
export interface Chain {
  readonly name: string;
  readonly policy: "ACCEPT" | "DROP" | undefined;
  readonly counters: Counters | undefined;
  readonly rules: readonly Rule[];
}

export interface Table {
  readonly name: TableName;
  readonly chains: ReadonlyMap<string, Chain>;
}

/** All of one family's iptables rules on one host: what `iptables-save` (or `ip6tables-save`) prints. */
export interface Ruleset {
  readonly family: IpFamily;
  readonly tables: ReadonlyMap<TableName, Table>;
}

/**
 * What `iptables-restore --noflush` does to one table: each chain in `chains` is created or emptied and gets these rules,
 * those in `deleted` go, all others stay as they are.
 */
export interface RestoreTable {
  readonly name: TableName;
  readonly chains: readonly Chain[];
  readonly deleted: readonly string[];
}

export interface RestoreInput {
  readonly family: IpFamily;
  readonly tables: readonly RestoreTable[];
}

/** The built-in chains of each table, in the order in which the kernel has them. */
export const builtinChains: Readonly<Record<TableName, readonly string[]>> = {
  raw: ["PREROUTING", "OUTPUT"],
  mangle: ["PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"],
  nat: ["PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"],
  filter: ["INPUT", "FORWARD", "OUTPUT"],
  security: ["INPUT", "FORWARD", "OUTPUT"],
};
