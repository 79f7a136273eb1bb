import type { PacketHeader } from "@kubenetsim/core/trace/packet-header";
import type { IpSetType } from "@kubenetsim/netfilter/ruleset/ip-set";

const source = 1;

/**
 * What is looked up in a set for a packet, as the set's entries are written: `10.96.0.1,tcp:80`. `directions` has two bits
 * for each dimension, lowest first, as the tape has them.
 */
export function setEntry(type: IpSetType | undefined, directions: number, header: PacketHeader): string {
  if (type === undefined) return "";
  const protocol = header.protocol.toLowerCase();
  const parts = type.replace(/^(hash|bitmap):/, "").split(",");
  return parts
    .map((part, i) => {
      const isSource = ((directions >> (2 * i)) & source) !== 0;
      if (part !== "port") return isSource ? header.source : header.destination;
      const port = isSource ? header.sourcePort : header.destinationPort;
      return type === "bitmap:port" ? String(port) : `${protocol}:${port}`;
    })
    .join(",");
}
