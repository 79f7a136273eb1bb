import { formatAddress, type IpAddress } from "@kubenetsim/core/net/address";
import { protocolName } from "@kubenetsim/core/net/protocol";
import type { PacketHeader } from "@kubenetsim/core/trace/packet-header";
import { rejectionName } from "@kubenetsim/netfilter/engine/icmp-error";
import { tapeKind } from "@kubenetsim/netfilter/engine/tape";

/** `sourcePort` that leaves a header's own. */
export const recordedPort = -1;

/** Is it a record of the packet's header? */
export function isHeader(kind: number): boolean {
  return kind === tapeKind.header || kind === tapeKind.icmpError;
}

/** The header of a `header` or `icmpError` record whose slots begin at `at`; `sourcePort` takes the place of its own unless it is -1. */
export function readHeader(words: Int32Array, at: number, sourcePort: number): PacketHeader {
  if (words[at - 1] === tapeKind.icmpError) return readError(words, at);
  const v6 = words[at] === 1;
  return {
    protocol: protocolName(words[at + 1]!) ?? "TCP",
    source: readAddress(words, at + 2, v6),
    sourcePort: sourcePort === recordedPort ? words[at + 6]! : sourcePort,
    destination: readAddress(words, at + 7, v6),
    destinationPort: words[at + 11]!,
  };
}

function readError(words: Int32Array, at: number): PacketHeader {
  const first = words[at]!;
  const v6 = (first & 1) === 1;
  const rejection = first >>> 16;
  const quoted: PacketHeader = {
    protocol: protocolName((first >>> 8) & 255) ?? "TCP",
    source: readAddress(words, at + 6, v6),
    sourcePort: words[at + 1]! >>> 16,
    destination: readAddress(words, at + 10, v6),
    destinationPort: words[at + 1]! & 0xffff,
  };
  return {
    protocol: v6 ? "ICMPv6" : "ICMP",
    source: readAddress(words, at + 2, v6),
    sourcePort: 0,
    destination: quoted.source,
    destinationPort: 0,
    icmp: { type: rejection >>> 8, code: rejection & 255, name: rejectionName(rejection), quoted },
  };
}

/** The address whose words begin at `at`. */
export function readAddress(words: Int32Array, at: number, v6: boolean): IpAddress {
  return formatAddress(v6 ? [words[at]!, words[at + 1]!, words[at + 2]!, words[at + 3]!] : [words[at]!]);
}
