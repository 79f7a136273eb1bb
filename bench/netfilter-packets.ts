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
  options: { stateless: boolean; engine?: "index" | "walk" },
): Kernel {
  const kernel = new Kernel({ random: seededRandom("bench"), clock: virtualClock(), devices, ...options });
  kernel.load(kubeProxyRuleset(serviceCount, endpointCount));
  return kernel;
}

/** First packets from pods to ClusterIPs of all Services, through PREROUTING, FORWARD and POSTROUTING of a node. */
function kernelLoop(kernel: Kernel, serviceCount: number, tape: Tape | null): (count: number) => number {
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
      packet.protocol = 6;
      packet.src0 = podNetwork | (random >>> 16);
      packet.sourcePort = 1024 + (port++ % 60_000);
      packet.dst0 = serviceAddress(random % serviceCount);
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

type LimitLoop = "lookUp" | "trace" | "insertAndTrace";

function limitLoop(tables: LimitTables, kind: LimitLoop): (count: number) => number {
  const stream = new PacketStream();
  let port = 0;
  return (count) => {
    let sum = 0;
    for (let i = 0; i < count; i++) {
      const random = stream.next();
      const source = podNetwork | (random >>> 16);
      const sourcePort = 1024 + (port++ % 60_000);
      const destination = serviceAddress(random % tables.services);
      if (kind === "lookUp") sum += tables.lookUp(destination);
      else if (kind === "trace") sum += tables.trace(source, sourcePort, destination);
      else {
        const endpoint = tables.insert(source, sourcePort, destination);
        tables.writeHops(source, sourcePort, destination, endpoint);
        sum += endpoint;
      }
    }
    return sum;
  };
}

/** Entries for a conntrack table that stays at some hundred thousand: flushed between blocks, outside of the clock's sight. */
function statefulBlock(kernel: Kernel): () => number {
  const block = nsBlock(packets, kernelLoop(kernel, services, new Tape()));
  return () => {
    const spent = block();
    kernel.flushConntrack();
    return spent;
  };
}

export const packetMeasures: readonly Measure[] = [
  {
    id: "1k",
    name: "first packet through a node's hooks, stateless, numeric trace, against the traced limit loop (D)",
    must: 4,
    aim: 2,
    run: (measure) =>
      comparePairs(measure, {
        candidate: nsBlock(
          packets,
          kernelLoop(kernelWith(services, endpoints, { stateless: true }), services, new Tape()),
        ),
        reference: nsBlock(packets, limitLoop(new LimitTables(services, endpoints), "trace")),
        unit: "ns a packet",
      }),
  },
  {
    id: "2k",
    name: "the same, counters only, against the bare look-up loop (A)",
    must: 5,
    aim: 2.5,
    run: (measure) =>
      comparePairs(measure, {
        candidate: nsBlock(packets, kernelLoop(kernelWith(services, endpoints, { stateless: true }), services, null)),
        reference: nsBlock(packets, limitLoop(new LimitTables(services, endpoints), "lookUp")),
        unit: "ns a packet",
      }),
  },
  {
    id: "3k",
    name: "the same with conntrack, numeric trace, against look-up, insertion and trace (C and D)",
    must: 3,
    aim: 1.5,
    run: (measure) =>
      comparePairs(measure, {
        candidate: statefulBlock(kernelWith(services, endpoints, { stateless: false })),
        reference: nsBlock(packets, limitLoop(new LimitTables(services, endpoints), "insertAndTrace")),
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
        candidate: nsBlock(packets, kernelLoop(kernelWith(50_000, 2, { stateless: true }), 50_000, new Tape())),
        reference: nsBlock(packets, kernelLoop(kernelWith(100, 2, { stateless: true }), 100, new Tape())),
        unit: "ns a packet",
      }),
  },
];
