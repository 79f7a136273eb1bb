import { virtualClock } from "@kubenetsim/core/runtime/clock";
import { seededRandom } from "@kubenetsim/core/runtime/random";
import { hook } from "@kubenetsim/netfilter/engine/hook";
import { Kernel } from "@kubenetsim/netfilter/engine/kernel";
import { Meter } from "@kubenetsim/netfilter/engine/meter";
import { Packet } from "@kubenetsim/netfilter/engine/packet";
import { Tape } from "@kubenetsim/netfilter/engine/tape";
import { comparePairs, type Measure, nsBlock } from "./harness.ts";
import { kubeProxyRuleset, serviceAddress } from "./kube-proxy-rules.ts";
import { LimitTables, PacketStream } from "./limit-loops.ts";

const services = 10_000;
const endpoints = 10;
const packets = 200_000;
const podNetwork = (10 << 24) | (244 << 16);

const devices = [
  { name: "lo", addresses: ["127.0.0.1/8"] },
  { name: "eth0", addresses: ["192.168.10.11/24"] },
  { name: "cni0", addresses: ["10.244.1.1/24"] },
];

export function kernelWith(
  serviceCount: number,
  endpointCount: number,
  options: { engine?: "index" | "walk" } = {},
): Kernel {
  const kernel = new Kernel({ random: seededRandom("bench"), clock: virtualClock(), devices, ...options });
  kernel.load(kubeProxyRuleset(serviceCount, endpointCount));
  return kernel;
}

/** First packets from pods to ClusterIPs of these Services, by their numbers, any of them, through PREROUTING, FORWARD and POSTROUTING of a node. */
export function kernelLoop(kernel: Kernel, asked: readonly number[], tape: Tape | null): (count: number) => number {
  const packet = new Packet();
  const meter = new Meter();
  const stream = new PacketStream();
  let port = 0;
  return (count) => {
    let sum = 0;
    for (let i = 0; i < count; i++) {
      const random = stream.next();
      packet.resetMetadata();
      meter.reset();
      packet.stateless = true;
      packet.protocol = 6;
      packet.src0 = podNetwork | (random >>> 16);
      packet.sourcePort = 1024 + (port++ % 60_000);
      packet.dst0 = serviceAddress(asked[random % asked.length]!);
      packet.destinationPort = 80;
      packet.inDevice = 2;
      if (tape !== null) tape.rewind();
      kernel.runHook(hook.PREROUTING, packet, meter, tape);
      packet.outDevice = 1;
      kernel.runHook(hook.FORWARD, packet, meter, tape);
      kernel.runHook(hook.POSTROUTING, packet, meter, tape);
      sum = (sum + packet.dst0 + meter.rulesCompared) | 0;
    }
    return sum;
  };
}

function limitLoop(tables: LimitTables): (count: number) => number {
  const stream = new PacketStream();
  let port = 0;
  return (count) => {
    let sum = 0;
    for (let i = 0; i < count; i++) {
      const random = stream.next();
      const source = podNetwork | (random >>> 16);
      sum += tables.trace(source, 1024 + (port++ % 60_000), serviceAddress(random % tables.services));
    }
    return sum;
  };
}

const allOf = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i);

export const packetMeasures: readonly Measure[] = [
  {
    id: "first-packet",
    name: "a first packet through a node's hooks, no way remembered, stateless, numeric trace, against the traced limit loop (D)",
    must: 40,
    aim: 20,
    run: (measure) =>
      comparePairs(measure, {
        candidate: nsBlock(packets, kernelLoop(kernelWith(services, endpoints), allOf(services), new Tape())),
        reference: nsBlock(packets, limitLoop(new LimitTables(services, endpoints))),
        unit: "ns a packet",
      }),
  },
  {
    id: "5",
    name: "iptables mode, indexed: a packet at 50,000 Services against 100",
    must: 5,
    aim: 3,
    run: (measure) =>
      comparePairs(measure, {
        candidate: nsBlock(packets, kernelLoop(kernelWith(50_000, 2), allOf(50_000), new Tape())),
        reference: nsBlock(packets, kernelLoop(kernelWith(100, 2), allOf(100), new Tape())),
        unit: "ns a packet",
      }),
  },
];
