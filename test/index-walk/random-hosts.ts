import { type IpAddress, type IpFamily, parseAddressWords } from "@kubenetsim/core/net/address";
import type { DeviceInput } from "@kubenetsim/netfilter/engine/address-book";
import type { VirtualServer } from "@kubenetsim/netfilter/ruleset/virtual-server";
import fc from "fast-check";
import type { IptablesHost } from "./iptables-engines.ts";
import { hosts, setsOf } from "./random-matches.ts";
import { type PacketSpec, packetOf } from "./random-packets.ts";
import { rulesetOf } from "./random-rules.ts";

export const families: readonly IpFamily[] = ["IPv4", "IPv6"];

const devices: readonly DeviceInput[] = [
  { name: "eth0", addresses: ["10.0.0.1/24", "fd00::1/112"] },
  { name: "veth1", addresses: [] },
];

/** So that `-m ipvs` has connections to speak of. */
function virtualServer(family: IpFamily): VirtualServer {
  const [, address, real] = hosts[family].map((text) => text as IpAddress) as [IpAddress, IpAddress, IpAddress];
  const server = {
    address: real,
    port: 443,
    weight: 1,
    forward: "Masq",
    upperThreshold: 0,
    lowerThreshold: 0,
  } as const;
  return {
    protocol: "TCP",
    address,
    port: 80,
    scheduler: "rr",
    schedulerFlags: [],
    persistenceTimeout: undefined,
    persistenceNetmask: undefined,
    realServers: [server],
    origin: undefined,
  };
}

/** A host with random rules. */
export const randomHost = (family: IpFamily, stateless: boolean): fc.Arbitrary<IptablesHost> =>
  fc.tuple(rulesetOf(family), fc.boolean()).map(([ruleset, hasServers]) => {
    const virtualServers = hasServers && !stateless ? [virtualServer(family)] : [];
    return { ruleset, sets: setsOf(family), devices, virtualServers, stateless };
  });

/** Packets that such rules are about. */
export const randomPacket = (family: IpFamily): fc.Arbitrary<PacketSpec> =>
  packetOf({
    addresses: hosts[family].map((text) => parseAddressWords(text)!),
    ports: [53, 80, 443],
    marks: [0x4000, 0xc000],
    devices: devices.length,
  });
