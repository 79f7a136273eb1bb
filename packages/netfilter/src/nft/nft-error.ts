import { ParseError } from "@kubenetsim/core/runtime/errors";
import type { NftCommand, NftTransaction } from "../ruleset/nft-transaction.ts";
import { nftKeyText } from "./nft-element-key.ts";

/** A command that nft or the kernel refuses. `message` ends with the reason as `nft` words it: `File exists`. */
export class NftError extends ParseError {
  readonly transaction: NftTransaction;
  /** The command's place in the transaction, from 0. */
  readonly index: number;
  readonly reason: string;

  constructor(transaction: NftTransaction, index: number, reason: string) {
    super(`${describe(transaction, transaction.commands[index]!)}: Could not process rule: ${reason}`);
    this.transaction = transaction;
    this.index = index;
    this.reason = reason;
  }
}

function describe(transaction: NftTransaction, command: NftCommand): string {
  return [command.verb, command.object, transaction.family, transaction.table, ...operands(command)].join(" ");
}

function operands(command: NftCommand): string[] {
  if (command.object === "table") return [];
  if (command.object === "rule") return [command.chain];
  if (command.object === "element") return [command.set, nftKeyText(command.element.key)];
  if (command.verb !== "add") return [command.name];
  if (command.object === "chain") return [command.chain.name];
  return [command.object === "set" ? command.set.name : command.counter.name];
}
