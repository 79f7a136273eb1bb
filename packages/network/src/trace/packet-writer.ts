import type { AddressWords } from "@kubenetsim/core/net/address";
import { protocolNumbers, type TransportName } from "@kubenetsim/core/net/protocol";
import { type Packet, tcpFlag } from "@kubenetsim/netfilter/engine/packet";
import type { Host } from "../topology/host.ts";
import { ChosenSource } from "../walk/chosen-source.ts";

export interface ManySender {
  readonly host: Host;
  /** One of its addresses; undefined for the one that its routing chooses. */
  readonly source: AddressWords | undefined;
}

export interface ManyTarget {
  readonly address: AddressWords;
  readonly port: number;
  readonly protocol: TransportName;
}

/** Of more pairs it is not kept what a sender's routing has chosen. */
const mostPairs = 1 << 20;

/** Words of a target: its address, then these. */
const targetField = { port: 1, protocol: 2, flags: 3 } as const;
const targetLength = 4;

/** Writes headers of first packets from senders to targets, by their numbers. */
export class PacketWriter {
  readonly #packet: Packet;
  readonly #senders: readonly ManySender[];
  readonly #targets: readonly ManyTarget[];
  readonly #chosen: readonly ChosenSource[];
  /** Of IPv4, by sender and target: the source; 0 where nobody has asked. */
  readonly #sources: Int32Array;
  readonly #words: Int32Array;
  readonly #isV4: boolean;

  constructor(packet: Packet, senders: readonly ManySender[], targets: readonly ManyTarget[]) {
    this.#packet = packet;
    this.#senders = senders;
    this.#targets = targets;
    this.#chosen = senders.map(({ host }) => new ChosenSource(host));
    this.#isV4 = targets.every(({ address }) => address.length === 1) && senders.length * targets.length <= mostPairs;
    this.#sources = new Int32Array(this.#isV4 ? senders.length * targets.length : 0);
    this.#words = new Int32Array(targetLength * targets.length);
    for (const [i, { address, port, protocol }] of targets.entries()) {
      const flags = protocol === "TCP" ? tcpFlag.SYN : 0;
      this.#words.set([address[0]!, port, protocolNumbers[protocol], flags], targetLength * i);
    }
  }

  /** Where the sender has no route the packet has no source, and ends at once. */
  write(from: number, to: number, sourcePort: number): void {
    const packet = this.#packet;
    const words = this.#words;
    const at = targetLength * to;
    packet.icmpError = -1;
    packet.protocol = words[at + targetField.protocol]!;
    packet.dst0 = words[at]!;
    packet.sourcePort = sourcePort;
    packet.destinationPort = words[at + targetField.port]!;
    packet.tcpFlags = words[at + targetField.flags]!;
    if (!this.#isV4) {
      this.#writeAddresses(from, to);
      return;
    }
    const pair = from * this.#targets.length + to;
    let source = this.#sources[pair]!;
    if (source === 0) source = this.#sources[pair] = this.#source(from, to)?.[0] ?? 0;
    packet.src0 = source;
    packet.v6 = false;
    packet.src1 = packet.src2 = packet.src3 = packet.dst1 = packet.dst2 = packet.dst3 = 0;
  }

  #writeAddresses(from: number, to: number): void {
    const packet = this.#packet;
    const { address } = this.#targets[to]!;
    const source = this.#source(from, to);
    const v6 = address.length === 4;
    packet.v6 = v6;
    packet.src0 = source === undefined ? 0 : source[0]!;
    packet.src1 = v6 && source !== undefined ? source[1]! : 0;
    packet.src2 = v6 && source !== undefined ? source[2]! : 0;
    packet.src3 = v6 && source !== undefined ? source[3]! : 0;
    packet.dst0 = address[0]!;
    packet.dst1 = v6 ? address[1]! : 0;
    packet.dst2 = v6 ? address[2]! : 0;
    packet.dst3 = v6 ? address[3]! : 0;
  }

  #source(from: number, to: number): AddressWords | undefined {
    return this.#senders[from]!.source ?? this.#chosen[from]!.to(this.#targets[to]!.address);
  }
}
