import { protocolNumbers } from "@kubenetsim/core/net/protocol";
import type { Packet } from "../engine/packet.ts";
import { ConnectionTable, connectionFlag, field } from "./connection-table.ts";
import type { RealServerEntry } from "./real-server-entry.ts";
import { type IpvsTimeouts, kernelTimeouts } from "./settings.ts";
import { isActiveTcpState, nextTcpState, tcpState, tcpTimeouts } from "./tcp-state.ts";

/** How long a connection lives that has seen nothing but its making. */
const firstTimeoutMs = 3000;
/** How long a template that still controls connections is kept on after its time. */
const controllerGraceMs = 60_000;
/** SCTP stays in its first state here: IP_VS_SCTP_S_INIT1. */
const sctpTimeoutMs = 60_000;
/** `field.state` of a template whose client was really answered (IP_VS_CTPL_S_ASSURED). */
export const templateAssured = 1;

/**
 * What happens to connections: they are bound to a real server and counted there, move through their protocol's
 * states, and expire (net/netfilter/ipvs/ip_vs_conn.c and ip_vs_proto_*.c).
 */
export class Connections {
  readonly table: ConnectionTable = new ConnectionTable();
  timeouts: IpvsTimeouts = kernelTimeouts;
  /** Row for looking up templates; filled by `aim`. */
  readonly #probe: number;

  constructor() {
    this.#probe = this.table.allocate();
    this.table.count--;
  }

  setTimeouts(timeouts: IpvsTimeouts): void {
    const { tcp, tcpFin, udp } = timeouts;
    const old = this.timeouts;
    this.timeouts = { tcp: tcp || old.tcp, tcpFin: tcpFin || old.tcpFin, udp: udp || old.udp };
  }

  /** A connection of the packet's client to a real server; `controller` is its template, -1 for none. */
  open(packet: Packet, server: RealServerEntry, serverPort: number, controller: number, conntrack: boolean): number {
    const { table } = this;
    const slot = table.allocate();
    const row = table.row(slot);
    const words = table.words;
    words[row + field.v6] = packet.v6 ? 1 : 0;
    words[row + field.protocol] = packet.protocol;
    words[row + field.clientAddress] = packet.src0;
    words[row + field.clientAddress + 1] = packet.src1;
    words[row + field.clientAddress + 2] = packet.src2;
    words[row + field.clientAddress + 3] = packet.src3;
    words[row + field.clientPort] = packet.sourcePort;
    words[row + field.virtualAddress] = packet.dst0;
    words[row + field.virtualAddress + 1] = packet.dst1;
    words[row + field.virtualAddress + 2] = packet.dst2;
    words[row + field.virtualAddress + 3] = packet.dst3;
    words[row + field.virtualPort] = packet.destinationPort;
    words[row + field.flags]! |= connectionFlag.inactive | (conntrack ? connectionFlag.conntrack : 0);
    this.#finish(slot, server, serverPort);
    words[row + field.controller] = controller;
    if (controller >= 0) words[table.row(controller) + field.controlled]!++;
    return slot;
  }

