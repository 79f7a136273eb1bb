import { addressWords, type IpAddress } from "@kubenetsim/core/net/address";
import { describe, expect, test } from "vitest";
import { AddressBook } from "./address-book.ts";
import { Packet } from "./packet.ts";

const book = new AddressBook([
  { name: "lo", addresses: ["127.0.0.1/8", "::1/128"] },
  { name: "eth0", addresses: ["192.168.10.11/24", "fd00:10::11/64", "fe80::1/64"] },
  { name: "cni0", addresses: ["10.244.1.1/24"] },
]);

function leaving(outDevice: number, destination: string): Packet {
  const packet = new Packet();
  const words = addressWords(destination as IpAddress);
  packet.v6 = words.length === 4;
  [packet.dst0, packet.dst1 = 0, packet.dst2 = 0, packet.dst3 = 0] = words as [number, number?, number?, number?];
  packet.outDevice = outDevice;
  return packet;
}

describe("the address that MASQUERADE takes", () => {
  test.each([
    ["a Pod by cni0", 2, "10.244.1.5", "10.244.1.1"],
    ["another node by eth0", 1, "192.168.10.12", "192.168.10.11"],
    ["the node itself by lo, which has no address that others are spoken to with", 0, "192.168.10.11", "192.168.10.11"],
    ["itself by lo, in IPv6", 0, "fd00:10::11", "fd00:10::11"],
    ["another node, in IPv6: not the link-local one", 1, "fd00:10::12", "fd00:10::11"],
  ])("towards %s", (_, device, destination, source) => {
    expect(book.masqueradeFor(leaving(device, destination))).toEqual(addressWords(source as IpAddress));
  });
});

test("a router on the device's second network is spoken to from there, wherever the packet goes", () => {
  const book = new AddressBook([
    { name: "lo", addresses: ["127.0.0.1/8"] },
    { name: "eth0", addresses: ["203.0.113.5/24", "192.168.10.11/24"] },
  ]);
  const packet = new Packet();
  packet.outDevice = 1;
  packet.dst0 = addressWords("10.244.2.7" as IpAddress)[0]!;
  expect(book.masqueradeFor(packet)).toEqual(addressWords("203.0.113.5" as IpAddress));
  packet.gateway = addressWords("192.168.10.12" as IpAddress);
  expect(book.masqueradeFor(packet)).toEqual(addressWords("192.168.10.11" as IpAddress));
});
