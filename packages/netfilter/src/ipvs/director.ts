import type { IpAddress, IpFamily } from "@kubenetsim/core/net/address";
import { invariant } from "@kubenetsim/core/runtime/invariant";
import type { Director } from "../engine/director.ts";
import { portUnreachable } from "../engine/icmp-error.ts";
import type { Meter } from "../engine/meter.ts";
import { Packet } from "../engine/packet.ts";
import { type Tape, tapeKind } from "../engine/tape.ts";
import { type Verdict, verdict } from "../engine/verdict.ts";
import type { RealServer, VirtualServer } from "../ruleset/virtual-server.ts";
import { ConnectionOpener, opened } from "./connection-opener.ts";
import { type ConnectionTable, field } from "./connection-table.ts";
import { type IpvsState, restoreState, saveState } from "./director-state.ts";
import { IpvsKernelState } from "./kernel-state.ts";
import { listConnections, listRealServer, listVirtualServers } from "./list.ts";
import type { ConnectionListing, RealServerListing, VirtualServerListing } from "./listing.ts";
import { againstQuote, rewriteError, rewriteToServer, rewriteToVirtual } from "./rewrite.ts";
import { runsToServer } from "./runs-to-server.ts";
import type { IpvsSysctls, IpvsTimeouts } from "./settings.ts";
import { mustGo, settle } from "./settle.ts";
import { chosenBy } from "./tape-records.ts";
import { isTransport } from "./transport.ts";
import type { VirtualServerEntry } from "./virtual-server-entry.ts";
import { virtualServerKey } from "./virtual-server-key.ts";
import type { SchedulerTable } from "./virtual-servers.ts";

/**
 * IPVS of one kernel: virtual servers, their schedulers and connections, NAT in both directions
 * (net/netfilter/ipvs of Linux 6.1). Time is the clock's; what became due is done at the next call.
 *
 * @example
 * const director = new IpvsDirector({ clock, schedulers });
 * director.load(compileIpvs(snapshot).virtualServers, "IPv4");
 * kernel = new Kernel({ random, clock, director });
 */
export class IpvsDirector implements Director {
  readonly #clock: { readonly nowMs: number };
  readonly #schedulers: SchedulerTable;
  readonly #kernel: IpvsKernelState;
  readonly #table: ConnectionTable;
  readonly #opener: ConnectionOpener;
  /** What the packet that an error quotes would have been answered with. */
  readonly #answer: Packet = new Packet();

  /** `schedulers` is that of `@kubenetsim/schedulers`; sysctls are those that kube-proxy sets unless `configure` says otherwise. */
  constructor(options: { clock: { readonly nowMs: number }; schedulers: SchedulerTable }) {
    this.#clock = options.clock;
    this.#schedulers = options.schedulers;
    this.#kernel = new IpvsKernelState(options.schedulers);
    this.#table = this.#kernel.connections.table;
    this.#opener = new ConnectionOpener(this.#kernel);
  }

  get enabled(): boolean {
    return this.#kernel.virtualServers.enabled;
  }

