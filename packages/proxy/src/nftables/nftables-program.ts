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
  /** A full sync writes the base chains and every Service's chains anew. */
  readonly sync: "full" | "partial";
  /** What this sync feeds to `nft -f -`, one after the other: chains that have long been stale are deleted in one of their own. */
  readonly transactions: readonly NftTransaction[];
  /** When the last full sync was, in ms. */
  readonly lastFull: number;
  /** What the last full sync wrote whatever Services there are. */
  readonly base: readonly NftCommand[];
  readonly blocks: SortedMap<NftServiceBlock>;
  readonly elements: ElementMemory;
  /** Chains that are empty and that nothing leads to any more, with the time in ms when a sync last found them so. */
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

/**
 * The same for a snapshot in which nothing but ServiceCIDRs is another: these make kube-proxy not sync; the next full sync
 * reads them.
 */
export function withServiceCIDRs(program: NftablesProgram, snapshot: ProxySnapshot): NftablesProgram {
  return nftablesProgram({ ...partsOf(program), snapshot });
}

function partsOf(program: NftablesProgram): NftProgramParts {
  const { snapshot, sync, base, blocks, elements, lastFull, staleChains } = program;
  return { snapshot, sync, transactions: [], base, blocks, elements, lastFull, staleChains };
}

/**
 * The same after nft has refused a transaction: kube-proxy does not know any more since when chains have been stale, and its
 * next sync must be a full one.
 */
export function afterRefusal(program: NftablesProgram): NftablesProgram {
  const staleChains = new Map([...program.staleChains.keys()].map((name) => [name, Number.POSITIVE_INFINITY]));
  return nftablesProgram({ ...partsOf(program), staleChains });
}
