import { addressWords } from "@kubenetsim/core/net/address";
import { protocolNumbers } from "@kubenetsim/core/net/protocol";
import type { Choice, Request, Scheduler } from "@kubenetsim/schedulers/scheduler";
import type { VirtualServer } from "../ruleset/virtual-server.ts";
import { TrafficCounter } from "./counters.ts";
import type { RealServerEntry } from "./real-server-entry.ts";

/** A virtual server inside the kernel (struct ip_vs_service). */
export class VirtualServerEntry {
  /** Names it on the tape; never given twice. */
  readonly index: number;
  readonly protocol: number;
  readonly v6: boolean;
  readonly address: readonly number[];
  /** 0 for all ports, and for a service by firewall mark. */
  readonly port: number;
  /** 0 for a service by protocol, address and port. */
  readonly fwmark: number;
  readonly traffic: TrafficCounter = new TrafficCounter();
  /** The newest first. */
  readonly realServers: RealServerEntry[] = [];
  configuration: VirtualServer;
  /** What it was last made equal to as a whole; undefined once something was changed by itself. */
  syncedWith: VirtualServer | undefined;
  /** The last time that all virtual servers were set and it was among them. */
  run = 0;
  scheduler: Scheduler<unknown>;
  schedulerState: unknown;
  fallback = false;
  usePort = false;
  /** The next one in its bucket of the table that packets are looked up in. */
  nextInBucket: VirtualServerEntry | undefined;
  /** How many older ones are in its bucket of the kernel's own table. */
  placeInBucket = 0;

  constructor(index: number, configuration: VirtualServer, scheduler: Scheduler<unknown>, nowMs: number) {
    this.index = index;
    this.configuration = configuration;
    this.protocol = protocolNumbers[configuration.protocol];
    this.address = addressWords(configuration.address);
    this.v6 = this.address.length === 4;
    this.fwmark = configuration.fwmark ?? 0;
    this.port = this.fwmark === 0 ? configuration.port : 0;
    this.scheduler = scheduler;
    this.schedulerState = scheduler.start(this.realServers, nowMs);
    this.configure(configuration);
  }

  /** ip_vs_edit_service without the scheduler: flags, persistence. */
  configure(configuration: VirtualServer): void {
    const { schedulerFlags: flags } = configuration;
    this.syncedWith = undefined;
    this.configuration = configuration;
    this.fallback = flags.includes("sh-fallback") || flags.includes("mh-fallback") || flags.includes("flag-1");
    this.usePort = flags.includes("sh-port") || flags.includes("mh-port") || flags.includes("flag-2");
  }

  useScheduler(scheduler: Scheduler<unknown>, nowMs: number): void {
    if (scheduler === this.scheduler) return;
    this.scheduler = scheduler;
    this.schedulerState = scheduler.start(this.realServers, nowMs);
  }

  addRealServer(realServer: RealServerEntry): void {
    this.syncedWith = undefined;
    this.realServers.unshift(realServer);
    this.schedulerState = this.scheduler.added(this.schedulerState, this.realServers, 0);
  }

  removeRealServer(realServer: RealServerEntry): void {
    const index = this.realServers.indexOf(realServer);
    this.syncedWith = undefined;
    this.realServers.splice(index, 1);
    realServer.available = false;
    this.schedulerState = this.scheduler.removed(this.schedulerState, this.realServers, index);
  }

  realServerChanged(): void {
    this.syncedWith = undefined;
    this.schedulerState = this.scheduler.changed(this.schedulerState, this.realServers);
  }

  runTimers(nowMs: number, expirationMs: number | undefined): void {
    this.schedulerState = this.scheduler.elapsed?.(this.schedulerState, nowMs, expirationMs) ?? this.schedulerState;
  }

  choose(request: Request, trash: Iterable<RealServerEntry>): Choice<unknown> {
    const choice = this.scheduler.choose(this.schedulerState, this.realServers, request, trash);
    this.schedulerState = choice.state;
    return choice;
  }
}
