import type { NftChain, NftCounter, NftElement, NftRule, NftTable } from "@kubenetsim/netfilter/ruleset/nft-table";
import type { NftCommand } from "@kubenetsim/netfilter/ruleset/nft-transaction";
import { tableName } from "./base-objects.ts";
import type { NftContainer } from "./containers.ts";
import { isElement } from "./element-memory.ts";
import type { NftProgramParts } from "./nftables-program.ts";

interface TableDraft {
  comment: string | undefined;
  readonly counters: Map<string, NftCounter>;
  readonly sets: Map<string, { readonly set: NftContainer; readonly elements: NftElement[] }>;
  readonly chains: Map<string, { readonly chain: Omit<NftChain, "rules">; readonly rules: NftRule[] }>;
}

/** The table that a kube-proxy has written. */
export function writtenTable({ snapshot, base, blocks, elements, staleChains }: NftProgramParts): NftTable {
  const draft: TableDraft = { comment: undefined, counters: new Map(), sets: new Map(), chains: new Map() };
  for (const command of base) carryOut(draft, command);
  for (const { commands } of blocks.values()) {
    for (const command of commands) if (!isElement(command)) carryOut(draft, command);
  }
  for (const { set, element } of elements.held.values()) draft.sets.get(set)!.elements.push(element!);
  for (const name of staleChains.keys()) {
    draft.chains.set(name, { chain: { name, base: undefined, comment: undefined }, rules: [] });
  }
  return {
    family: snapshot.basis.family === "IPv4" ? "ip" : "ip6",
    name: tableName,
    comment: draft.comment,
    counters: draft.counters,
    sets: new Map([...draft.sets].map(([name, { set, elements: all }]) => [name, { ...set, elements: all }])),
    chains: new Map([...draft.chains].map(([name, { chain, rules }]) => [name, { ...chain, rules }])),
  };
}

/** Only what kube-proxy's own commands need, which nft never refuses; netfilter's NftStore is the one for all others. */
function carryOut(draft: TableDraft, command: NftCommand): void {
  const { sets, chains, counters } = draft;
  switch (command.object) {
    case "table":
      draft.comment = command.comment;
      return;
    case "counter":
      if (command.verb === "add") counters.set(command.counter.name, command.counter);
      else counters.delete(command.name);
      return;
    case "chain":
      if (command.verb === "add") chains.set(command.chain.name, { chain: command.chain, rules: [] });
      else if (command.verb === "delete") chains.delete(command.name);
      return;
    case "rule":
      chains.get(command.chain)!.rules.push(command.rule);
      return;
    case "element":
      sets.get(command.set)!.elements.push(command.element);
      return;
    default:
      if (command.verb === "add") sets.set(command.set.name, { set: command.set, elements: [] });
      else if (command.verb === "delete") sets.delete(command.name);
  }
}
