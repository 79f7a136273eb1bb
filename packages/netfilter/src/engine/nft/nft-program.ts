import type { Clock } from "@kubenetsim/core/runtime/clock";
import { InvariantError } from "@kubenetsim/core/runtime/errors";
import type { Random } from "@kubenetsim/core/runtime/random";
import { NftStore } from "../../nft/nft-store.ts";
import type { NftChain, NftElement, NftFamily, NftSet, NftTable } from "../../ruleset/nft-table.ts";
import type { NftCommand, NftTransaction } from "../../ruleset/nft-transaction.ts";
import type { ConditionNames } from "../condition-names.ts";
import type { HookOrder } from "../hook-order.ts";
import { BaseChains } from "./base-chains.ts";
import type { NftChainCode, NftCount } from "./chain-code.ts";
import { ChainCompiler, type NftRuleNames } from "./chain-compiler.ts";
import { elementPattern } from "./element-pattern.ts";
import type { ElementSet, IndexedElement } from "./element-set.ts";
import { indexedElement, indexSet, limitsOf } from "./indexed-set.ts";
import { liveTable } from "./live-table.ts";
import { NftNames } from "./nft-names.ts";
import type { NftTapeNames } from "./tape-names.ts";

/** What a program needs of its host. */
export interface NftHost {
  readonly names: ConditionNames;
  readonly clock: Clock;
  readonly order: HookOrder;
  /** For the seeds of hashes that name none. */
  readonly random: Random;
}

/**
 * The nft tables of one host, of both families, as data and as code. A chain is compiled when a packet first comes to it,
 * a set when it is first looked into; a transaction touches of both only what it names.
 */
export class NftProgram {
  readonly store: NftStore;
  readonly chains: NftNames;
  readonly sets: NftNames;
  readonly bases: BaseChains;
  readonly #host: NftHost;
  readonly #codes: (NftChainCode | undefined)[] = [];
  /** Code of chains to which rules were added since: what the others have counted goes on. */
  readonly #formerCodes = new Map<number, NftChainCode>();
  readonly #sets: (ElementSet | undefined)[] = [];
  /** Counters with a name, by family, table and name. */
  readonly #counts = new Map<string, NftCount>();

  constructor(host: NftHost, from?: NftProgram) {
    this.#host = host;
    this.store = from?.store.fork() ?? new NftStore();
    this.chains = from?.chains.fork() ?? new NftNames();
    this.sets = from?.sets.fork() ?? new NftNames();
    this.bases = from?.bases.fork(host.order) ?? new BaseChains(host.order);
  }

  /** All of it or nothing, as `nft -f`. */
  apply(transaction: NftTransaction): void {
    this.store.apply(transaction);
    for (const command of transaction.commands) this.#follow(transaction, command);
  }

  /** A chain's code; compiles it where a packet comes to it for the first time since it changed. */
  code(id: number): NftChainCode {
    return this.#codes[id] ?? this.#compile(id);
  }

  /** A set with a name. */
  set(id: number): ElementSet {
    return this.#sets[id] ?? this.#indexSet(id);
  }

  /** A table as `nft list table` shows it: what was written, what was counted, what rules have added to sets. */
  table(family: NftFamily, name: string): NftTable | undefined {
    const table = this.store.table(family, name);
    if (table === undefined) return undefined;
    return liveTable(table, {
      nowMs: this.#host.clock.nowMs,
      code: (chain) => {
        const id = this.chains.idOf(family, name, chain);
        return this.#codes[id] ?? this.#formerCodes.get(id);
      },
      set: (set) => this.#sets[this.sets.idOf(family, name, set)],
      count: (counter) => this.#counts.get(countKey(family, name, counter)),
    });
  }

  tables(): NftTable[] {
    return this.store.tables().map(({ family, name }) => this.table(family, name)!);
  }

  /** The names on tapes as they stand when they are asked for. */
  get tapeNames(): NftTapeNames {
    return {
      chainName: (id) => this.chains.nameOf(id),
      chainAt: (id) => this.#chainOf(id),
      setName: (id) => this.sets.nameOf(id),
      setTypes: (id) => this.#setOf(id)?.type,
      elementAt: (id, words) => this.#elementAt(id, words),
    };
  }

  /** All chains as they stand now, for one who asks when others stand there. */
  chainsNow(): (id: number) => NftChain | undefined {
    const tables = new Map(
      this.store.tables().map((table) => [`${table.family} ${table.name}`, new Map(table.chains)]),
    );
    return (id) => {
      const { family, table, name } = this.chains.nameOf(id);
      return tables.get(`${family} ${table}`)?.get(name);
    };
  }

