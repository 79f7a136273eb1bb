import type { IpAddress } from "../net/address.ts";
import type { TransportName } from "../net/protocol.ts";

/** The header fields that the network looks at. Ports are 0 for ICMP. */
export interface PacketHeader {
  readonly protocol: TransportName;
  readonly source: IpAddress;
  readonly sourcePort: number;
  readonly destination: IpAddress;
  readonly destinationPort: number;
}
