import { ParseError } from "@kubenetsim/core/runtime/errors";
import type { NftCommand, NftTransaction } from "../ruleset/nft-transaction.ts";
import { elementKeyText } from "../text/nft-value-print.ts";

/** Why a command is refused, as `nft` words it, and by whom: nft itself reads it first, then the kernel. */
export interface NftRefusal {
  readonly reason: string;
  readonly by: "nft" | "kernel";
}

/**
 * A command that nft or the kernel refuses. `message` ends with the reason as `nft` words it: `File exists`; `position` is the
 * command's, where it was read from a text.
 */
export class NftError extends ParseError {
  readonly transaction: NftTransaction;
  /** The command's place in the transaction, from 0. */
  readonly index: number;
  readonly reason: string;

  constructor(transaction: NftTransaction, index: number, { reason, by }: NftRefusal) {
    const said = by === "kernel" ? `Could not process rule: ${reason}` : reason;
    const position = transaction.positions?.[index];
    super(`${describe(transaction, transaction.commands[index]!)}: ${said}`, position && { position });
    this.transaction = transaction;
    this.index = index;
    this.reason = reason;
  }

  get command(): NftCommand {
    return this.transaction.commands[this.index]!;
  }
}

function describe(transaction: NftTransaction, command: NftCommand): string {
  return [command.verb, command.object, transaction.family, transaction.table, ...operands(command)].join(" ");
}

function operands(command: NftCommand): string[] {
  if (command.object === "table") return [];
  if (command.object === "rule") return [command.chain];
  if (command.object === "element") return [command.set, `{ ${elementKeyText(command.element.key, "listed")} }`];
  if (command.verb !== "add") return [command.name];
  if (command.object === "chain") return [command.chain.name];
  return [command.object === "set" ? command.set.name : command.counter.name];
}
