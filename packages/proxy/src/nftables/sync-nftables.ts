import { UnsupportedError } from "@kubenetsim/core/runtime/errors";
import type { NftTable } from "@kubenetsim/netfilter/ruleset/nft-table";
import type { NftCommand, NftTransaction } from "@kubenetsim/netfilter/ruleset/nft-transaction";
import { changedServices } from "../snapshot/changed-services.ts";
import type { ProxyBasis } from "../snapshot/proxy-basis.ts";
import type { ProxySnapshot } from "../snapshot/snapshot.ts";
import { SortedMap } from "../snapshot/sorted-map.ts";
import { baseObjects, tableName } from "./base-objects.ts";
import { CommandList } from "./command-list.ts";
import { compileNftService, type NftServiceBlock } from "./compile-service.ts";
import { ElementSync, isElement } from "./element-memory.ts";
import { type KernelRemains, kernelRemains } from "./kernel-remains.ts";
import { type NftablesContext, nftablesContext } from "./nftables-context.ts";
import { type NftablesProgram, nftablesProgram } from "./nftables-program.ts";

export interface NftSyncOptions {
  /** An earlier sync failed, or an hour has passed: write everything. */
  readonly full?: boolean;
  /** When the sync starts, in ms; time stands still without it, so that stale chains stay. */
  readonly now?: number;
  /** For a kube-proxy that starts: the table that another one left in the kernel. */
  readonly kernel?: NftTable | undefined;
}

/** The table of a kube-proxy that starts with this snapshot on a host without one. */
export function compileNftables(snapshot: ProxySnapshot): NftTable {
  return syncNftables(undefined, snapshot).table;
}

/**
 * One run of syncProxyRules (pkg/proxy/nftables/proxier.go). A partial sync costs what the Services cost that changed,
 * however many others there are.
 *
 * Services are written sorted by `namespace/name` and port name; kube-proxy takes them in the order of a Go map, which
 * changes from sync to sync. A snapshot in which only ServiceCIDRs changed does not sync; the next full sync reads them.
 *
 * @throws UnsupportedError when the configured mode is not nftables
 */
export function syncNftables(
  previous: NftablesProgram | undefined,
  snapshot: ProxySnapshot,
  options: NftSyncOptions = {},
): NftablesProgram {
  const { basis } = snapshot;
  if (basis.config.mode !== "nftables") throw new UnsupportedError(`proxy mode "${basis.config.mode}"`, "syncNftables");
  if (previous !== undefined && isUpToDate(previous, snapshot, options)) return withoutSync(previous, snapshot);

  const now = options.now ?? 0;
  const deleted = longStale(previous?.staleChains, now);
  const context = contextOf(basis);
  const isFull = previous === undefined || options.full === true || previous.snapshot.basis !== basis;
  const base = isFull ? baseObjects(context, snapshot.serviceCIDRs, previous === undefined) : previous.base;
  const change = isFull ? allServices(snapshot, context) : servicesChanged(previous, snapshot, context);
  const remains = isFull ? kernelRemains(previous, options.kernel) : remainsOf(previous, change);

  const elements = new ElementSync(remains.elements);
  if (isFull) elements.forgetClaims();
  const list = new CommandList();
  if (isFull) for (const command of base) list.push(command);
  writeServices(list, change, elements);
  const stale = writeStale(list, remains, change, deleted);
  elements.deleteLeftovers(list);

  const deletions = deleted.map((name): NftCommand => ({ verb: "delete", object: "chain", name }));
  return nftablesProgram({
    snapshot,
    sync: isFull ? "full" : "partial",
    transactions: [deletions, list.commands].flatMap((commands) => transaction(context, commands)),
    base,
    blocks: change.blocks,
    elements: elements.memory(),
    staleChains: new Map(stale.map((name) => [name, now])),
  });
}

/** Only Services and EndpointSlices make kube-proxy sync. */
function isUpToDate(previous: NftablesProgram, snapshot: ProxySnapshot, options: NftSyncOptions): boolean {
  const { basis, serviceTable } = previous.snapshot;
  return options.full !== true && basis === snapshot.basis && serviceTable === snapshot.serviceTable;
}

function withoutSync(previous: NftablesProgram, snapshot: ProxySnapshot): NftablesProgram {
  const { base, blocks, elements, staleChains } = previous;
  return nftablesProgram({ snapshot, sync: "none", transactions: [], base, blocks, elements, staleChains });
}

/** Computed once per node and configuration. */
const contexts = new WeakMap<ProxyBasis, NftablesContext>();

