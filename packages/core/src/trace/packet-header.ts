import type { IpAddress } from "../net/address.ts";
import type { TransportName } from "../net/protocol.ts";

/** The header fields that the network looks at. Ports are 0 for ICMP. */
export interface PacketHeader {
  readonly protocol: TransportName;
  readonly source: IpAddress;
  readonly sourcePort: number;
  readonly destination: IpAddress;
  readonly destinationPort: number;
  /** Of an ICMP error. */
  readonly icmp?: IcmpError;
}

/** What an ICMP error says, and of which packet. */
export interface IcmpError {
  readonly type: number;
  readonly code: number;
  /** iptables' word for it: `icmp-port-unreachable`. */
  readonly name: string;
  /** The header of the packet that the error is about, as it stands in the error. */
  readonly quoted: PacketHeader;
}
