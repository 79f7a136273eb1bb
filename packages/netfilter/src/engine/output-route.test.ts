import { parseAddressWords } from "@kubenetsim/core/net/address";
import { virtualClock } from "@kubenetsim/core/runtime/clock";
import { seededRandom } from "@kubenetsim/core/runtime/random";
import { ipvsSchedulers } from "@kubenetsim/schedulers/ipvs/table";
import { describe, expect, test } from "vitest";
import { IpvsDirector } from "../ipvs/director.ts";
import type { VirtualServer } from "../ruleset/virtual-server.ts";
import { parseIptablesSave } from "../text/iptables-parse.ts";
import { hook } from "./hook.ts";
import { Kernel } from "./kernel.ts";
import { Meter } from "./meter.ts";
import { Packet } from "./packet.ts";
import { verdict } from "./verdict.ts";

const rules = `*filter
:OUTPUT ACCEPT [0:0]
-A OUTPUT -o eth0 -p tcp -j ACCEPT
-A OUTPUT -o cni0 -p tcp -j ACCEPT
COMMIT
*nat
:OUTPUT ACCEPT [0:0]
-A OUTPUT -d 10.96.0.10/32 -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.244.1.5:8080
COMMIT
`;

const devices = [
  { name: "lo", addresses: ["127.0.0.1/8"] },
  { name: "eth0", addresses: ["192.168.10.11/24"] },
  { name: "cni0", addresses: ["10.244.1.1/24"] },
];

const word = (address: string): number => parseAddressWords(address)![0]!;

/** Sends a packet to a destination through OUTPUT; what was asked of its router, and how often each rule of filter matched. */
function send(kernel: Kernel, destination: string, hasWay = true, stateless = false) {
  const asked: number[] = [];
  const packet = new Packet();
  packet.stateless = stateless;
  packet.protocol = 6;
  [packet.src0, packet.sourcePort] = [word("192.168.10.11"), 40_000];
  [packet.dst0, packet.destinationPort] = [word(destination), 80];
  packet.outDevice = 1;
  packet.router = {
    reroute: () => {
      asked.push(packet.dst0);
      return hasWay;
    },
  };
  const result = kernel.runHook(hook.OUTPUT, packet, new Meter(), null);
  const filtered = kernel.chain("IPv4", "filter", "OUTPUT")!.rules.map(({ counters }) => counters?.packets ?? 0);
  return { result, asked, filtered };
}

const options = () => ({ random: seededRandom("output"), clock: virtualClock(), devices });

describe("a packet that OUTPUT gives another destination", () => {
  test("is routed again before filter, which still sees the device from before", () => {
    const kernel = new Kernel(options());
    kernel.load(parseIptablesSave(rules));
    expect(send(kernel, "10.96.0.10")).toEqual({
      result: verdict.accept,
      asked: [word("10.244.1.5")],
      filtered: [1, 0],
    });
    expect(send(kernel, "10.244.1.5").asked).toEqual([]);
  });

  test.each([false, true])("goes no further where there is no way to it (stateless %s)", (stateless) => {
    const kernel = new Kernel(options());
    kernel.load(parseIptablesSave(rules));
    expect(send(kernel, "10.96.0.10", false, stateless)).toMatchObject({ result: verdict.drop, filtered: [0, 0] });
  });

  test("by IPVS is routed again, too, if it stays on the host", () => {
    const director = new IpvsDirector({ clock: virtualClock(), schedulers: ipvsSchedulers });
    const local = { address: "10.244.1.1", port: 80, forward: "Masq", weight: 1, upperThreshold: 0, lowerThreshold: 0 };
    const virtual = { protocol: "TCP", address: "10.96.0.11", port: 80, scheduler: "rr", schedulerFlags: [] };
    director.load([{ ...virtual, realServers: [local] } as unknown as VirtualServer]);
    const kernel = new Kernel({ ...options(), director });
    kernel.load(parseIptablesSave(rules));
    expect(send(kernel, "10.96.0.11")).toMatchObject({ result: verdict.accept, asked: [word("10.244.1.1")] });
  });
});