  /** Fills the probe: a template's protocol, client (already masked), virtual address and port. */
  aim(v6: boolean, protocol: number, client: readonly number[], virtual: readonly number[], port: number): void {
    const { words } = this.table;
    const row = this.table.row(this.#probe);
    words[row + field.v6] = v6 ? 1 : 0;
    words[row + field.protocol] = protocol;
    for (let i = 0; i < 4; i++) {
      words[row + field.clientAddress + i] = client[i] ?? 0;
      words[row + field.virtualAddress + i] = virtual[i] ?? 0;
    }
    words[row + field.virtualPort] = port;
  }

  findTemplate(): number {
    return this.table.findTemplate(this.#probe);
  }

  /** A template for what the probe says. */
  openTemplate(server: RealServerEntry, serverPort: number, timeoutMs: number): number {
    const { table } = this;
    const slot = table.allocate();
    const row = table.row(slot);
    const from = table.row(this.#probe);
    table.words.copyWithin(row, from, from + field.virtualPort + 1);
    table.words[row + field.flags]! |= connectionFlag.template;
    this.#finish(slot, server, serverPort);
    table.timeoutMs[slot] = timeoutMs;
    return slot;
  }

  /** Makes a template unfindable; it goes when its time has come (ip_vs_check_template). */
  invalidateTemplate(slot: number): void {
    const { table } = this;
    const row = table.row(slot);
    if (table.words[row + field.virtualPort] === 0xffff) return;
    table.unlink(slot);
    table.words[row + field.serverPort] = 0xffff;
    table.words[row + field.virtualPort] = 0xffff;
    table.link(slot);
  }

  /** Sets the state after a packet in either direction. */
  advance(slot: number, packet: Packet, fromServer: boolean): void {
    const { table } = this;
    const { words } = table;
    const row = table.row(slot);
    if (packet.protocol === protocolNumbers.TCP) {
      this.#advanceTcp(slot, nextTcpState(words[row + field.state]!, packet.tcpFlags, fromServer));
      return;
    }
    table.timeoutMs[slot] = packet.protocol === protocolNumbers.UDP ? this.timeouts.udp * 1000 : sctpTimeoutMs;
    if (fromServer) this.#assureController(row);
  }

  /** Expires as soon as the present packet is done with. */
  expireNow(slot: number, nowMs: number): void {
    const { table } = this;
    if (table.expiresMs[slot]! > nowMs) table.expireAt(slot, nowMs);
  }

  /** Handles one connection whose time has come by now, if there is any (ip_vs_conn_expire). */
  expireOne(nowMs: number): void {
    const { table } = this;
    const slot = table.takeExpired(nowMs);
    if (slot < 0) return;
    if (table.words[table.row(slot) + field.controlled]! > 0) {
      table.timeoutMs[slot] = controllerGraceMs;
      table.expireAt(slot, nowMs + controllerGraceMs);
    } else this.#end(slot);
  }

  /**
   * Ends all connections whose real server is gone, and then their templates, which have the same one
   * (ip_vs_expire_nodest_conn_flush).
   */
  dropServerless(): void {
    const { table } = this;
    const gone = table.slotsInLinkOrder().filter((slot) => !table.servers[slot]!.available);
    const controls = (slot: number): boolean => table.words[table.row(slot) + field.controlled]! > 0;
    const templates = new Set(gone.filter(controls));
    for (const slot of gone) if (!templates.has(slot)) this.#end(slot);
    for (const slot of templates) if (!controls(slot)) this.#end(slot);
  }

  #end(slot: number): void {
    const { table } = this;
    const row = table.row(slot);
    table.unlink(slot);
    const controller = table.words[row + field.controller]!;
    if (controller >= 0) table.words[table.row(controller) + field.controlled]!--;
    this.#unbind(row, table.servers[slot]!);
    table.release(slot);
  }

  /** Puts what was saved back: the row as it is, bound but not counted again. */
  adopt(values: ArrayLike<number>, server: RealServerEntry, timeoutMs: number, expiresMs: number): void {
    const { table } = this;
    const slot = table.allocate();
    table.words.set(values, table.row(slot));
    table.servers[slot] = server;
    server.holders++;
    table.link(slot);
    table.timeoutMs[slot] = timeoutMs;
    table.expireAt(slot, expiresMs);
  }

  #finish(slot: number, server: RealServerEntry, serverPort: number): void {
    const { table } = this;
    const row = table.row(slot);
    for (let i = 0; i < server.address.length; i++) table.words[row + field.serverAddress + i] = server.address[i]!;
    table.words[row + field.serverPort] = serverPort;
    table.servers[slot] = server;
    table.timeoutMs[slot] = firstTimeoutMs;
    this.#bind(row, server);
    table.link(slot);
  }

  #bind(row: number, server: RealServerEntry): void {
    const flags = this.table.words[row + field.flags]!;
    server.holders++;
    if (flags & connectionFlag.template) server.persistentConnections++;
    else server.inactiveConnections++;
    server.noteBound();
  }

  #unbind(row: number, server: RealServerEntry): void {
    const flags = this.table.words[row + field.flags]!;
    server.holders--;
    if (flags & connectionFlag.template) server.persistentConnections--;
    else if (flags & connectionFlag.inactive) server.inactiveConnections--;
    else server.activeConnections--;
    server.noteUnbound();
  }

  #advanceTcp(slot: number, state: number): void {
    const { table } = this;
    const { words } = table;
    const row = table.row(slot);
    if (state !== words[row + field.state]) {
      this.#countAs(row, table.servers[slot]!, isActiveTcpState(state));
      if (state === tcpState.ESTABLISHED) this.#assureController(row);
      words[row + field.state] = state;
    }
    table.timeoutMs[slot] = this.#tcpTimeoutMs(state);
  }

  #countAs(row: number, server: RealServerEntry, active: boolean): void {
    const { words } = this.table;
    const wasActive = (words[row + field.flags]! & connectionFlag.inactive) === 0;
    if (active === wasActive) return;
    words[row + field.flags]! ^= connectionFlag.inactive;
    server.activeConnections += active ? 1 : -1;
    server.inactiveConnections += active ? -1 : 1;
  }

  #assureController(row: number): void {
    const { words } = this.table;
    const controller = words[row + field.controller]!;
    if (controller >= 0) words[this.table.row(controller) + field.state]! |= templateAssured;
  }

  #tcpTimeoutMs(state: number): number {
    if (state === tcpState.ESTABLISHED) return this.timeouts.tcp * 1000;
    if (state === tcpState.FIN_WAIT) return this.timeouts.tcpFin * 1000;
    return tcpTimeouts[state]! * 1000;
  }
}
