import { tcpFlag } from "../engine/packet.ts";

/**
 * TCP as IPVS sees it (net/netfilter/ipvs/ip_vs_proto_tcp.c of Linux 6.1). Numbers are the kernel's
 * (include/uapi/linux/ip_vs.h, IP_VS_TCP_S_*).
 */
export const tcpState = {
  NONE: 0,
  ESTABLISHED: 1,
  SYN_SENT: 2,
  SYN_RECV: 3,
  FIN_WAIT: 4,
  TIME_WAIT: 5,
  CLOSE: 6,
  CLOSE_WAIT: 7,
  LAST_ACK: 8,
  LISTEN: 9,
  SYNACK: 10,
} as const;

export const tcpStateNames: readonly string[] = Object.keys(tcpState);

/** Seconds a connection stays in each state; `ipvsadm --set` changes ESTABLISHED and FIN_WAIT. */
export const tcpTimeouts: readonly number[] = [2, 900, 120, 60, 120, 120, 10, 60, 30, 120, 120];

/** States that count as ActiveConn; the others are InActConn. */
const activeStates = new Set<number>([tcpState.ESTABLISHED, tcpState.SYN_SENT, tcpState.SYN_RECV, tcpState.SYNACK]);

export function isActiveTcpState(state: number): boolean {
  return activeStates.has(state);
}

const { ESTABLISHED: ES, SYN_SENT: SS, SYN_RECV: SR, FIN_WAIT: FW, TIME_WAIT: TW } = tcpState;
const { CLOSE: CL, CLOSE_WAIT: CW, LAST_ACK: LA, LISTEN: LI } = tcpState;

/** New state by [event][old state]; events in the order of `eventOf`. From the client: */
const input: readonly (readonly number[])[] = [
  // NO  ES  SS  SR  FW  TW  CL  CW  LA  LI  SA
  [SR, ES, ES, SR, SR, SR, SR, SR, SR, SR, SR], // SYN
  [CL, CW, SS, TW, TW, TW, CL, CW, LA, LI, TW], // FIN
  [ES, ES, SS, ES, FW, TW, CL, CW, CL, LI, ES], // ACK
  [CL, CL, CL, SR, CL, CL, CL, CL, LA, LI, SR], // RST
];

/** From the real server: */
const output: readonly (readonly number[])[] = [
  [SS, ES, SS, SR, SS, SS, SS, SS, SS, LI, SR],
  [TW, FW, SS, TW, FW, TW, CL, TW, LA, LI, TW],
  [ES, ES, SS, ES, FW, TW, CL, CW, LA, ES, ES],
  [CL, CL, SS, CL, CL, TW, CL, CL, CL, CL, CL],
];

/** The state after a packet with these flags (`Packet.tcpFlags`). */
export function nextTcpState(state: number, flags: number, fromServer: boolean): number {
  return (fromServer ? output : input)[eventOf(flags)]![state]!;
}

function eventOf(flags: number): number {
  if (flags & tcpFlag.RST) return 3;
  if (flags & tcpFlag.SYN) return 0;
  if (flags & tcpFlag.FIN) return 1;
  return 2;
}
