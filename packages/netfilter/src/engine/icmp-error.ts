import { invariant } from "@kubenetsim/core/runtime/invariant";
import type { Packet } from "./packet.ts";

/** What `Packet.rejection` says of a TCP RST: the others are ICMP type << 8 | code. */
export const tcpReset = 0;

/** `--reject-with` words: type << 8 | code (include/uapi/linux/icmp.h, icmpv6.h; libipt_REJECT.c). */
const rejections: Readonly<Record<string, number>> = {
  "tcp-reset": tcpReset,
  "icmp-net-unreachable": (3 << 8) | 0,
  "icmp-host-unreachable": (3 << 8) | 1,
  "icmp-proto-unreachable": (3 << 8) | 2,
  "icmp-port-unreachable": (3 << 8) | 3,
  "icmp-net-prohibited": (3 << 8) | 9,
  "icmp-host-prohibited": (3 << 8) | 10,
  "icmp-admin-prohibited": (3 << 8) | 13,
  "icmp6-no-route": (1 << 8) | 0,
  "icmp6-adm-prohibited": (1 << 8) | 1,
  "icmp6-addr-unreachable": (1 << 8) | 3,
  "icmp6-port-unreachable": (1 << 8) | 4,
  "icmp6-policy-fail": (1 << 8) | 5,
  "icmp6-reject-route": (1 << 8) | 6,
};

const names: ReadonlyMap<number, string> = new Map(Object.entries(rejections).map(([name, code]) => [code, name]));

export function rejectionCode(type: string): number {
  const code = rejections[type];
  invariant(code !== undefined, `no reject type ${type}`);
  return code;
}

/** The word that iptables has for it; `icmp-port-unreachable`. */
export function rejectionName(rejection: number): string {
  return names.get(rejection) ?? `icmp type ${rejection >>> 8} code ${rejection & 255}`;
}

export function portUnreachable(v6: boolean): number {
  return v6 ? (1 << 8) | 4 : (3 << 8) | 3;
}

/**
 * Of the packet that an ICMP error is about: what is not in the error's own header. The source of that packet is where
 * the error goes to, at every point of its way.
 */
export class Quote {
  protocol = 0;
  dst0 = 0;
  dst1 = 0;
  dst2 = 0;
  dst3 = 0;
  sourcePort = 0;
  destinationPort = 0;
}

/** IPv4 and ICMP headers before the quoted packet; IPv6 and ICMPv6. */
const errorBytes = 28;
const errorBytes6 = 48;

/** Turns a packet into the ICMP error about it, as it is quoted, from a host with this source address. */
export function turnIntoError(packet: Packet, error: number, source: ArrayLike<number>): void {
  const { quote } = packet;
  quote.protocol = packet.protocol;
  quote.dst0 = packet.dst0;
  quote.dst1 = packet.dst1;
  quote.dst2 = packet.dst2;
  quote.dst3 = packet.dst3;
  quote.sourcePort = packet.sourcePort;
  quote.destinationPort = packet.destinationPort;
  packet.dst0 = packet.src0;
  packet.dst1 = packet.src1;
  packet.dst2 = packet.src2;
  packet.dst3 = packet.src3;
  packet.src0 = source[0]!;
  packet.src1 = source[1] ?? 0;
  packet.src2 = source[2] ?? 0;
  packet.src3 = source[3] ?? 0;
  packet.protocol = packet.v6 ? 58 : 1;
  packet.sourcePort = 0;
  packet.destinationPort = 0;
  packet.icmpError = error;
  packet.bytes += packet.v6 ? errorBytes6 : errorBytes;
}
