import { UnsupportedError } from "@kubenetsim/core/runtime/errors";
import type { Chain, RestoreInput } from "@kubenetsim/netfilter/ruleset/ruleset";
import type { ProxyBasis } from "../snapshot/proxy-basis.ts";
import type { ServiceState } from "../snapshot/service-state.ts";
import type { ProxySnapshot } from "../snapshot/snapshot.ts";
import { compileService } from "./compile-service.ts";
import { type IptablesContext, iptablesContext } from "./iptables-context.ts";
import { type IptablesProgram, iptablesProgram } from "./iptables-program.ts";
import type { ServiceBlock } from "./service-block.ts";
import { filterChains, natChains } from "./top-level-chains.ts";

/** Above so many endpoints kube-proxy drops comments (pkg/proxy/iptables/proxier.go, largeClusterEndpointsThreshold). */
export const largeClusterEndpoints = 1000;

export interface SyncOptions {
  /** Someone flushed the tables, an earlier sync failed, or an hour has passed: write everything. */
  readonly full?: boolean;
  /** A large cluster deletes stale chains only when a sync period has passed since it last did. */
  readonly cleanUpDue?: boolean;
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
 * their comments until the next full sync.
 *
 * Services are written sorted by `namespace/name` and port name; kube-proxy takes them in the order of a Go map, which
 * changes from sync to sync.
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
  const context = contextOf(basis);
  const full = previous === undefined || options.full === true || previous.snapshot.basis !== basis;
  const largeCluster = snapshot.endpointCount > largeClusterEndpoints;

  const { blocks, changed } = buildBlocks(full ? undefined : previous, snapshot, context, !largeCluster);
  const stale = previous === undefined ? leftChains(options.found ?? [], blocks) : staleChains(previous, blocks);
  const deleteStale = !largeCluster || options.cleanUpDue === true;
  const input = restoreInput([...blocks.values()], changed, deleteStale ? stale : [], context);
  return iptablesProgram({
    snapshot,
    sync: full ? "full" : "partial",
    input,
    largeCluster,
    blocks,
    sysctls: iptablesSysctls(context),
    stale: deleteStale ? [] : stale,
  });
}

/**
 * With route_localnet the kernel routes packets from 127.0.0.0/8 to other hosts once DNAT has sent them there; the kernel's
 * own setting of nf_conntrack_tcp_be_liberal is changed only when the configuration asks for it.
 */
function iptablesSysctls({ localhostNodePorts, tcpBeLiberal }: IptablesContext): ReadonlyMap<string, number> {
  const sysctls = new Map<string, number>();
  if (localhostNodePorts) sysctls.set("net/ipv4/conf/all/route_localnet", 1);
  if (tcpBeLiberal) sysctls.set("net/netfilter/nf_conntrack_tcp_be_liberal", 1);
  return sysctls;
}

/** Computed once per node and configuration. */
const contexts = new WeakMap<ProxyBasis, IptablesContext>();

function contextOf(basis: ProxyBasis): IptablesContext {
  const known = contexts.get(basis);
  if (known !== undefined) return known;
  const context = iptablesContext(basis);
  contexts.set(basis, context);
  return context;
}

function buildBlocks(
  previous: IptablesProgram | undefined,
  snapshot: ProxySnapshot,
  context: IptablesContext,
  withComments: boolean,
): { blocks: Map<ServiceState, ServiceBlock>; changed: ServiceBlock[] } {
  const blocks = new Map<ServiceState, ServiceBlock>();
  const changed: ServiceBlock[] = [];
  for (const service of snapshot.services) {
    const known = previous?.blocks.get(service);
    const block = known ?? compileService(service, context, withComments);
    blocks.set(service, block);
    if (known === undefined) changed.push(block);
  }
  return { blocks, changed };
}

/** Chains of an earlier kube-proxy that no Service has any more. */
function leftChains(found: readonly Chain[], blocks: ReadonlyMap<ServiceState, ServiceBlock>): Chain[] {
  if (found.length === 0) return [];
  const active = new Set([...blocks.values()].flatMap((block) => block.chains.map(({ name }) => name)));
  return found.filter(({ name }) => !active.has(name));
}

/** Chains that are in the kernel and no Service has any more. */
function staleChains(previous: IptablesProgram, blocks: ReadonlyMap<ServiceState, ServiceBlock>): Chain[] {
  const stale = new Map(previous.stale.map((one) => [one.name, one]));
  for (const [service, block] of previous.blocks) {
    if (blocks.get(service) === block) continue;
    for (const one of block.chains) stale.set(one.name, one);
  }
  if (stale.size === 0) return [];
  for (const [service, block] of blocks) {
    if (previous.blocks.get(service) === block) continue;
    for (const one of block.chains) stale.delete(one.name);
  }
  return [...stale.values()];
}

function restoreInput(
  blocks: readonly ServiceBlock[],
  changed: readonly ServiceBlock[],
  stale: readonly Chain[],
  context: IptablesContext,
): RestoreInput {
  const nat = natChains(blocks, context);
  for (const block of changed) for (const one of block.chains) nat.push(one);
  return {
    family: context.family,
    tables: [
      { name: "filter", chains: filterChains(blocks, context), deleted: [] },
      { name: "nat", chains: nat, deleted: stale.map((one) => one.name) },
    ],
  };
}
