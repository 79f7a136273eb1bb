import { hook } from "@kubenetsim/netfilter/engine/hook";
import type { Kernel } from "@kubenetsim/netfilter/engine/kernel";
import { Meter } from "@kubenetsim/netfilter/engine/meter";
import { Packet } from "@kubenetsim/netfilter/engine/packet";
import { comparePairs, type Measure, nsBlock, type Result } from "./harness.ts";
import { serviceAddress } from "./kube-proxy-rules.ts";
import { PacketStream } from "./limit-loops.ts";
import { kernelWith } from "./netfilter-packets.ts";

const rules = 10_000;
const probes = 2000;

/** How many of the probes differ in verdict, destination, mark or any count. */
function differences(index: Kernel, walk: Kernel, services: number): number {
  const stream = new PacketStream();
  let different = 0;
  for (let i = 0; i < probes; i++) {
    const random = stream.next();
    const seen = [index, walk].map((kernel) => {
      const packet = new Packet();
      const meter = new Meter();
      packet.stateless = true;
      packet.protocol = random % 7 === 0 ? 17 : 6;
      packet.src0 = random % 3 === 0 ? 0x0a000001 : (10 << 24) | (244 << 16) | (random & 0xffff);
      packet.sourcePort = 1024 + (random & 0x3fff);
      packet.dst0 = serviceAddress((random >>> 8) % (services + 50));
      packet.destinationPort = random % 11 === 0 ? 443 : 80;
      packet.outDevice = 1;
      const verdicts = [hook.PREROUTING, hook.FORWARD, hook.POSTROUTING].map((at) =>
        kernel.runHook(at, packet, meter, null),
      );
      return JSON.stringify([verdicts, packet, meter.cost()]);
    });
    if (seen[0] !== seen[1]) different++;
  }
  return different;
}

/** A packet for the last of the rules: all before it are compared. */
function walkLoop(kernel: Kernel): (count: number) => number {
  const packet = new Packet();
  const meter = new Meter();
  packet.stateless = true;
  return (count) => {
    for (let done = 0; done < count; done += rules) {
      packet.resetMetadata();
      packet.protocol = 6;
      packet.src0 = (10 << 24) | (244 << 16) | 7;
      packet.sourcePort = 1024;
      packet.dst0 = serviceAddress(rules - 1);
      packet.destinationPort = 80;
      kernel.runHook(hook.PREROUTING, packet, meter, null);
    }
    return meter.rulesCompared;
  };
}

/** The specialised loop over arrays: address and mask, protocol, port, as a rule may have them. */
function arrayLoop(): (count: number) => number {
  const addresses = Int32Array.from({ length: rules }, (_, i) => serviceAddress(i));
  const masks = new Int32Array(rules).fill(-1);
  const protocols = new Int32Array(rules).fill(6);
  const ports = new Int32Array(rules).fill(80);
  const wanted = serviceAddress(rules - 1);
  return (count) => {
    let sum = 0;
    for (let done = 0; done < count; done += rules) {
      for (let i = 0; i < rules; i++) {
        if ((wanted & masks[i]!) === addresses[i] && protocols[i] === 6 && ports[i] === 80) {
          sum += i;
          break;
        }
      }
    }
    return sum;
  };
}

export const walkMeasures: readonly Measure[] = [
  {
    id: "6",
    name: `index against walk: probes of ${probes} that differ in anything`,
    must: 0,
    aim: 0,
    run: (measure): Result => {
      const index = kernelWith(3000, 3, { engine: "index" });
      const walk = kernelWith(3000, 3, { engine: "walk" });
      const ratio = differences(index, walk, 3000);
      const fields = { candidate: ratio, reference: 0, ratio, q1: ratio, q3: ratio, mustHolds: ratio === 0 };
      return { id: measure.id, name: measure.name, unit: "differences", must: 0, aim: 0, ...fields };
    },
  },
  {
    id: "7",
    name: "honest walk, a rule compared, against a loop over arrays",
    must: 3,
    aim: 1.5,
    run: (measure) =>
      comparePairs(measure, {
        candidate: nsBlock(20_000_000, walkLoop(kernelWith(rules, 1, { engine: "walk" }))),
        reference: nsBlock(20_000_000, arrayLoop()),
        unit: "ns a rule",
      }),
  },
];
