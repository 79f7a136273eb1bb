import type { NftTable } from "@kubenetsim/netfilter/ruleset/nft-table";
import type { NftCommand } from "@kubenetsim/netfilter/ruleset/nft-transaction";
import { changedServices } from "../snapshot/changed-services.ts";
import type { ProxySnapshot } from "../snapshot/snapshot.ts";
import { SortedMap } from "../snapshot/sorted-map.ts";
import { baseObjects } from "./base-objects.ts";
import { affinitySetsOf, chainsOf, compileNftService, type NftServiceBlock } from "./compile-service.ts";
import { type KernelRemains, kernelRemains } from "./kernel-remains.ts";
import type { NftablesContext } from "./nftables-context.ts";
import type { NftablesProgram } from "./nftables-program.ts";

/** What a sync has to write, and what it finds. */
export interface SyncWork {
  readonly isFull: boolean;
  readonly base: readonly NftCommand[];
  readonly blocks: SortedMap<NftServiceBlock>;
  /** The Services to write anew. */
  readonly changed: readonly ChangedBlock[];
  readonly remains: KernelRemains;
}

/** `after` is undefined for a Service that went. */
export interface ChangedBlock {
  readonly service: string;
  readonly before: NftServiceBlock | undefined;
  readonly after: NftServiceBlock | undefined;
}

/** Of a full sync. */
export function allWork(
  previous: NftablesProgram | undefined,
  { serviceTable, serviceCIDRs }: ProxySnapshot,
  context: NftablesContext,
  kernel: (() => NftTable | undefined) | undefined,
): SyncWork {
  const blocks = serviceTable.values().map((service) => compileNftService(service, context));
  return {
    isFull: true,
    base: baseObjects(context, serviceCIDRs, previous === undefined),
    blocks: SortedMap.from(blocks.map((block) => [block.service, block])),
    changed: blocks.map((after) => ({ service: after.service, before: undefined, after })),
    remains: kernelRemains(kernel === undefined ? previous?.table : kernel()),
  };
}

/** Of a partial sync. */
export function changedWork(previous: NftablesProgram, snapshot: ProxySnapshot, context: NftablesContext): SyncWork {
  const changed: ChangedBlock[] = [];
  for (const { key: service, after } of changedServices(previous.snapshot, snapshot)) {
    const block = after === undefined ? undefined : compileNftService(after, context);
    changed.push({ service, before: previous.blocks.get(service), after: block });
  }
  return {
    isFull: false,
    base: previous.base,
    blocks: previous.blocks.with(new Map(changed.map(({ service, after }) => [service, after]))),
    changed,
    remains: remainsOf(previous, changed),
  };
}

/** Before a partial sync: only what is the changed Services' can be stale. */
function remainsOf({ elements, staleChains }: NftablesProgram, changed: readonly ChangedBlock[]): KernelRemains {
  const before = changed.flatMap((one) => one.before ?? []);
  return {
    elements,
    serviceChains: [...staleChains.keys(), ...before.flatMap(chainsOf)],
    affinitySets: before.flatMap(affinitySetsOf),
  };
}
