import type { NftFamily } from "../../ruleset/nft-table.ts";

/** An object of a table by its name. */
export interface NftName {
  readonly family: NftFamily;
  readonly table: string;
  readonly name: string;
}

/** Numbers for the chains, or the sets, of all of a host's nft tables. A number stays with its name for good. */
export class NftNames {
  readonly #ids: Map<string, number>;
  readonly #names: NftName[];

  constructor(from?: NftNames) {
    this.#ids = new Map(from === undefined ? [] : from.#ids);
    this.#names = from === undefined ? [] : [...from.#names];
  }

  idOf(family: NftFamily, table: string, name: string): number {
    const key = `${family} ${table} ${name}`;
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    this.#ids.set(key, this.#names.length);
    return this.#names.push({ family, table, name }) - 1;
  }

  nameOf(id: number): NftName {
    return this.#names[id]!;
  }

  /** The numbers that objects of a table have had. */
  idsOf(family: NftFamily, table: string): number[] {
    return [...this.#names.keys()].filter((id) => {
      const name = this.#names[id]!;
      return name.family === family && name.table === table;
    });
  }

  fork(): NftNames {
    return new NftNames(this);
  }
}
