import type { IpAddress } from "@kubenetsim/core/net/address";
import { protocolNumbers } from "@kubenetsim/core/net/protocol";
import { ipvsSchedulers } from "@kubenetsim/schedulers/ipvs/table";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Meter } from "../engine/meter.ts";
import { Packet } from "../engine/packet.ts";
import { VirtualServerEntry } from "./virtual-server-entry.ts";
import { VirtualServerTable } from "./virtual-server-table.ts";

function entryOf(number: number): VirtualServerEntry {
  const configuration = {
    protocol: "UDP",
    address: `10.96.${(number >> 8) & 255}.${number & 255}` as IpAddress,
    port: 53 + (number >> 16),
    scheduler: "rr",
    schedulerFlags: [],
    persistenceTimeout: undefined,
    persistenceNetmask: undefined,
    realServers: [],
    origin: undefined,
  } as const;
  return new VirtualServerEntry(number, configuration, ipvsSchedulers.rr!, 0);
}

function packetTo(entry: VirtualServerEntry): Packet {
  const packet = new Packet();
  packet.protocol = protocolNumbers.UDP;
  packet.dst0 = entry.address[0]!;
  packet.destinationPort = entry.port;
  return packet;
}

/** ip_vs_svc_hashkey, written out once more. */
function bucketOf({ protocol, address, port }: VirtualServerEntry): number {
  return (protocol ^ (address[0]! & 0xff) ^ (port >> 8) ^ port) & 255;
}

/** Compared entries by a walk through lists with the newest first. */
function walked(inKernel: readonly VirtualServerEntry[], wanted: VirtualServerEntry): number {
  const bucket = inKernel.filter((entry) => bucketOf(entry) === bucketOf(wanted));
  const at = bucket.indexOf(wanted);
  return at < 0 ? bucket.length : at + 1;
}

test("counts what a walk through the kernel's buckets compares, found or not, after any additions and removals", () => {
  const number = fc.nat({ max: 0x3_ff_ff }).map((n) => n & 0x3_07_07);
  const event = fc.record({ number, isRemoval: fc.boolean() });
  fc.assert(
    fc.property(fc.array(event, { maxLength: 150 }), fc.array(number, { maxLength: 20 }), (events, asked) => {
      const table = new VirtualServerTable();
      const entries = new Map<number, VirtualServerEntry>();
      let newestFirst: VirtualServerEntry[] = [];
      for (const { number, isRemoval } of events) {
        const present = entries.get(number);
        if (isRemoval && present !== undefined) {
          table.remove(present);
          entries.delete(number);
          newestFirst = newestFirst.filter((entry) => entry !== present);
        }
        if (!isRemoval && present === undefined) {
          const entry = entryOf(number);
          table.add(entry);
          entries.set(number, entry);
          newestFirst = [entry, ...newestFirst];
        }
      }
      for (const number of [...asked, ...entries.keys()]) {
        const wanted = entries.get(number) ?? entryOf(number);
        const meter = new Meter();
        expect(table.find(packetTo(wanted), wanted.port, meter)).toBe(entries.get(number));
        expect(meter.bucketEntriesCompared).toBe(walked(newestFirst, wanted));
      }
    }),
  );
});

test("N addresses of a row lie evenly: the first-added is behind all others of its bucket, the last-added before", () => {
  const table = new VirtualServerTable();
  const entries = Array.from({ length: 20_000 }, (_, i) => entryOf(i));
  for (const entry of entries) table.add(entry);
  const compared = (entry: VirtualServerEntry): number => {
    const meter = new Meter();
    table.find(packetTo(entry), entry.port, meter);
    return meter.bucketEntriesCompared;
  };
  expect(compared(entries[0]!)).toBe(Math.ceil(20_000 / 256));
  expect(compared(entries[19_999]!)).toBe(1);
});
