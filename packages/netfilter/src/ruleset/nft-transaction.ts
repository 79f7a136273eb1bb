import type { SourcePosition } from "@kubenetsim/core/runtime/errors";
import type { NftChain, NftCounter, NftElement, NftFamily, NftRule, NftSet } from "./nft-table.ts";

/**
 * One command of a transaction on one table. `add` of what is there already is allowed; `delete` of what is not there is an
 * error, as is deleting a chain that something still jumps to. All commands of a transaction hold, or none.
 */
export type NftCommand =
  | { readonly verb: "add" | "delete" | "flush"; readonly object: "table"; readonly comment?: string | undefined }
  | { readonly verb: "add"; readonly object: "chain"; readonly chain: Omit<NftChain, "rules"> }
  | { readonly verb: "delete" | "flush"; readonly object: "chain"; readonly name: string }
  | { readonly verb: "add"; readonly object: "rule"; readonly chain: string; readonly rule: NftRule }
  | { readonly verb: "add"; readonly object: "set"; readonly set: Omit<NftSet, "elements"> }
  | { readonly verb: "delete" | "flush"; readonly object: "set" | "map"; readonly name: string }
  | { readonly verb: "add" | "delete"; readonly object: "element"; readonly set: string; readonly element: NftElement }
  | { readonly verb: "add"; readonly object: "counter"; readonly counter: NftCounter }
  | { readonly verb: "delete"; readonly object: "counter"; readonly name: string };

/** What is fed to `nft -f` at once. */
export interface NftTransaction {
  readonly family: NftFamily;
  readonly table: string;
  readonly commands: readonly NftCommand[];
  /** Where each command stands, if they were read from a text. */
  readonly positions?: readonly SourcePosition[];
}
