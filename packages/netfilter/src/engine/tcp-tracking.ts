import { tcpFlag } from "./packet.ts";

/** States of a TCP connection in conntrack (include/uapi/linux/netfilter/nf_conntrack_tcp.h). */
export const tcpState = {
  none: 0,
  synSent: 1,
  synReceived: 2,
  established: 3,
  finWait: 4,
  closeWait: 5,
  lastAck: 6,
  timeWait: 7,
  close: 8,
  synSent2: 9,
} as const;

/** What `nextTcpState` says of a packet that changes nothing, and of one that cannot be. */
export const tcpIgnored = 10;
export const tcpInvalid = 11;

// As the kernel's table names them (tcp_conntracks in net/netfilter/nf_conntrack_proto_tcp.c), a line for each kind of packet.
const [SS, SR, ES, FW, CW, LA, TW, CL, S2, IG, IV] = [1, 2, 3, 4, 5, 6, 7, 8, 9, tcpIgnored, tcpInvalid] as const;
const states = 10;
const kinds = 6;

// biome-ignore format: a table
const transitions: Uint8Array = Uint8Array.of(
  // Original direction, from     NO  SS  SR  ES  FW  CW  LA  TW  CL  S2
  /* SYN */                       SS, SS, IG, IG, IG, IG, IG, SS, SS, S2,
  /* SYN and ACK */               IV, IV, SR, IV, IV, IV, IV, IV, IV, SR,
  /* FIN */                       IV, IV, FW, FW, LA, LA, LA, TW, CL, IV,
  /* ACK */                       ES, IV, ES, ES, CW, CW, TW, TW, CL, IV,
  /* RST */                       IV, CL, CL, CL, CL, CL, CL, CL, CL, CL,
  /* none */                      IV, IV, IV, IV, IV, IV, IV, IV, IV, IV,
  // Reply
  /* SYN */                       IV, S2, IV, IV, IV, IV, IV, SS, IV, S2,
  /* SYN and ACK */               IV, SR, IG, IG, IG, IG, IG, IG, IG, SR,
  /* FIN */                       IV, IV, FW, FW, LA, LA, LA, TW, CL, IV,
  /* ACK */                       IV, IG, SR, ES, CW, CW, TW, TW, CL, IG,
  /* RST */                       IV, CL, CL, CL, CL, CL, CL, CL, CL, CL,
  /* none */                      IV, IV, IV, IV, IV, IV, IV, IV, IV, IV,
);

/** The state after a packet with these flags, or `tcpIgnored`, or `tcpInvalid`. Sequence numbers are not known here. */
export function nextTcpState(old: number, isReply: boolean, flags: number): number {
  return transitions[((isReply ? kinds : 0) + kindOf(flags)) * states + old]!;
}

/** get_conntrack_index */
function kindOf(flags: number): number {
  if ((flags & tcpFlag.RST) !== 0) return 4;
  if ((flags & tcpFlag.SYN) !== 0) return (flags & tcpFlag.ACK) !== 0 ? 1 : 0;
  if ((flags & tcpFlag.FIN) !== 0) return 2;
  return (flags & tcpFlag.ACK) !== 0 ? 3 : 5;
}

/** Combinations that a segment may have, whatever stands in PSH, URG and above (tcp_valid_flags). */
const possible: ReadonlySet<number> = new Set([
  tcpFlag.SYN,
  tcpFlag.SYN | tcpFlag.ACK,
  tcpFlag.RST,
  tcpFlag.RST | tcpFlag.ACK,
  tcpFlag.FIN | tcpFlag.ACK,
  tcpFlag.ACK,
]);
const deciding = tcpFlag.FIN | tcpFlag.SYN | tcpFlag.RST | tcpFlag.ACK;

export function isPossibleSegment(flags: number): boolean {
  return possible.has(flags & deciding);
}
