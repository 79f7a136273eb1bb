import { ctState, type Packet } from "../engine/packet.ts";
import { connectionFlag, field } from "./connection-table.ts";
import type { IpvsKernelState } from "./kernel-state.ts";
import { tcpState } from "./tcp-state.ts";
import { isNewTcp } from "./transport.ts";

/** The packet must go: a new one of an old connection that conntrack still holds, or one to a server that is gone. */
export const mustGo = -3;

/**
 * Whether the connection that was found still holds for this packet: its slot, -1 to look for a server, or `mustGo`
 * (ip_vs_in_hook of net/netfilter/ipvs/ip_vs_core.c).
 */
export function settle(kernel: IpvsKernelState, slot: number, packet: Packet, nowMs: number): number {
  if (slot < 0) return slot;
  const { sysctls, connections } = kernel;
  const server = connections.table.servers[slot]!;
  if (isNewTcp(packet)) {
    const quiesced = sysctls.expireNodestConn && server.weight === 0;
    if (quiesced || isReused(kernel, slot)) return abandon(kernel, slot, packet, nowMs);
  }
  if (server.available) return slot;
  return sysctls.expireNodestConn ? abandon(kernel, slot, packet, nowMs) : mustGo;
}

function abandon(kernel: IpvsKernelState, slot: number, packet: Packet, nowMs: number): number {
  const oldConntrack = isInOldConntrack(kernel, slot, packet);
  kernel.connections.expireNow(slot, nowMs);
  return oldConntrack ? mustGo : -1;
}

/** is_new_conn_expected: its client's port comes back after the end; never under a persistence template. */
function isReused({ connections: { table }, sysctls }: IpvsKernelState, slot: number): boolean {
  const row = table.row(slot);
  if (sysctls.connReuseMode === 0 || table.words[row + field.controller]! >= 0) return false;
  const state = table.words[row + field.state]!;
  return state === tcpState.TIME_WAIT || state === tcpState.CLOSE;
}

/** The packet is of a conntrack entry that was there before it. */
function isInOldConntrack({ connections: { table } }: IpvsKernelState, slot: number, packet: Packet): boolean {
  const flags = table.words[table.row(slot) + field.flags]!;
  return (flags & connectionFlag.conntrack) !== 0 && packet.ctState === ctState.established;
}
