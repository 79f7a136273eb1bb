import type { IpFamily } from "@kubenetsim/core/net/address";
import { joinHostPort } from "@kubenetsim/core/net/endpoint-text";
import { invariant } from "@kubenetsim/core/runtime/invariant";
import type { Scheduler } from "@kubenetsim/schedulers/scheduler";
import type { Meter } from "../engine/meter.ts";
import type { Packet } from "../engine/packet.ts";
import type { RealServer, VirtualServer } from "../ruleset/virtual-server.ts";
import { checkRealServer, checkVirtualServer } from "./check-virtual-server.ts";
import { RealServerEntry } from "./real-server-entry.ts";
import { type IpvsSysctls, schedulerExpirationMs } from "./settings.ts";
import { Trash } from "./trash.ts";
import { VirtualServerBuckets } from "./virtual-server-buckets.ts";
import { VirtualServerEntry } from "./virtual-server-entry.ts";
import { virtualServerKey } from "./virtual-server-key.ts";
import { VirtualServerTable } from "./virtual-server-table.ts";

/** A tick of the kernel's clock with 250 in a second, by which it puts the clearing away off. */
const tickMs = 4;

export type SchedulerTable = Readonly<Record<string, Scheduler<unknown>>>;

/**
 * The virtual servers of one kernel and what can be done to them (net/netfilter/ipvs/ip_vs_ctl.c). Each operation does
 * what its handler does there, and tells the scheduler.
 */
export class VirtualServers {
  readonly trash: Trash = new Trash();
  /** When the connections of real servers that are gone are ended, as expire_nodest_conn wants it; infinity for never. */
  nextFlushMs: number = Number.POSITIVE_INFINITY;
  /** IPVS looks at packets from the first virtual server on. */
  enabled = false;
  nextVirtualServerIndex = 0;
  nextRealServerId = 0;
  readonly #schedulers: SchedulerTable;
  readonly #settings: { readonly sysctls: IpvsSysctls };
  readonly #byKey = new Map<string, VirtualServerEntry>();
  readonly #byIndex = new Map<number, VirtualServerEntry>();
  readonly #realServers = new Map<number, RealServerEntry>();
  readonly #table = new VirtualServerTable();
  /** By firewall mark; those of IPv6 apart. */
  readonly #byMark = [new Map<number, VirtualServerEntry>(), new Map<number, VirtualServerEntry>()] as const;
  /** The kernel has both families' marks in one table. */
  readonly #markBuckets = new VirtualServerBuckets();
  #portless = 0;
  /** By the value that an entry was made equal to; `syncedWith` says whether it still is. */
  readonly #bySource = new WeakMap<VirtualServer, VirtualServerEntry>();
  #run = 0;

  constructor(schedulers: SchedulerTable, settings: { readonly sysctls: IpvsSysctls }) {
    this.#schedulers = schedulers;
    this.#settings = settings;
  }

  get(key: string): VirtualServerEntry | undefined {
    return this.#byKey.get(key);
  }

  at(index: number): VirtualServerEntry | undefined {
    return this.#byIndex.get(index);
  }

  values(): IterableIterator<VirtualServerEntry> {
    return this.#byKey.values();
  }

  /** Also one that waits in the trash. */
  realServer(id: number): RealServerEntry | undefined {
    return this.#realServers.get(id);
  }

  /** Makes a real server known by its id. */
  register(server: RealServerEntry): void {
    this.#realServers.set(server.id, server);
  }

  emptyTrash(nowMs: number): void {
    this.runSchedulerTimers(nowMs);
    for (const { id } of this.trash.check(nowMs)) this.#realServers.delete(id);
  }

