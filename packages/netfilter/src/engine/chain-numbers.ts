import type { IpFamily } from "@kubenetsim/core/net/address";
import type { TableName } from "../ruleset/ruleset.ts";

export interface ChainName {
  readonly family: IpFamily;
  readonly table: TableName;
  readonly chain: string;
}

/** The numbers of one family's chains by table and name. They only grow, so that the hosts of a cluster can share them. */
export class ChainNumbers {
  readonly family: IpFamily;
  readonly names: ChainName[] = [];
  readonly #ids = new Map<string, number>();

  constructor(family: IpFamily) {
    this.family = family;
  }

  idOf(table: TableName, chain: string): number {
    const key = `${table} ${chain}`;
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    this.#ids.set(key, this.names.length);
    return this.names.push({ family: this.family, table, chain }) - 1;
  }
}
