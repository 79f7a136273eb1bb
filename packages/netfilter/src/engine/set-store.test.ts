import { fc, test } from "@fast-check/vitest";
import { formatAddress } from "@kubenetsim/core/net/address";
import { describe, expect, it } from "vitest";
import type { IpSet, IpSetType } from "../ruleset/ip-set.ts";
import { Packet } from "./packet.ts";
import { SetStore } from "./set-store.ts";

const address = (i: number): string => formatAddress([(10 << 24) | i]);

const entryOf: Readonly<Record<IpSetType, (i: number) => string>> = {
  "hash:ip": address,
  "hash:ip,port": (i) => `${address(i)},tcp:80`,
  "hash:ip,port,ip": (i) => `${address(i)},tcp:80,${address(i)}`,
  "hash:ip,port,net": (i) => `${address(i)},tcp:80,${address(i & 0xf0)}/${28 + (i % 4)}`,
  "bitmap:port": String,
};

function setOf(type: IpSetType, numbers: Iterable<number>): IpSet {
  return {
    name: "S",
    type,
    family: "IPv4",
    entries: [...numbers].map((i) => ({ text: entryOf[type](i), origin: undefined })),
  };
}

/** Which of the numbers' packets are in the set. */
function members(store: SetStore): number[] {
  const packet = new Packet();
  packet.protocol = 6;
  return Array.from({ length: 64 }, (_, i) => i).filter((i) => {
    packet.src0 = (10 << 24) | i;
    packet.dst0 = (10 << 24) | i;
    packet.sourcePort = i;
    packet.destinationPort = store.sets()[0]!.type === "bitmap:port" ? i : 80;
    return store.contains(store.idOf("S"), 0b011010, packet);
  });
}

describe("SetStore", () => {
  const numbers = fc.uniqueArray(fc.nat({ max: 63 }));
  const types = fc.constantFrom(...(Object.keys(entryOf) as IpSetType[]));

  test.prop([types, numbers, numbers])("holds after a change what it would if the set were new", (type, old, now) => {
    const before = setOf(type, old);
    const after = setOf(type, now);
    const store = new SetStore();
    store.put([before]);
    const earlier = store.fork();
    const were = members(store);
    const texts = (set: IpSet): string[] => set.entries.map(({ text }) => text);
    const added = texts(after).filter((text) => !texts(before).includes(text));
    const removed = texts(before).filter((text) => !texts(after).includes(text));
    store.change({ before, after, added, removed });
    const fresh = new SetStore();
    fresh.put([after]);
    expect(store.sets()).toEqual([after]);
    expect(members(store)).toEqual(members(fresh));
    expect(members(earlier)).toEqual(were);
  });

  it("changes nothing where the set is another than the one that changed", () => {
    const store = new SetStore();
    const [before, after, other] = [setOf("hash:ip", [1]), setOf("hash:ip", [1, 2]), setOf("hash:ip", [3])];
    store.put([other]);
    store.change({ before, after, added: [address(2)], removed: [] });
    expect(store.sets()).toEqual([other]);
  });
});
