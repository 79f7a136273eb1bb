import type { IpFamily } from "@kubenetsim/core/net/address";
import { RestoreError } from "../ruleset/restore-error.ts";
import {
  builtinChains,
  type Chain,
  type RestoreTable,
  type Ruleset,
  type Table,
  type TableName,
} from "../ruleset/ruleset.ts";
import type { ChainName, ChainNumbers } from "./chain-numbers.ts";
import { hook, hookNames } from "./hook.ts";

/** Tables in the order in which a hook runs them. */
export const tableNames: readonly TableName[] = ["raw", "mangle", "nat", "filter", "security"];
export const tableNumbers: Readonly<Record<TableName, number>> = { raw: 0, mangle: 1, nat: 2, filter: 3, security: 4 };
const hookCount = hookNames.length;

/**
 * The chains of one family by number. A number stays with its table and name for good, so that code may hold it and hosts
 * may share them; what stands behind it comes and goes.
 */
export class ChainRegistry {
  readonly #numbers: ChainNumbers;
  readonly #chains: (Chain | undefined)[] = [];
  /** When each of them was written last, by `writes`. */
  readonly #writtenAt: number[] = [];
  readonly #tables = new Set<TableName>();
  #now: { readonly writes: number; readonly chains: readonly (Chain | undefined)[] } | undefined;
  #rulesetNow: { readonly writes: number; readonly ruleset: Ruleset } | undefined;
  /** Chains that went at other hands than those that wrote them, who may still jump to them. */
  readonly #lost = new Set<number>();
  /** Of each table and hook (table · 5 + hook) the built-in chain's number, or -1. */
  readonly bases: Int32Array = new Int32Array(tableNames.length * hookCount).fill(-1);
  /** How many changes there were. Copies count on from here. */
  writes = 0;
  /** Called with the number of each chain that is replaced, emptied or gone. */
  readonly #changed: (id: number) => void;

  constructor(numbers: ChainNumbers, changed: (id: number) => void) {
    this.#numbers = numbers;
    this.#changed = changed;
  }

  get family(): IpFamily {
    return this.#numbers.family;
  }

  /** How many numbers there are. */
  get size(): number {
    return this.#numbers.names.length;
  }

  /** All rules anew; chains that are the same object as before are left alone. */
  load(ruleset: Ruleset): void {
    this.writes++;
    const gone = new Set(this.#chains.keys());
    this.#tables.clear();
    for (const table of ruleset.tables.values()) {
      this.#tables.add(table.name);
      for (const chain of table.chains.values()) gone.delete(this.#put(table.name, chain));
    }
    for (const id of gone) this.#lose(id);
    this.#findBases();
  }

  /** `iptables -X` by another than the one who wrote the chains. */
  remove(table: TableName, names: readonly string[]): void {
    this.writes++;
    for (const name of names) this.#lose(this.idOf(table, name));
  }

  /**
   * Would `iptables-restore` take it? Only jumps to chains that `load` or `remove` took are looked for: who deletes chains by
   * `restore` knows what jumps to them, and what has come to no harm costs nothing.
   *
   * @throws RestoreError for a jump to a chain that has gone
   */
  checkJumps({ name, chains }: RestoreTable): void {
    if (this.#lost.size === 0) return;
    const written = new Set(chains.map((chain) => chain.name));
    for (const { rules } of chains) {
      for (const { target } of rules) {
        if (target?.kind !== "jump" && target?.kind !== "goto") continue;
        if (!written.has(target.chain) && this.#lost.has(this.idOf(name, target.chain))) {
          throw new RestoreError(name, target.chain);
        }
      }
    }
  }

  /** One table of `iptables-restore --noflush`. */
  restore(table: RestoreTable): void {
    this.writes++;
    this.#tables.add(table.name);
    for (const name of builtinChains[table.name]) {
      const id = this.idOf(table.name, name);
      if (this.#chains[id] === undefined) {
        this.#put(table.name, { name, policy: "ACCEPT", counters: undefined, rules: [] });
      }
    }
    for (const chain of table.chains) this.#put(table.name, chain);
    for (const name of table.deleted) this.#drop(this.idOf(table.name, name));
    this.#findBases();
  }

  idOf(table: TableName, name: string): number {
    const id = this.#numbers.idOf(table, name);
    while (this.#chains.length <= id) {
      this.#chains.push(undefined);
      this.#writtenAt.push(0);
    }
    return id;
  }

  nameOf(id: number): ChainName {
    return this.#numbers.names[id]!;
  }

  /** At which of the `writes` a chain was written last, be it as it was. */
  writtenAt(id: number): number {
    return this.#writtenAt[id] ?? 0;
  }

  chainOf(id: number): Chain | undefined {
    return this.#chains[id];
  }

  /** All chains by number, as they stand now; the same array as long as nothing is written. */
  chainsNow(): readonly (Chain | undefined)[] {
    if (this.#now?.writes !== this.writes) this.#now = { writes: this.writes, chains: [...this.#chains] };
    return this.#now.chains;
  }

  /** The rules as they stand; the same object as long as nothing is written. */
  rulesetNow(): Ruleset {
    if (this.#rulesetNow?.writes !== this.writes) {
      this.#rulesetNow = { writes: this.writes, ruleset: this.ruleset((_, chain) => chain) };
    }
    return this.#rulesetNow.ruleset;
  }

  /** The rules as they stand, each chain as `withCounters` gives it. */
  ruleset(withCounters: (id: number, chain: Chain) => Chain): Ruleset {
    const tables = new Map<TableName, Table>();
    for (const name of tableNames) {
      if (this.#tables.has(name)) tables.set(name, { name, chains: new Map() });
    }
    for (const [id, chain] of this.#chains.entries()) {
      if (chain === undefined) continue;
      const chains = tables.get(this.#numbers.names[id]!.table)!.chains as Map<string, Chain>;
      chains.set(chain.name, withCounters(id, chain));
    }
    return { family: this.family, tables };
  }

  #put(table: TableName, chain: Chain): number {
    const id = this.idOf(table, chain.name);
    this.#lost.delete(id);
    this.#writtenAt[id] = this.writes;
    if (this.#chains[id] !== chain) {
      this.#chains[id] = chain;
      this.#changed(id);
    }
    return id;
  }

  #drop(id: number): void {
    if (this.#chains[id] === undefined) return;
    this.#chains[id] = undefined;
    this.#changed(id);
  }

  #lose(id: number): void {
    if (this.#chains[id] !== undefined) this.#lost.add(id);
    this.#drop(id);
  }

  #findBases(): void {
    this.bases.fill(-1);
    for (const table of this.#tables) {
      for (const name of builtinChains[table]) {
        const id = this.idOf(table, name);
        const at = tableNumbers[table] * hookCount + hook[name as keyof typeof hook];
        if (this.#chains[id] !== undefined) this.bases[at] = id;
      }
    }
  }

  fork(changed: (id: number) => void): ChainRegistry {
    const copy = new ChainRegistry(this.#numbers, changed);
    for (const chain of this.#chains) copy.#chains.push(chain);
    for (const at of this.#writtenAt) copy.#writtenAt.push(at);
    copy.writes = this.writes;
    for (const table of this.#tables) copy.#tables.add(table);
    for (const id of this.#lost) copy.#lost.add(id);
    copy.bases.set(this.bases);
    return copy;
  }
}
