import type { RealServer, VirtualServer } from "../ruleset/virtual-server.ts";
import type { IpvsCounters } from "./counters.ts";
import type { IpvsKernelState } from "./kernel-state.ts";
import { RealServerEntry } from "./real-server-entry.ts";
import type { IpvsSysctls, IpvsTimeouts } from "./settings.ts";
import { VirtualServerEntry } from "./virtual-server-entry.ts";
import { virtualServerKey } from "./virtual-server-key.ts";
import type { SchedulerTable } from "./virtual-servers.ts";

/** All that an `IpvsDirector` holds, as JSON. */
export interface IpvsState {
  readonly sysctls: IpvsSysctls;
  readonly timeouts: IpvsTimeouts;
  readonly enabled: boolean;
  readonly nextVirtualServerIndex: number;
  readonly nextRealServerId: number;
  readonly virtualServers: readonly SavedVirtualServer[];
  readonly trash: readonly SavedRealServer[];
  /** Null for never. */
  readonly nextTrashCheckMs: number | null;
  /** Null for never. */
  readonly nextFlushMs: number | null;
  /** In the order in which to link them. */
  readonly connections: readonly SavedConnection[];
  /** Slots of connections that are gone, in the order in which new ones take them. */
  readonly freeSlots: readonly number[];
}

interface SavedVirtualServer {
  readonly index: number;
  /** Without its real servers. */
  readonly configuration: VirtualServer;
  readonly schedulerState: unknown;
  readonly traffic: IpvsCounters;
  /** The newest first. */
  readonly realServers: readonly SavedRealServer[];
}

interface SavedRealServer {
  readonly id: number;
  readonly configuration: RealServer;
  readonly lastWeight: number;
  readonly activeConnections: number;
  readonly inactiveConnections: number;
  readonly persistentConnections: number;
  readonly overloaded: boolean;
  readonly traffic: IpvsCounters;
  /** In the trash: the virtual server that it belonged to, which may be gone. */
  readonly formerly: VirtualServer | null;
  readonly idleSinceMs: number | null;
}

interface SavedConnection {
  readonly slot: number;
  readonly row: readonly number[];
  readonly serverId: number;
  readonly timeoutMs: number;
  readonly expiresMs: number;
}

export function saveState(kernel: IpvsKernelState): IpvsState {
  const { virtualServers, connections } = kernel;
  const { trash } = virtualServers;
  return {
    sysctls: kernel.sysctls,
    timeouts: connections.timeouts,
    enabled: virtualServers.enabled,
    nextVirtualServerIndex: virtualServers.nextVirtualServerIndex,
    nextRealServerId: virtualServers.nextRealServerId,
    virtualServers: [...virtualServers.values()].map((entry) => ({
      index: entry.index,
      configuration: { ...entry.configuration, realServers: [] },
      schedulerState: entry.schedulerState,
      traffic: entry.traffic.values(),
      realServers: entry.realServers.map((server) => saveRealServer(server, null)),
    })),
    trash: [...trash].map((server) =>
      saveRealServer(server, { ...server.virtualServer.configuration, realServers: [] }),
    ),
    nextTrashCheckMs: trash.nextCheckMs === Number.POSITIVE_INFINITY ? null : trash.nextCheckMs,
    nextFlushMs: virtualServers.nextFlushMs === Number.POSITIVE_INFINITY ? null : virtualServers.nextFlushMs,
    connections: saveConnections(kernel),
    freeSlots: connections.table.free.list(),
  };
}

function saveRealServer(server: RealServerEntry, formerly: VirtualServer | null): SavedRealServer {
  const { id, configuration, lastWeight, activeConnections, inactiveConnections, persistentConnections } = server;
  return {
    id,
    configuration,
    lastWeight,
    activeConnections,
    inactiveConnections,
    persistentConnections,
    overloaded: server.overloaded,
    traffic: server.traffic.values(),
    formerly,
    idleSinceMs: server.idleSinceMs ?? null,
  };
}

function saveConnections(kernel: IpvsKernelState): SavedConnection[] {
  const { table } = kernel.connections;
  return table.slotsInLinkOrder().map((slot) => ({
    slot,
    row: [...table.words.subarray(table.row(slot), table.row(slot + 1))],
    serverId: table.servers[slot]!.id,
    timeoutMs: table.timeoutMs[slot]!,
    expiresMs: table.expiresMs[slot]!,
  }));
}

/** Fills an empty kernel. */
export function restoreState(state: IpvsState, kernel: IpvsKernelState, schedulers: SchedulerTable): void {
  const { virtualServers, connections } = kernel;
  for (const saved of state.virtualServers) {
    const scheduler = schedulers[saved.configuration.scheduler]!;
    const entry = new VirtualServerEntry(saved.index, saved.configuration, scheduler, 0);
    entry.schedulerState = saved.schedulerState;
    entry.traffic.set(saved.traffic);
    entry.realServers.push(...saved.realServers.map((server) => restoreRealServer(server, entry)));
    for (const server of entry.realServers) virtualServers.register(server);
    virtualServers.enter(entry);
  }
  for (const saved of state.trash) {
    const server = restoreRealServer(saved, formerOwner(saved.formerly!, kernel, schedulers));
    server.available = false;
    virtualServers.trash.lay(server);
    virtualServers.register(server);
  }
  virtualServers.trash.nextCheckMs = state.nextTrashCheckMs ?? Number.POSITIVE_INFINITY;
  virtualServers.nextFlushMs = state.nextFlushMs ?? Number.POSITIVE_INFINITY;
  virtualServers.enabled = state.enabled;
  virtualServers.nextVirtualServerIndex = state.nextVirtualServerIndex;
  virtualServers.nextRealServerId = state.nextRealServerId;
  kernel.sysctls = state.sysctls;
  connections.timeouts = state.timeouts;
  restoreConnections(state, kernel);
}

function restoreRealServer(saved: SavedRealServer, owner: VirtualServerEntry): RealServerEntry {
  const server = new RealServerEntry(saved.id, owner, saved.configuration);
  server.lastWeight = saved.lastWeight;
  server.activeConnections = saved.activeConnections;
  server.inactiveConnections = saved.inactiveConnections;
  server.persistentConnections = saved.persistentConnections;
  server.overloaded = saved.overloaded;
  server.idleSinceMs = saved.idleSinceMs ?? undefined;
  server.traffic.set(saved.traffic);
  return server;
}

/** The virtual server that is there, or a stand-in for the one that was. */
function formerOwner(formerly: VirtualServer, kernel: IpvsKernelState, schedulers: SchedulerTable): VirtualServerEntry {
  const entry = kernel.virtualServers.get(virtualServerKey(formerly));
  return entry ?? new VirtualServerEntry(-1, formerly, schedulers[formerly.scheduler]!, 0);
}

/** Each into its own slot: the order of a list, and of timers that run out together, is that of the slots. */
function restoreConnections({ connections: saved, freeSlots }: IpvsState, kernel: IpvsKernelState): void {
  const { connections, virtualServers } = kernel;
  connections.table.free.reset([...saved.map(({ slot }) => slot), ...freeSlots]);
  for (const { row, serverId, timeoutMs, expiresMs } of saved) {
    connections.adopt(row, virtualServers.realServer(serverId)!, timeoutMs, expiresMs);
  }
}
