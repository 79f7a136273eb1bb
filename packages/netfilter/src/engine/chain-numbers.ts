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
  /** By table, because a key of table and name would be one more text for each of some hundred thousand chains. */
  readonly #ids: Readonly<Record<TableName, Map<string, number>>> = {
    raw: new Map(),
    mangle: new Map(),
    nat: new Map(),
    filter: new Map(),
    security: new Map(),
  };

  constructor(family: IpFamily) {
    this.family = family;
  }

  idOf(table: TableName, chain: string): number {
    const ids = this.#ids[table];
    const known = ids.get(chain);
    if (known !== undefined) return known;
    ids.set(chain, this.names.length);
    return this.names.push({ family: this.family, table, chain }) - 1;
  }
}
