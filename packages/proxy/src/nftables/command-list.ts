import type { Origin } from "@kubenetsim/core/trace/origin";
import type { NftStatement } from "@kubenetsim/netfilter/ruleset/nft-expression";
import type { NftBase, NftElement } from "@kubenetsim/netfilter/ruleset/nft-table";
import type { NftCommand } from "@kubenetsim/netfilter/ruleset/nft-transaction";
import type { NftContainer } from "./containers.ts";

/** A transaction's commands while they are written. */
export class CommandList {
  readonly commands: NftCommand[] = [];

  push(command: NftCommand): void {
    this.commands.push(command);
  }

  /** Makes sure that a chain is there and empty. */
  emptyChain(name: string, base?: NftBase, comment?: string): void {
    this.addChain(name, base, comment);
    this.commands.push({ verb: "flush", object: "chain", name });
  }

  addChain(name: string, base?: NftBase, comment?: string): void {
    this.commands.push({ verb: "add", object: "chain", chain: { name, base, comment } });
  }

  deleteChain(name: string): void {
    this.commands.push({ verb: "delete", object: "chain", name });
  }

  addRule(chain: string, statements: readonly NftStatement[], origin: Origin, comment?: string): void {
    const rule = { statements, comment, origin, line: undefined };
    this.commands.push({ verb: "add", object: "rule", chain, rule });
  }

  addSet(set: NftContainer): void {
    this.commands.push({ verb: "add", object: "set", set });
  }

  deleteSet(name: string): void {
    this.commands.push({ verb: "delete", object: "set", name });
  }

  deleteMap(name: string): void {
    this.commands.push({ verb: "delete", object: "map", name });
  }

  addElement(set: string, element: NftElement): void {
    this.commands.push({ verb: "add", object: "element", set, element });
  }

  deleteElement(set: string, element: NftElement): void {
    this.commands.push({ verb: "delete", object: "element", set, element });
  }
}
