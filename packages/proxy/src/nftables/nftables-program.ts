import type { NftTable } from "@kubenetsim/netfilter/ruleset/nft-table";
import type { NftCommand, NftTransaction } from "@kubenetsim/netfilter/ruleset/nft-transaction";
import type { ProxySnapshot } from "../snapshot/snapshot.ts";
import type { SortedMap } from "../snapshot/sorted-map.ts";
import type { NftServiceBlock } from "./compile-service.ts";
import type { ElementMemory } from "./element-memory.ts";
import { writtenTable } from "./written-table.ts";

/** What one family's kube-proxy in nftables mode has written after a sync, and what it needs to know for the next one. */
export interface NftablesProgram {
  readonly snapshot: ProxySnapshot;
  /** A full sync writes the base chains and every Service's chains anew; `none` when there was nothing to sync. */
  readonly sync: "full" | "partial" | "none";
  /** What this sync feeds to `nft -f -`, one after the other: chains that have long been stale are deleted in one of their own. */
  readonly transactions: readonly NftTransaction[];
  /** What the last full sync wrote whatever Services there are. */
  readonly base: readonly NftCommand[];
  readonly blocks: SortedMap<NftServiceBlock>;
  readonly elements: ElementMemory;
  /** Chains that are empty and that nothing leads to any more, with the time in ms when they last were found so. */
  readonly staleChains: ReadonlyMap<string, number>;
  /** All that is in the kernel after this sync; made when first read. */
  readonly table: NftTable;
}

export type NftProgramParts = Omit<NftablesProgram, "table">;

export function nftablesProgram(parts: NftProgramParts): NftablesProgram {
  let table: NftTable | undefined;
  return {
    ...parts,
    get table() {
      table ??= writtenTable(parts);
      return table;
    },
  };
}