  fork(host: NftHost): NftProgram {
    const copy = new NftProgram(host, this);
    const counts = new Map<NftCount, NftCount>();
    for (const [key, count] of this.#counts) {
      counts.set(count, { ...count });
      copy.#counts.set(key, counts.get(count)!);
    }
    const countOf = (count: NftCount): NftCount => counts.get(count) ?? { ...count };
    this.#codes.forEach((code, id) => {
      copy.#codes[id] = code?.fork(countOf);
    });
    for (const [id, code] of this.#formerCodes) copy.#formerCodes.set(id, code.fork(countOf));
    this.#sets.forEach((set, id) => {
      copy.#sets[id] = set?.fork();
    });
    return copy;
  }

  #chainOf(id: number): NftChain | undefined {
    const { family, table, name } = this.chains.nameOf(id);
    return this.store.table(family, table)?.chains.get(name);
  }

  #setOf(id: number): NftSet | undefined {
    const { family, table, name } = this.sets.nameOf(id);
    return this.store.table(family, table)?.sets.get(name);
  }

  #elementAt(id: number, words: ArrayLike<number>): NftElement | undefined {
    if (this.#setOf(id) === undefined) return undefined;
    const set = this.set(id);
    const slot = set.find(Int32Array.from(words), this.#host.clock.nowMs);
    return slot < 0 ? undefined : set.elementIn(slot);
  }

  #follow({ family, table }: NftTransaction, command: NftCommand): void {
    switch (command.object) {
      case "table":
        if (command.verb !== "add") this.#forgetTable(family, table, command.verb === "delete");
        return;
      case "chain":
        this.#followChain(family, table, command);
        return;
      case "rule": {
        const id = this.chains.idOf(family, table, command.chain);
        const code = this.#codes[id];
        if (code !== undefined) this.#formerCodes.set(id, code);
        this.#codes[id] = undefined;
        return;
      }
      case "set":
      case "map":
        this.#followSet(family, table, command);
        return;
      case "element":
        this.#followElement(family, table, command);
        return;
      case "counter":
        if (command.verb === "delete") this.#counts.delete(countKey(family, table, command.name));
        return;
      default:
        command satisfies never;
    }
  }

  #followChain(family: NftFamily, table: string, command: Extract<NftCommand, { object: "chain" }>): void {
    const name = command.verb === "add" ? command.chain.name : command.name;
    const id = this.chains.idOf(family, table, name);
    if (command.verb !== "add") this.#forgetCode(id);
    else if (command.chain.base !== undefined) this.bases.add(id, family, command.chain.base);
    if (command.verb === "delete") this.bases.delete(id);
  }

  /** Adding a set once more may give it another timeout. */
  #followSet(family: NftFamily, table: string, command: Extract<NftCommand, { object: "set" | "map" }>): void {
    const id = this.sets.idOf(family, table, command.verb === "add" ? command.set.name : command.name);
    const set = this.#sets[id];
    if (command.verb !== "add") this.#sets[id] = undefined;
    else if (set !== undefined) set.limits = limitsOf(this.#setOf(id) ?? { ...command.set, elements: [] });
  }

  #followElement(family: NftFamily, table: string, command: Extract<NftCommand, { object: "element" }>): void {
    const id = this.sets.idOf(family, table, command.set);
    const set = this.#sets[id];
    if (set === undefined) return;
    const { element } = command;
    if (command.verb === "add") set.add(this.#indexed(id, element), this.#host.clock.nowMs);
    else set.remove(elementPattern(element.key, command.set));
  }

  #forgetTable(family: NftFamily, table: string, isGone: boolean): void {
    for (const id of this.chains.idsOf(family, table)) {
      this.#forgetCode(id);
      if (isGone) this.bases.delete(id);
    }
    if (!isGone) return;
    for (const id of this.sets.idsOf(family, table)) this.#sets[id] = undefined;
    for (const key of this.#counts.keys()) if (key.startsWith(countKey(family, table, ""))) this.#counts.delete(key);
  }

  #forgetCode(id: number): void {
    this.#codes[id] = undefined;
    this.#formerCodes.delete(id);
  }

  #compile(id: number): NftChainCode {
    const { family, table, name } = this.chains.nameOf(id);
    const chain = this.#chainOf(id);
    if (chain === undefined) throw new InvariantError(`nft chain ${name} does not exist`);
    const where = `chain ${name} in table ${family} ${table}`;
    const compiler = new ChainCompiler({ id, family, where, rules: chain.rules }, this.#ruleNames(family, table, name));
    const code = compiler.compile();
    const former = this.#formerCodes.get(id);
    if (former !== undefined) code.continue(former);
    this.#formerCodes.delete(id);
    this.#codes[id] = code;
    return code;
  }

  #ruleNames(family: NftFamily, table: string, chain: string): NftRuleNames {
    const { names, random } = this.#host;
    return {
      chainId: (name) => this.chains.idOf(family, table, name),
      setId: (name) => this.sets.idOf(family, table, name),
      count: (name) => this.#count(family, table, name),
      deviceId: (name, negated) => names.deviceId({ name, negated }),
      seed: (index) => Math.floor(random.fork(`jhash ${family} ${table} ${chain} ${index}`).next() * 2 ** 32),
    };
  }

  #count(family: NftFamily, table: string, name: string): NftCount {
    const key = countKey(family, table, name);
    const known = this.#counts.get(key);
    if (known !== undefined) return known;
    const { packets = 0, bytes = 0 } = this.store.table(family, table)?.counters.get(name) ?? {};
    const count = { packets, bytes };
    this.#counts.set(key, count);
    return count;
  }

  #indexSet(id: number): ElementSet {
    const { family, table } = this.sets.nameOf(id);
    const set = this.#setOf(id);
    if (set === undefined) throw new InvariantError(`nft set ${this.sets.nameOf(id).name} does not exist`);
    const indexed = indexSet(set, (chain) => this.chains.idOf(family, table, chain), this.#host.clock.nowMs);
    this.#sets[id] = indexed;
    return indexed;
  }

  #indexed(set: number, element: NftElement): IndexedElement {
    const { family, table, name } = this.sets.nameOf(set);
    return indexedElement(element, name, (chain) => this.chains.idOf(family, table, chain));
  }
}

function countKey(family: NftFamily, table: string, name: string): string {
  return `${family} ${table} ${name}`;
}