  /** What schedulers do by themselves, up to now and as the sysctls are. */
  runSchedulerTimers(nowMs: number): void {
    for (const entry of this.#byKey.values()) {
      entry.runTimers(nowMs, schedulerExpirationMs(this.#settings.sysctls, entry.scheduler.name));
    }
  }

  /** By mark, by protocol, address and port, or by protocol and address for one without a port. */
  find(packet: Packet, meter: Meter): VirtualServerEntry | undefined {
    let entry: VirtualServerEntry | undefined;
    const marked = this.#byMark[packet.v6 ? 1 : 0];
    if (packet.mark !== 0 && marked.size > 0) {
      meter.hashLookups++;
      entry = marked.get(packet.mark);
      meter.bucketEntriesCompared += this.#markBuckets.compared(entry, packet.mark);
    }
    entry ??= this.#table.find(packet, packet.destinationPort, meter);
    if (entry === undefined && this.#portless > 0) entry = this.#table.find(packet, 0, meter);
    return entry;
  }

  /**
   * Makes these all there are of a family (of both where none is named; of one, those by firewall mark stay). What is there by
   * identity is only looked up. All of them are checked before any is set.
   */
  setAll(wanted: readonly VirtualServer[], family: IpFamily | undefined, nowMs: number): void {
    for (const one of wanted) if (!this.#isSet(one)) checkVirtualServer(one, this.#schedulers);
    const run = ++this.#run;
    let present = 0;
    for (const virtualServer of wanted) {
      const entry = this.#apply(virtualServer, nowMs);
      if (entry.run !== run) present++;
      entry.run = run;
    }
    if (this.#byKey.size === present) return;
    for (const entry of [...this.#byKey.values()]) {
      const concerned = family === undefined || (entry.fwmark === 0 && entry.v6 === (family === "IPv6"));
      if (concerned && entry.run !== run) this.delete(entry, nowMs);
    }
  }

  /** Adds it, or makes what is there equal to it: kube-proxy's way of syncing one virtual server. */
  set(wanted: VirtualServer, nowMs: number): VirtualServerEntry {
    if (!this.#isSet(wanted)) checkVirtualServer(wanted, this.#schedulers);
    return this.#apply(wanted, nowMs);
  }

  #isSet(wanted: VirtualServer): boolean {
    return this.#bySource.get(wanted)?.syncedWith === wanted;
  }

  #apply(wanted: VirtualServer, nowMs: number): VirtualServerEntry {
    const same = this.#bySource.get(wanted);
    if (same?.syncedWith === wanted) return same;
    let entry = this.#byKey.get(virtualServerKey(wanted));
    if (entry === undefined) entry = this.#add(wanted, nowMs);
    else this.#edit(entry, wanted, nowMs);
    this.#syncRealServers(entry, wanted.realServers, nowMs);
    entry.syncedWith = wanted;
    this.#bySource.set(wanted, entry);
    return entry;
  }

  /** Adds it without its real servers. */
  #add(configuration: VirtualServer, nowMs: number): VirtualServerEntry {
    const scheduler = this.#schedulers[configuration.scheduler]!;
    const entry = new VirtualServerEntry(this.nextVirtualServerIndex++, configuration, scheduler, nowMs);
    this.enter(entry);
    return entry;
  }

  /** Puts an entry where packets find it. */
  enter(entry: VirtualServerEntry): void {
    this.enabled = true;
    this.#byKey.set(virtualServerKey(entry.configuration), entry);
    this.#byIndex.set(entry.index, entry);
    if (entry.fwmark !== 0) {
      this.#byMark[entry.v6 ? 1 : 0].set(entry.fwmark, entry);
      this.#markBuckets.add(entry, entry.fwmark);
      return;
    }
    this.#table.add(entry);
    if (entry.port === 0) this.#portless++;
  }

  /** Scheduler, flags and persistence; the real servers stay. */
  edit(entry: VirtualServerEntry, configuration: VirtualServer, nowMs: number): void {
    checkVirtualServer(configuration, this.#schedulers);
    this.#edit(entry, configuration, nowMs);
  }

  #edit(entry: VirtualServerEntry, configuration: VirtualServer, nowMs: number): void {
    entry.useScheduler(this.#schedulers[configuration.scheduler]!, nowMs);
    entry.configure(configuration);
  }

  delete(entry: VirtualServerEntry, nowMs: number): void {
    for (const realServer of [...entry.realServers]) {
      realServer.available = false;
      this.#discard(realServer, nowMs);
    }
    entry.realServers.length = 0;
    entry.syncedWith = undefined;
    entry.schedulerState = entry.scheduler.start(entry.realServers, nowMs);
    this.#byKey.delete(virtualServerKey(entry.configuration));
    this.#byIndex.delete(entry.index);
    if (entry.fwmark !== 0) {
      this.#byMark[entry.v6 ? 1 : 0].delete(entry.fwmark);
      this.#markBuckets.remove(entry, entry.fwmark);
      return;
    }
    this.#table.remove(entry);
    if (entry.port === 0) this.#portless--;
  }

  addRealServer(entry: VirtualServerEntry, configuration: RealServer): void {
    checkRealServer(entry.configuration, configuration);
    const known = this.findRealServer(entry, configuration);
    invariant(known === undefined, `IPVS destination ${configuration.address}:${configuration.port} already exists`);
    this.#insert(entry, configuration);
  }

  #insert(entry: VirtualServerEntry, configuration: RealServer): void {
    const kept = this.trash.take(entry.configuration, configuration.address, configuration.port);
    const realServer = kept ?? new RealServerEntry(this.nextRealServerId++, entry, configuration);
    if (realServer.virtualServer !== entry) {
      realServer.virtualServer = entry;
      realServer.traffic.clear();
    }
    this.register(realServer);
    realServer.configure(configuration, true);
    entry.addRealServer(realServer);
  }

  editRealServer(entry: VirtualServerEntry, configuration: RealServer): void {
    checkRealServer(entry.configuration, configuration);
    const realServer = this.findRealServer(entry, configuration);
    invariant(realServer !== undefined, `no IPVS destination ${configuration.address}:${configuration.port}`);
    this.#change(realServer, configuration);
  }

  #change(realServer: RealServerEntry, configuration: RealServer): void {
    realServer.configure(configuration, false);
    realServer.virtualServer.realServerChanged();
  }

  deleteRealServer(entry: VirtualServerEntry, address: string, port: number, nowMs: number): void {
    const realServer = this.findRealServer(entry, { address, port });
    invariant(realServer !== undefined, `no IPVS destination ${address}:${port}`);
    this.#remove(realServer, nowMs);
  }

  #remove(realServer: RealServerEntry, nowMs: number): void {
    realServer.virtualServer.removeRealServer(realServer);
    this.#discard(realServer, nowMs);
  }

  /** __ip_vs_del_dest. */
  #discard(realServer: RealServerEntry, nowMs: number): void {
    this.trash.put(realServer, nowMs);
    if (this.#settings.sysctls.expireNodestConn) this.nextFlushMs = Math.min(this.nextFlushMs, nowMs + tickMs);
  }

  findRealServer(
    entry: VirtualServerEntry,
    wanted: { readonly address: string; readonly port: number },
  ): RealServerEntry | undefined {
    return entry.realServers.find(
      ({ configuration }) => configuration.port === wanted.port && configuration.address === wanted.address,
    );
  }

  #syncRealServers(entry: VirtualServerEntry, wanted: readonly RealServer[], nowMs: number): void {
    const keyOf = (server: RealServer): string => joinHostPort(server.address, server.port);
    const present = new Map(entry.realServers.map((server) => [keyOf(server.configuration), server]));
    const wantedKeys = new Set(wanted.map(keyOf));
    for (const realServer of wanted) {
      const known = present.get(keyOf(realServer));
      if (known === undefined) this.#insert(entry, realServer);
      else if (!sameRealServer(known.configuration, realServer)) this.#change(known, realServer);
    }
    for (const [key, realServer] of present) if (!wantedKeys.has(key)) this.#remove(realServer, nowMs);
  }
}

function sameRealServer(a: RealServer, b: RealServer): boolean {
  return (
    a.weight === b.weight &&
    a.forward === b.forward &&
    a.upperThreshold === b.upperThreshold &&
    a.lowerThreshold === b.lowerThreshold
  );
}
