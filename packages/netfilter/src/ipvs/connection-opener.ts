import { protocolNumbers } from "@kubenetsim/core/net/protocol";
import { UnsupportedError } from "@kubenetsim/core/runtime/errors";
import type { Meter } from "../engine/meter.ts";
import { Packet, tcpFlag } from "../engine/packet.ts";
import type { IpvsKernelState } from "./kernel-state.ts";
import { maskAddress } from "./persistence.ts";
import type { RealServerEntry } from "./real-server-entry.ts";
import { schedulerExpirationMs } from "./settings.ts";
import { chosenBy } from "./tape-records.ts";
import type { VirtualServerEntry } from "./virtual-server-entry.ts";
import { virtualServerKey } from "./virtual-server-key.ts";

const ftpPort = 21;
const ftpDataPort = 20;

/** What `open` returns instead of a slot. */
export const opened = {
  /** No virtual server for the packet, or not one that opens a connection: IPVS lets it pass. */
  notOurs: -1,
  /** The virtual server has nobody to take it. */
  refused: -2,
} as const;

/** Opens connections for packets that have none: ip_vs_schedule and ip_vs_sched_persist of net/netfilter/ipvs/ip_vs_core.c. */
export class ConnectionOpener {
  /** The virtual server that the last packet was for, and how its real server was found (`chosenBy`). */
  virtualServer: VirtualServerEntry | undefined;
  by = 0;
  readonly #kernel: IpvsKernelState;
  /** Reused for every choice; schedulers keep nothing of it. */
  readonly #request = {
    sourceAddress: [0],
    sourcePort: 0,
    destinationAddress: [0],
    nowMs: 0,
    fallback: false,
    usePort: false,
    expirationMs: 0,
  };
  readonly #v4 = { source: [0], destination: [0] };
  readonly #v6 = { source: [0, 0, 0, 0], destination: [0, 0, 0, 0] };
  readonly #network = [0, 0, 0, 0];
  readonly #mark = [0];
  readonly #reversed = new Packet();

  constructor(kernel: IpvsKernelState) {
    this.#kernel = kernel;
  }

  /** The slot of a new connection, or one of `opened`. */
  open(packet: Packet, nowMs: number, meter: Meter): number {
    this.virtualServer = undefined;
    if (!mayOpen(packet)) return opened.notOurs;
    const virtualServer = this.#kernel.virtualServers.find(packet, meter);
    if (virtualServer === undefined) return opened.notOurs;
    if (packet.sourcePort === ftpDataPort || this.#isReply(packet)) return opened.notOurs;
    this.virtualServer = virtualServer;
    this.#aimRequest(packet, virtualServer, nowMs);
    const { persistenceTimeout } = virtualServer.configuration;
    if (persistenceTimeout !== undefined) return this.#openPersistent(packet, persistenceTimeout, nowMs, meter);
    if (virtualServer.fwmark === 0 && packet.destinationPort !== virtualServer.port) return opened.refused;
    const server = this.#choose(virtualServer, meter);
    if (server === undefined) return opened.refused;
    return this.#open(packet, server, server.port || packet.destinationPort, -1);
  }

  #openPersistent(packet: Packet, persistenceTimeout: number, nowMs: number, meter: Meter): number {
    const { connections } = this.#kernel;
    const virtualServer = this.virtualServer!;
    this.#aimTemplate(packet, virtualServer);
    meter.hashLookups++;
    let template = connections.findTemplate();
    let server: RealServerEntry | undefined;
    if (template >= 0 && this.#templateHolds(template)) {
      server = connections.table.servers[template]!;
      this.by = chosenBy.persistence;
    } else {
      server = this.#choose(virtualServer, meter);
      if (server === undefined) return opened.refused;
      const knowsPort = packet.destinationPort === virtualServer.port && virtualServer.port !== ftpPort;
      template = connections.openTemplate(server, knowsPort ? server.port : 0, persistenceTimeout * 1000);
    }
    const keepsPort = packet.destinationPort !== virtualServer.port || server.port === 0;
    const slot = this.#open(packet, server, keepsPort ? packet.destinationPort : server.port, template);
    connections.table.touch(template, nowMs);
    return slot;
  }

  #open(packet: Packet, server: RealServerEntry, serverPort: number, template: number): number {
    if (server.configuration.forward !== "Masq") {
      const where = virtualServerKey(server.virtualServer.configuration);
      throw new UnsupportedError(`IPVS forwarding method ${server.configuration.forward}`, where);
    }
    server.traffic.connections++;
    server.virtualServer.traffic.connections++;
    return this.#kernel.connections.open(packet, server, serverPort, template, this.#kernel.sysctls.conntrack);
  }

  #choose(virtualServer: VirtualServerEntry, meter: Meter): RealServerEntry | undefined {
    this.by = chosenBy.scheduler;
    const choice = virtualServer.choose(this.#request, this.#kernel.virtualServers.trash);
    meter.serversExamined += choice.examined;
    return virtualServer.realServers[choice.index];
  }

  /** ip_vs_check_template; one that does not hold is put out of the way. */
  #templateHolds(template: number): boolean {
    const { connections, sysctls } = this.#kernel;
    const server = connections.table.servers[template]!;
    if (server.available && !(sysctls.expireQuiescentTemplate && server.weight === 0)) return true;
    connections.invalidateTemplate(template);
    return false;
  }

  #aimRequest(packet: Packet, virtualServer: VirtualServerEntry, nowMs: number): void {
    const { source, destination } = packet.v6 ? this.#v6 : this.#v4;
    source[0] = packet.src0;
    destination[0] = packet.dst0;
    if (packet.v6) {
      source[1] = packet.src1;
      source[2] = packet.src2;
      source[3] = packet.src3;
      destination[1] = packet.dst1;
      destination[2] = packet.dst2;
      destination[3] = packet.dst3;
    }
    const request = this.#request;
    request.sourceAddress = source;
    request.destinationAddress = destination;
    request.sourcePort = packet.sourcePort;
    request.nowMs = nowMs;
    request.fallback = virtualServer.fallback;
    request.usePort = virtualServer.usePort;
    request.expirationMs = schedulerExpirationMs(this.#kernel.sysctls, virtualServer.scheduler.name) ?? 0;
  }

  #aimTemplate(packet: Packet, virtualServer: VirtualServerEntry): void {
    const { connections } = this.#kernel;
    const { sourceAddress, destinationAddress } = this.#request;
    const prefix = virtualServer.configuration.persistenceNetmask ?? (packet.v6 ? 128 : 32);
    maskAddress(sourceAddress, prefix, this.#network);
    const samePort = packet.destinationPort === virtualServer.port;
    if (!samePort && virtualServer.fwmark !== 0) {
      this.#mark[0] = virtualServer.fwmark;
      connections.aim(packet.v6, 0, this.#network, this.#mark, 0);
      return;
    }
    const port = samePort && virtualServer.port !== ftpPort ? packet.destinationPort : 0;
    connections.aim(packet.v6, packet.protocol, this.#network, destinationAddress, port);
  }

  /** A packet made here that runs against a connection from here: not to be scheduled. */
  #isReply(packet: Packet): boolean {
    const { table } = this.#kernel.connections;
    if (packet.inDevice >= 0 || table.count === 0) return false;
    const reversed = this.#reversed;
    reversed.v6 = packet.v6;
    reversed.protocol = packet.protocol;
    reversed.src0 = packet.dst0;
    reversed.src1 = packet.dst1;
    reversed.src2 = packet.dst2;
    reversed.src3 = packet.dst3;
    reversed.dst0 = packet.src0;
    reversed.dst1 = packet.src1;
    reversed.dst2 = packet.src2;
    reversed.dst3 = packet.src3;
    reversed.sourcePort = packet.destinationPort;
    reversed.destinationPort = packet.sourcePort;
    return table.findIncoming(reversed) >= 0;
  }
}

/** Of TCP only a packet with SYN and without RST. */
function mayOpen(packet: Packet): boolean {
  if (packet.protocol !== protocolNumbers.TCP) return true;
  return (packet.tcpFlags & (tcpFlag.SYN | tcpFlag.RST)) === tcpFlag.SYN;
}
