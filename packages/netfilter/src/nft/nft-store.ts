import type { NftFamily, NftTable } from "../ruleset/nft-table.ts";
import type { NftTransaction } from "../ruleset/nft-transaction.ts";
import { applyCommand } from "./apply-command.ts";
import { NftError } from "./nft-error.ts";
import { TableMemory } from "./table-memory.ts";
import { TableTransaction } from "./table-transaction.ts";

/**
 * The nft tables of one kernel. Changes come as transactions, as `nft -f` has them: all of one holds, or none.
 *
 * @example
 *   const store = new NftStore();
 *   for (const transaction of parseNftCommands(text)) store.apply(transaction);
 *   store.table("ip", "kube-proxy")?.chains.get("services")?.rules;
 */
export class NftStore {
  /** By `family name`, in the order of creation. */
  readonly #tables: Map<string, TableMemory>;
  #revision: number;

  constructor(tables: ReadonlyMap<string, TableMemory> = new Map(), revision = 0) {
    this.#tables = new Map(tables);
    this.#revision = revision;
  }

  /** Grows with each transaction that held. */
  get revision(): number {
    return this.#revision;
  }

  /**
   * A live view: later changes show in it. The chains in it are never changed, only replaced by others; a fork's later changes
   * do not show.
   */
  table(family: NftFamily, name: string): NftTable | undefined {
    return this.#tables.get(`${family} ${name}`);
  }

  tables(): NftTable[] {
    return [...this.#tables.values()];
  }

  /**
   * Costs what the transaction and the chains it names cost, not what the table holds.
   *
   * @throws NftError naming the command that nft would refuse, with the kernel's word for it; nothing is changed then
   */
  apply(transaction: NftTransaction): void {
    const id = `${transaction.family} ${transaction.table}`;
    const before = this.#tables.get(id);
    let memory = before;
    let draft = memory && new TableTransaction(memory);
    for (const [index, command] of transaction.commands.entries()) {
      if (command.object === "table" && command.verb === "add") {
        if (draft !== undefined) continue;
        memory = new TableMemory(transaction.family, transaction.table, command.comment);
        draft = new TableTransaction(memory);
      } else if (draft === undefined) {
        throw new NftError(transaction, index, { reason: "No such file or directory", by: "kernel" });
      } else if (command.object === "table" && command.verb === "delete") {
        memory = undefined;
        draft = undefined;
      } else {
        applyCommand(draft, command, (reason, by = "kernel") => new NftError(transaction, index, { reason, by }));
      }
    }
    this.#commit(id, before, memory, draft);
  }

  #commit(
    id: string,
    before: TableMemory | undefined,
    memory: TableMemory | undefined,
    draft: TableTransaction | undefined,
  ): void {
    this.#revision++;
    if (memory !== before) this.#tables.delete(id);
    if (memory === undefined || draft === undefined) return;
    draft.commit();
    this.#tables.set(id, memory);
  }

  /** A store that holds the same and changes on its own. */
  fork(): NftStore {
    const tables = [...this.#tables].map(([id, memory]) => [id, memory.fork()] as const);
    return new NftStore(new Map(tables), this.#revision);
  }
}
