import type { NftElement, NftTable } from "@kubenetsim/netfilter/ruleset/nft-table";
import { serviceContainers } from "./containers.ts";
import { type ElementMemory, elementsInKernel, noElements } from "./element-memory.ts";
import { isAffinitySetName, isServiceChainName } from "./object-names.ts";

/** What a sync finds in the kernel of earlier ones, be they this kube-proxy's or another's that ran before it. */
export interface KernelRemains {
  readonly elements: ElementMemory;
  readonly serviceChains: Iterable<string>;
  readonly affinitySets: Iterable<string>;
}

/** Before a full sync: everything in a table, of the kernel or as it was written last. */
export function kernelRemains(table: NftTable | undefined): KernelRemains {
  if (table === undefined) return { elements: noElements, serviceChains: [], affinitySets: [] };
  return {
    elements: elementsInKernel(serviceElements(table)),
    serviceChains: [...table.chains.keys()].filter(isServiceChainName),
    affinitySets: [...table.sets.keys()].filter(isAffinitySetName),
  };
}

function* serviceElements(table: NftTable): Generator<readonly [string, NftElement]> {
  for (const name of serviceContainers)
    for (const element of table.sets.get(name)?.elements ?? []) yield [name, element];
}
