import { type AddressWords, type IpAddress, parseAddressWords } from "@kubenetsim/core/net/address";
import { protocolNumbers, type TransportName } from "@kubenetsim/core/net/protocol";
import { ParseError } from "@kubenetsim/core/runtime/errors";
import type { Packet } from "@kubenetsim/netfilter/engine/packet";
import type { Host } from "../topology/host.ts";
import { sourceAddress } from "./source-address.ts";

/** The first packet of a connection, as a program on a host asks for it. */
export interface Request {
  readonly from: Host;
  readonly protocol: TransportName;
  readonly destination: IpAddress;
  readonly destinationPort: number;
  /** One of the host's own addresses; unless given, the one that the host's routing chooses. */
  readonly source?: IpAddress;
  /** 40000 unless given. */
  readonly sourcePort?: number;
}

export const defaultSourcePort = 40000;

const syn = 2;

/**
 * Writes a request into a packet. Where the host has no route, the packet has no source (0.0.0.0) and ends at once.
 * Throws a ParseError for what is no address, and for a source of the other family.
 */
export function writeRequest(packet: Packet, request: Request): void {
  const destination = readAddress(request.destination);
  const source = request.source === undefined ? sourceAddress(request.from, destination) : readAddress(request.source);
  if (source !== undefined && source.length !== destination.length) {
    throw new ParseError(`${request.source} and ${request.destination} are of different families`);
  }
  const [dst0, dst1 = 0, dst2 = 0, dst3 = 0] = destination as [number, number?, number?, number?];
  const [src0 = 0, src1 = 0, src2 = 0, src3 = 0] = source ?? [];
  packet.v6 = destination.length === 4;
  packet.protocol = protocolNumbers[request.protocol];
  packet.icmpError = -1;
  packet.src0 = src0;
  packet.src1 = src1;
  packet.src2 = src2;
  packet.src3 = src3;
  packet.dst0 = dst0;
  packet.dst1 = dst1;
  packet.dst2 = dst2;
  packet.dst3 = dst3;
  packet.sourcePort = request.sourcePort ?? defaultSourcePort;
  packet.destinationPort = request.destinationPort;
  packet.tcpFlags = request.protocol === "TCP" ? syn : 0;
}

function readAddress(address: IpAddress): AddressWords {
  const words = parseAddressWords(address);
  if (words === undefined) throw new ParseError(`not an IP address: ${address}`);
  return words;
}