function contextOf(basis: ProxyBasis): NftablesContext {
  const known = contexts.get(basis);
  if (known !== undefined) return known;
  const context = nftablesContext(basis);
  contexts.set(basis, context);
  return context;
}

/**
 * Before Linux 6.2 a chain counted as used for a while after the last map element that led to it had gone; so chains are
 * deleted by a sync that comes more than a second after the one that emptied them.
 */
function longStale(staleChains: ReadonlyMap<string, number> | undefined, now: number): string[] {
  return [...(staleChains ?? [])].filter(([, since]) => now - since > 1000).map(([name]) => name);
}

/** The Services that a sync writes anew. */
interface ServiceChange {
  readonly blocks: SortedMap<NftServiceBlock>;
  readonly changed: readonly ChangedBlock[];
}

/** `after` is undefined for a Service that went. */
interface ChangedBlock {
  readonly service: string;
  readonly before: NftServiceBlock | undefined;
  readonly after: NftServiceBlock | undefined;
}

function allServices({ serviceTable }: ProxySnapshot, context: NftablesContext): ServiceChange {
  const blocks = serviceTable.values().map((service) => compileNftService(service, context));
  return {
    blocks: SortedMap.from(blocks.map((block) => [block.service, block])),
    changed: blocks.map((after) => ({ service: after.service, before: undefined, after })),
  };
}

function servicesChanged(previous: NftablesProgram, snapshot: ProxySnapshot, context: NftablesContext): ServiceChange {
  const changed: ChangedBlock[] = [];
  for (const { key: service, after } of changedServices(previous.snapshot, snapshot)) {
    const block = after === undefined ? undefined : compileNftService(after, context);
    changed.push({ service, before: previous.blocks.get(service), after: block });
  }
  const blocks = previous.blocks.with(new Map(changed.map(({ service, after }) => [service, after])));
  return { blocks, changed };
}

/** Before a partial sync: only what is the changed Services' can be stale. */
function remainsOf({ elements, staleChains }: NftablesProgram, { changed }: ServiceChange): KernelRemains {
  const before = changed.flatMap((one) => one.before ?? []);
  return {
    elements,
    serviceChains: [...staleChains.keys(), ...before.flatMap(chainsOf)],
    affinitySets: before.flatMap(affinitySetsOf),
  };
}

/** Writes the changed Services, and the elements that others and they want differently. */
function writeServices(list: CommandList, { blocks, changed }: ServiceChange, elements: ElementSync): void {
  for (const { service, before, after } of changed) {
    elements.replaceClaims(service, before?.commands ?? [], after?.commands ?? []);
  }
  const written = new Map(changed.map(({ service, after }) => [service, after]));
  const rivals = elements.rivals();
  const services = rivals.size === 0 ? written.keys() : [...new Set([...written.keys(), ...rivals])].sort();
  for (const service of services) {
    const isChanged = written.has(service);
    const block = isChanged ? written.get(service) : blocks.get(service);
    for (const command of block?.commands ?? []) {
      if (!isElement(command)) {
        if (isChanged) list.push(command);
      } else if (isChanged || elements.isContested(command)) {
        elements.ensure(list, command);
      }
    }
  }
}

/** Empties the chains and deletes the affinity sets that nothing uses any more; gives back these chains. */
function writeStale(
  list: CommandList,
  remains: KernelRemains,
  { changed }: ServiceChange,
  deleted: readonly string[],
): string[] {
  const after = changed.flatMap((one) => one.after ?? []);
  const isActive = new Set([...after.flatMap(chainsOf), ...deleted]);
  const chains = [...new Set(remains.serviceChains)].filter((name) => !isActive.has(name));
  for (const name of chains) list.push({ verb: "flush", object: "chain", name });
  const isUsed = new Set(after.flatMap(affinitySetsOf));
  for (const name of remains.affinitySets) if (!isUsed.has(name)) list.deleteSet(name);
  return chains;
}

function chainsOf({ commands }: NftServiceBlock): string[] {
  return commands.flatMap((command) =>
    command.object === "chain" && command.verb === "add" ? [command.chain.name] : [],
  );
}

function affinitySetsOf({ commands }: NftServiceBlock): string[] {
  return commands.flatMap((command) => (command.object === "set" && command.verb === "add" ? [command.set.name] : []));
}

function transaction({ nftFamily }: NftablesContext, commands: readonly NftCommand[]): NftTransaction[] {
  return commands.length === 0 ? [] : [{ family: nftFamily, table: tableName, commands }];
}
