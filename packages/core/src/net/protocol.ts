/** Transport protocols as the Kubernetes API spells them. */
export type Protocol = "TCP" | "UDP" | "SCTP";

/** IANA protocol numbers, as the kernel has them. */
export const protocolNumbers = { ICMP: 1, TCP: 6, UDP: 17, ICMPv6: 58, SCTP: 132 } as const;

export type TransportName = keyof typeof protocolNumbers;

/** `TCP` for 6; undefined for a number that the simulator does not know. */
export function protocolName(number: number): TransportName | undefined {
  for (const [name, value] of Object.entries(protocolNumbers)) {
    if (value === number) return name as TransportName;
  }
  return undefined;
}

/** The lower-case word that iptables and kube-proxy write. */
export function lowerProtocol(protocol: Protocol): "tcp" | "udp" | "sctp" {
  return protocol === "TCP" ? "tcp" : protocol === "UDP" ? "udp" : "sctp";
}
