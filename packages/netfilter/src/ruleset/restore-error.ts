import { ParseError } from "@kubenetsim/core/runtime/errors";
import type { TableName } from "./ruleset.ts";

/**
 * Rules that `iptables-restore` refuses: one of them jumps to a chain that is not there. Nothing of the
 * table has been taken, and nothing of those after it.
 */
export class RestoreError extends ParseError {
  readonly table: TableName;
  /** The chain that is not there. */
  readonly chain: string;

  constructor(table: TableName, chain: string) {
    super(`iptables-restore: Chain '${chain}' does not exist (table ${table})`);
    this.table = table;
    this.chain = chain;
  }
}
