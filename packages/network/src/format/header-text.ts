import { joinHostPort } from "@kubenetsim/core/net/endpoint-text";
import type { PacketHeader } from "@kubenetsim/core/trace/packet-header";

/** `10.244.1.5:32768`; ICMP has no ports. */
export function sourceText({ protocol, source, sourcePort }: PacketHeader): string {
  return protocol.startsWith("ICMP") ? source : joinHostPort(source, sourcePort);
}

export function destinationText({ protocol, destination, destinationPort }: PacketHeader): string {
  return protocol.startsWith("ICMP") ? destination : joinHostPort(destination, destinationPort);
}

/** From where to where; of an ICMP error also what it says, and of which packet. */
export function flowText(header: PacketHeader): string {
  const flow = `${sourceText(header)} → ${destinationText(header)}`;
  const { icmp } = header;
  return icmp === undefined
    ? flow
    : `${flow} ${icmp.name} (${icmp.quoted.protocol.toLowerCase()} ${flowText(icmp.quoted)})`;
}