  incoming(packet: Packet, meter: Meter, tape: Tape | null): Verdict {
    const { virtualServers, connections } = this.#kernel;
    if (!virtualServers.enabled || packet.ipvsConnection >= 0 || !isTransport(packet)) return verdict.accept;
    const nowMs = this.#now();
    meter.hashLookups++;
    let by: number = chosenBy.connection;
    let slot = settle(this.#kernel, this.#table.findIncoming(packet), packet, nowMs);
    if (slot === mustGo) return verdict.drop;
    if (slot < 0) {
      slot = this.#opener.open(packet, nowMs, meter);
      if (slot === opened.notOurs) return verdict.accept;
      by = this.#opener.by;
      if (slot === opened.refused) {
        tape?.write(tapeKind.ipvs, this.#opener.virtualServer!.index, -1, by);
        packet.rejection = portUnreachable(packet.v6);
        return verdict.reject;
      }
    }
    const server = this.#table.servers[slot]!;
    if (server.available) {
      server.traffic.countIn(packet.bytes);
      server.virtualServer.traffic.countIn(packet.bytes);
    }
    connections.advance(slot, packet, false);
    if (by !== chosenBy.connection) meter.natBindings++;
    tape?.write(tapeKind.ipvs, server.virtualServer.index, server.id, by);
    rewriteToServer(packet, this.#table, slot, tape);
    this.#table.touch(slot, nowMs);
    packet.ipvsConnection = slot;
    return verdict.stolen;
  }

  outgoing(packet: Packet, meter: Meter, tape: Tape | null): boolean {
    const { virtualServers, connections } = this.#kernel;
    if (!virtualServers.enabled || packet.ipvsConnection >= 0) return false;
    if (packet.icmpError >= 0) return this.#outgoingError(packet, meter, tape);
    if (!isTransport(packet)) return false;
    const nowMs = this.#now();
    meter.hashLookups++;
    const slot = this.#table.findOutgoing(packet);
    if (slot < 0) return false;
    const server = this.#table.servers[slot]!;
    rewriteToVirtual(packet, this.#table, slot, tape);
    if (server.available) {
      server.traffic.countOut(packet.bytes);
      server.virtualServer.traffic.countOut(packet.bytes);
    }
    connections.advance(slot, packet, true);
    this.#table.touch(slot, nowMs);
    packet.ipvsConnection = slot;
    return true;
  }

  /** ip_vs_out_icmp: an error about a packet to a real server gets the virtual server's address back, outside and inside. */
  #outgoingError(packet: Packet, meter: Meter, tape: Tape | null): boolean {
    this.#now();
    meter.hashLookups++;
    const slot = this.#table.findOutgoing(againstQuote(packet, this.#answer));
    if (slot < 0) return false;
    const server = this.#table.servers[slot]!;
    rewriteError(packet, this.#table, slot, tape);
    if (server.available) {
      server.traffic.countOut(packet.bytes);
      server.virtualServer.traffic.countOut(packet.bytes);
    }
    packet.ipvsConnection = slot;
    return true;
  }

  /** Only packets that IPVS has rewritten towards a real server belong to anything (net/netfilter/xt_ipvs.c). */
  belongs(
    packet: Packet,
    vaddr: readonly number[] | undefined,
    vproto: number | undefined,
    vport: number | undefined,
  ): boolean {
    const slot = packet.ipvsConnection;
    if (slot < 0) return false;
    const { words } = this.#table;
    const row = this.#table.row(slot);
    if (!runsToServer(packet, this.#table, row)) return false;
    if (vproto !== undefined && words[row + field.protocol] !== vproto) return false;
    if (vport !== undefined && words[row + field.virtualPort] !== vport) return false;
    if (vaddr === undefined) return true;
    if ((vaddr.length === 4) !== packet.v6) return false;
    return vaddr.every((word, i) => words[row + field.virtualAddress + i] === word);
  }

  /**
   * Makes the kernel hold exactly these (with `family`: exactly these of that family). What stays the same keeps its
   * scheduler's state and its connections; a value that was loaded before costs one look-up.
   */
  load(virtualServers: readonly VirtualServer[], family?: IpFamily): void {
    this.#kernel.virtualServers.setAll(virtualServers, family, this.#now());
  }

  /** Adds one virtual server, or makes the one with its protocol, address and port equal to it. */
  setVirtualServer(virtualServer: VirtualServer): void {
    this.#kernel.virtualServers.set(virtualServer, this.#now());
  }

  /** `ipvsadm -E`: scheduler, flags and persistence of a virtual server; its real servers stay. */
  editVirtualServer(virtualServer: VirtualServer): void {
    this.#kernel.virtualServers.edit(this.#entry(virtualServer), virtualServer, this.#now());
  }

  /** `ipvsadm -D`. */
  deleteVirtualServer(virtualServer: VirtualServer): void {
    this.#kernel.virtualServers.delete(this.#entry(virtualServer), this.#now());
  }

  /** `ipvsadm -a`. */
  addRealServer(virtualServer: VirtualServer, realServer: RealServer): void {
    this.#now();
    this.#kernel.virtualServers.addRealServer(this.#entry(virtualServer), realServer);
  }

  /** `ipvsadm -e`. */
  editRealServer(virtualServer: VirtualServer, realServer: RealServer): void {
    this.#now();
    this.#kernel.virtualServers.editRealServer(this.#entry(virtualServer), realServer);
  }

  /** `ipvsadm -d`: connections that it has go on until they end, if the sysctls let them. */
  deleteRealServer(virtualServer: VirtualServer, address: IpAddress, port: number): void {
    this.#kernel.virtualServers.deleteRealServer(this.#entry(virtualServer), address, port, this.#now());
  }

  configure(settings: { sysctls?: Partial<IpvsSysctls>; timeouts?: IpvsTimeouts }): void {
    const nowMs = this.#now();
    this.#kernel.virtualServers.runSchedulerTimers(nowMs);
    this.#kernel.sysctls = { ...this.#kernel.sysctls, ...settings.sysctls };
    if (settings.timeouts !== undefined) this.#kernel.connections.setTimeouts(settings.timeouts);
  }

  get timeouts(): IpvsTimeouts {
    return this.#kernel.connections.timeouts;
  }

  /** What `ipvsadm -Ln` shows; unsorted, as the kernel has them. */
  list(): VirtualServerListing[] {
    this.#now();
    return listVirtualServers(this.#kernel.virtualServers.values());
  }

  /** Is there a virtual server with this one's protocol, address and port, or mark? */
  has(virtualServer: VirtualServer): boolean {
    return this.#kernel.virtualServers.get(virtualServerKey(virtualServer)) !== undefined;
  }

  /** `ipvsadm -Z`: counters of a virtual server and its real ones begin at 0 again; of all of them where none is named. */
  clearCounters(virtualServer?: VirtualServer): void {
    const { virtualServers } = this.#kernel;
    const entries = virtualServer === undefined ? [...virtualServers.values()] : [this.#entry(virtualServer)];
    for (const { traffic, realServers } of entries) {
      for (const counter of [traffic, ...realServers.map((server) => server.traffic)]) counter.clear();
    }
  }

  /** What `VirtualServer.scheduler` can be here. */
  get schedulerNames(): readonly string[] {
    return Object.keys(this.#schedulers);
  }

  /** The real servers of the virtual server with this one's protocol, address and port; none when it is not there. */
  realServersOf(virtualServer: VirtualServer): RealServerListing[] {
    this.#now();
    return this.#kernel.virtualServers.get(virtualServerKey(virtualServer))?.realServers.map(listRealServer) ?? [];
  }

  /** Does it hold any connection or template? */
  get hasConnections(): boolean {
    this.#now();
    return this.#table.count > 0;
  }

  /** What `ipvsadm -Lnc` shows. */
  listConnections(): ConnectionListing[] {
    const nowMs = this.#now();
    return listConnections(this.#kernel.connections, nowMs);
  }

  /** The virtual server of an index on the tape; undefined once it is gone. */
  virtualServerAt(index: number): VirtualServer | undefined {
    return this.#kernel.virtualServers.at(index)?.configuration;
  }

  /** The real server of an index on the tape; undefined once nothing knows it any more. */
  realServerAt(index: number): RealServer | undefined {
    return this.#kernel.virtualServers.realServer(index)?.configuration;
  }

  /** All of it as JSON. */
  save(): IpvsState {
    this.#now();
    return saveState(this.#kernel);
  }

  static restore(
    state: IpvsState,
    options: { clock: { readonly nowMs: number }; schedulers: SchedulerTable },
  ): IpvsDirector {
    const director = new IpvsDirector(options);
    restoreState(state, director.#kernel, options.schedulers);
    return director;
  }

  /** A copy that goes its own way, on its own clock. */
  fork(clock: { readonly nowMs: number }): IpvsDirector {
    return IpvsDirector.restore(this.save(), { clock, schedulers: this.#schedulers });
  }

  #now(): number {
    const { nowMs } = this.#clock;
    this.#kernel.catchUp(nowMs);
    return nowMs;
  }

  #entry(virtualServer: VirtualServer): VirtualServerEntry {
    const key = virtualServerKey(virtualServer);
    const entry = this.#kernel.virtualServers.get(key);
    invariant(entry !== undefined, `no IPVS service ${key}`);
    return entry;
  }
}
