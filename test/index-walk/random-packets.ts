import type { AddressWords } from "@kubenetsim/core/net/address";
import { type Hook, hook } from "@kubenetsim/netfilter/engine/hook";
import { Packet } from "@kubenetsim/netfilter/engine/packet";
import fc from "fast-check";

/** How a packet goes by a host: the hooks that it comes to. */
export const ways = {
  through: [hook.PREROUTING, hook.FORWARD, hook.POSTROUTING],
  in: [hook.PREROUTING, hook.INPUT],
  out: [hook.OUTPUT, hook.POSTROUTING],
} as const satisfies Record<string, readonly Hook[]>;

/** One packet as data. */
export interface PacketSpec {
  readonly way: keyof typeof ways;
  readonly source: AddressWords;
  readonly destination: AddressWords;
  readonly protocol: number;
  readonly sourcePort: number;
  readonly destinationPort: number;
  /** Index of the device that it comes in by or leaves by, -1 for none. */
  readonly inDevice: number;
  readonly outDevice: number;
  readonly mark: number;
  readonly bridged: boolean;
  /** Milliseconds that go by before it. */
  readonly wait: number;
}

/** Where the values of random packets come from: those that the rules name, and their neighbours. */
export interface PacketValues {
  readonly addresses: readonly AddressWords[];
  readonly ports: readonly number[];
  readonly marks: readonly number[];
  readonly devices: number;
}

export const packetOf = ({ addresses, ports, marks, devices }: PacketValues): fc.Arbitrary<PacketSpec> =>
  fc.record({
    way: fc.constantFrom(...(Object.keys(ways) as (keyof typeof ways)[])),
    source: fc.constantFrom(...addresses),
    destination: fc.constantFrom(...addresses),
    protocol: fc.constantFrom(6, 6, 6, 17, 17, 132, 1),
    sourcePort: fc.oneof(fc.constantFrom(1000, 40_000), fc.constantFrom(...ports)),
    destinationPort: fc.constantFrom(...ports),
    inDevice: fc.integer({ min: -1, max: devices - 1 }),
    outDevice: fc.integer({ min: -1, max: devices - 1 }),
    mark: fc.constantFrom(0, 0, ...marks),
    bridged: fc.boolean(),
    wait: fc.constantFrom(0, 0, 3000, 10_000, 11_000),
  });

/** As it stands before its first hook. */
export function packetFrom(spec: PacketSpec): Packet {
  const packet = new Packet();
  packet.v6 = spec.source.length === 4;
  packet.protocol = spec.protocol;
  [packet.src0 = 0, packet.src1 = 0, packet.src2 = 0, packet.src3 = 0] = spec.source;
  [packet.dst0 = 0, packet.dst1 = 0, packet.dst2 = 0, packet.dst3 = 0] = spec.destination;
  packet.sourcePort = spec.protocol === 1 ? 0 : spec.sourcePort;
  packet.destinationPort = spec.protocol === 1 ? 0 : spec.destinationPort;
  packet.inDevice = spec.way === "out" ? -1 : spec.inDevice;
  packet.outDevice = spec.way === "out" ? spec.outDevice : -1;
  packet.mark = spec.mark;
  packet.bridged = spec.bridged;
  return packet;
}
