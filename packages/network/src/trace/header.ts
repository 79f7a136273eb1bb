import { formatAddress, type IpAddress } from "@kubenetsim/core/net/address";
import { protocolName } from "@kubenetsim/core/net/protocol";
import type { PacketHeader } from "@kubenetsim/core/trace/packet-header";

/** `sourcePort` that leaves a header's own. */
export const recordedPort = -1;

/** The header of a `header` record whose slots begin at `at`; `sourcePort` takes the place of its own unless it is -1. */
export function readHeader(words: Int32Array, at: number, sourcePort: number): PacketHeader {
  const v6 = words[at] === 1;
  return {
    protocol: protocolName(words[at + 1]!) ?? "TCP",
    source: readAddress(words, at + 2, v6),
    sourcePort: sourcePort === recordedPort ? words[at + 6]! : sourcePort,
    destination: readAddress(words, at + 7, v6),
    destinationPort: words[at + 11]!,
  };
}

/** The address whose words begin at `at`. */
export function readAddress(words: Int32Array, at: number, v6: boolean): IpAddress {
  return formatAddress(v6 ? [words[at]!, words[at + 1]!, words[at + 2]!, words[at + 3]!] : [words[at]!]);
}
