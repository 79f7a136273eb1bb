import { UnsupportedError } from "@kubenetsim/core/runtime/errors";
import type { NftTable } from "@kubenetsim/netfilter/ruleset/nft-table";
import type { NftCommand, NftTransaction } from "@kubenetsim/netfilter/ruleset/nft-transaction";
import { fullSyncPeriodMs } from "../config/full-sync-period.ts";
import type { ProxyBasis } from "../snapshot/proxy-basis.ts";
import type { ProxySnapshot } from "../snapshot/snapshot.ts";
import { tableName } from "./base-objects.ts";
import { CommandList } from "./command-list.ts";
import { affinitySetsOf, chainsOf } from "./compile-service.ts";
import { type ElementMemory, ElementSync, isElement } from "./element-memory.ts";
import { type NftablesContext, nftablesContext } from "./nftables-context.ts";
import { type NftablesProgram, nftablesProgram } from "./nftables-program.ts";
import { allWork, changedWork, type SyncWork } from "./sync-work.ts";

export interface NftSyncOptions {
  /** An earlier sync failed: write everything. */
  readonly full?: boolean;
  /** Milliseconds of the node's clock; without it no time has passed. */
  readonly now?: number;
  /** The table in the kernel, which full syncs look at: an earlier kube-proxy's perhaps. Without it, what was written last. */
  readonly kernel?: () => NftTable | undefined;
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
 * changes from sync to sync.
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
  const now = options.now ?? previous?.lastFull ?? 0;
  const isFull = options.full === true || isFullDue(previous, snapshot, now);
  const context = contextOf(basis);
  const deleted = longStale(previous?.staleChains, now);
  const work =
    previous === undefined || isFull
      ? allWork(previous, snapshot, context, options.kernel)
      : changedWork(previous, snapshot, context);
  const { commands, elements, stale } = carryOut(work, deleted);
  const deletions = deleted.map((name): NftCommand => ({ verb: "delete", object: "chain", name }));
  return nftablesProgram({
    snapshot,
    sync: isFull ? "full" : "partial",
    transactions: [deletions, commands].flatMap((one) => transaction(context, one)),
    lastFull: previous === undefined || isFull ? now : previous.lastFull,
    base: work.base,
    blocks: work.blocks,
    elements,
    staleChains: new Map(stale.map((name) => [name, now])),
  });
}

/** At the first sync, after the Node's zone has changed, and when the last one is more than an hour ago. */
function isFullDue(previous: NftablesProgram | undefined, { basis }: ProxySnapshot, now: number): boolean {
  return previous === undefined || previous.snapshot.basis !== basis || now - previous.lastFull > fullSyncPeriodMs;
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

/** The main transaction of a sync, after long stale chains were deleted. */
function carryOut(
  work: SyncWork,
  deleted: readonly string[],
): { readonly commands: readonly NftCommand[]; readonly elements: ElementMemory; readonly stale: readonly string[] } {
  const list = new CommandList();
  const elements = new ElementSync(work.remains.elements);
  if (work.isFull) {
    for (const command of work.base) list.push(command);
    elements.forgetClaims();
  }
  writeServices(list, work, elements);
  const stale = writeStale(list, work, deleted);
  elements.deleteLeftovers(list);
  return { commands: list.commands, elements: elements.memory(), stale };
}

/** Writes the changed Services, and the elements that others and they want differently. */
function writeServices(list: CommandList, { blocks, changed }: SyncWork, elements: ElementSync): void {
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
function writeStale(list: CommandList, { remains, changed }: SyncWork, deleted: readonly string[]): string[] {
  const after = changed.flatMap((one) => one.after ?? []);
  const isActive = new Set([...after.flatMap(chainsOf), ...deleted]);
  const chains = [...new Set(remains.serviceChains)].filter((name) => !isActive.has(name));
  for (const name of chains) list.push({ verb: "flush", object: "chain", name });
  const isUsed = new Set(after.flatMap(affinitySetsOf));
  for (const name of remains.affinitySets) if (!isUsed.has(name)) list.deleteSet(name);
  return chains;
}

function transaction({ nftFamily }: NftablesContext, commands: readonly NftCommand[]): NftTransaction[] {
  return commands.length === 0 ? [] : [{ family: nftFamily, table: tableName, commands }];
}
