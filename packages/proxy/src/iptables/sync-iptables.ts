import { UnsupportedError } from "@kubenetsim/core/runtime/errors";
import type { Chain } from "@kubenetsim/netfilter/ruleset/ruleset";
import { fullSyncPeriodMs } from "../config/full-sync-period.ts";
import { changedServices } from "../snapshot/changed-services.ts";
import type { ProxyBasis } from "../snapshot/proxy-basis.ts";
import type { ProxySnapshot } from "../snapshot/snapshot.ts";
import { type Difference, SortedMap } from "../snapshot/sorted-map.ts";
import { commonBlocks } from "./common-blocks.ts";
import { type IptablesContext, iptablesContext } from "./iptables-context.ts";
import { type IptablesProgram, iptablesProgram } from "./iptables-program.ts";
import { type ServiceBlock, serviceBlock } from "./service-block.ts";
import { gatherShared, updateShared } from "./shared-rules.ts";
import { type FixedChains, fixedChains } from "./top-level-chains.ts";

/** Above so many endpoints kube-proxy drops comments (pkg/proxy/iptables/proxier.go, largeClusterEndpointsThreshold). */
export const largeClusterEndpoints = 1000;

export interface SyncOptions {
  /** Someone flushed the tables, or an earlier sync failed: write everything. */
  readonly full?: boolean;
  /** Milliseconds of the node's clock; without it no time has passed. */
  readonly now?: number;
  /** At the first sync, the chains of Services that an earlier kube-proxy left in the nat table. */
  readonly found?: readonly Chain[];
}

/** The rules of a kube-proxy that starts with this snapshot on a host without any. */
export function compileIptables(snapshot: ProxySnapshot): IptablesProgram {
  return syncIptables(undefined, snapshot);
}

/**
 * One run of syncProxyRules (pkg/proxy/iptables/proxier.go). Chains of Services that are the same as at the sync before
 * are neither made nor written again, whatever they look like: in a cluster that has just grown large the others keep
 * their comments until the next full sync, which comes by the hour, and in a large cluster not even then.
 *
 * Services are written sorted by `namespace/name` and port name; kube-proxy takes them in the order of a Go map, which
 * changes from sync to sync. A partial sync costs as much as changed, however many Services there are.
 *
 * @throws UnsupportedError when the configured mode is not iptables
 */
export function syncIptables(
  previous: IptablesProgram | undefined,
  snapshot: ProxySnapshot,
  options: SyncOptions = {},
): IptablesProgram {
  const { basis } = snapshot;
  if (basis.config.mode !== "iptables")
    throw new UnsupportedError(`proxy mode "${basis.config.mode}"`, "compileIptables");
  const node = nodeOf(basis);
  const now = options.now ?? previous?.lastFullSync ?? 0;
  const full = previous === undefined || previous.snapshot.basis !== basis || isFullSyncDue(previous, options, now);
  const largeCluster = snapshot.endpointCount > largeClusterEndpoints;

  const rules = full ? allRules(snapshot, node, !largeCluster) : changedRules(previous, snapshot, node, !largeCluster);
  const stale = staleChains(previous?.stale ?? options.found ?? [], previous?.blocks, rules.blocks);
  const cleansUp = !largeCluster || previous === undefined || now - previous.lastCleanUp > syncPeriodMs(basis);
  return iptablesProgram({
    snapshot,
    sync: full ? "full" : "partial",
    largeCluster,
    ...rules,
    fixed: node.fixed,
    deleted: cleansUp ? stale.map((one) => one.name) : [],
    sysctls: iptablesSysctls(node.context),
    stale: cleansUp ? [] : stale,
    lastFullSync: full ? now : previous.lastFullSync,
    lastCleanUp: cleansUp ? now : previous.lastCleanUp,
  });
}

function isFullSyncDue(previous: IptablesProgram, { full }: SyncOptions, now: number): boolean {
  return full === true || (!previous.largeCluster && now - previous.lastFullSync > fullSyncPeriodMs);
}

function syncPeriodMs({ config }: ProxyBasis): number {
  return config.syncPeriodSeconds * 1000;
}

/**
 * With route_localnet the kernel routes packets from 127.0.0.0/8 to other hosts once DNAT has sent them there.
 */
function iptablesSysctls({ localhostNodePorts }: IptablesContext): ReadonlyMap<string, number> {
  return new Map(localhostNodePorts ? [["net/ipv4/conf/all/route_localnet", 1]] : []);
}

/** What stays the same from sync to sync. */
interface NodeRules {
  readonly context: IptablesContext;
  readonly fixed: FixedChains;
}

/** Computed once per node and configuration. */
const nodes = new WeakMap<ProxyBasis, NodeRules>();

function nodeOf(basis: ProxyBasis): NodeRules {
  const known = nodes.get(basis);
  if (known !== undefined) return known;
  const context = iptablesContext(basis);
  const node = { context, fixed: fixedChains(context) };
  nodes.set(basis, node);
  return node;
}

type Rules = Pick<IptablesProgram, "blocks" | "written" | "shared">;

function allRules({ services, basis }: ProxySnapshot, { context, fixed }: NodeRules, withComments: boolean): Rules {
  const blockOf = commonBlocks(basis.config, context, withComments);
  const blocks = SortedMap.from(services.map((service) => [service.key, blockOf(service)] as const));
  return { blocks, written: "all", shared: gatherShared(blocks, fixed) };
}

function changedRules(
  previous: IptablesProgram,
  snapshot: ProxySnapshot,
  { context, fixed }: NodeRules,
  withComments: boolean,
): Rules {
  const changes: Difference<ServiceBlock>[] = [];
  for (const { key, after } of changedServices(previous.snapshot, snapshot)) {
    const before = previous.blocks.get(key);
    changes.push({ key, before, after: after && serviceBlock(after, context, withComments, before) });
  }
  const blocks = previous.blocks.with(new Map(changes.map(({ key, after }) => [key, after])));
  const written = new Set(changes.flatMap(({ after }) => after ?? []));
  return { blocks, written, shared: updateShared(previous.shared, changes, blocks, fixed) };
}

/** Chains that are in the kernel, `known` ones or of the blocks before, and that no Service has any more. */
function staleChains(
  known: readonly Chain[],
  before: SortedMap<ServiceBlock> | undefined,
  now: SortedMap<ServiceBlock>,
): Chain[] {
  if (known.length === 0 && before === undefined) return [];
  const stale = new Map(known.map((one) => [one.name, one]));
  const changes = SortedMap.differences(before ?? SortedMap.empty, now);
  for (const change of changes) for (const one of change.before?.chains ?? []) stale.set(one.name, one);
  for (const change of changes) for (const one of change.after?.chains ?? []) stale.delete(one.name);
  return [...stale.values()];
}
