import type { Change } from "@kubenetsim/core/apiserver/cluster-state";
import { hook } from "@kubenetsim/netfilter/engine/hook";
import { Meter } from "@kubenetsim/netfilter/engine/meter";
import { Packet } from "@kubenetsim/netfilter/engine/packet";
import { Tape } from "@kubenetsim/netfilter/engine/tape";
import { Cluster } from "kubenetsim";
import { yamlOf } from "./apply-text.ts";
import { type Block, consume, cpuNs, nsBlock } from "./harness.ts";
import { grownState, newService, planeOver } from "./kubenetsim-build.ts";
import { podObject, podsPerService, selectingService } from "./large-objects.ts";
import { kernelLoop, kernelWith } from "./netfilter-packets.ts";
import { stateWithPods } from "./store-updates.ts";

const packets = 20_000;

/** So many are asked for, at any size: a cost that grows because the processor's caches do not hold more is not meant. */
const asked = 1000;

/** The first packet to one of so many ClusterIPs in iptables mode: nanoseconds. */
export function virtualAddress(services: number): Block {
  const numbers = Array.from({ length: asked }, (_, i) => Math.floor((i * services) / asked));
  return nsBlock(packets, kernelLoop(kernelWith(services, 2), numbers, new Tape()));
}

/** A packet to no Service, which all rules are compared with and counted for: nanoseconds. */
export function countedRules(services: number): Block {
  const kernel = kernelWith(services, 1);
  const packet = new Packet();
  const meter = new Meter();
  return nsBlock(packets, (count) => {
    let compared = 0;
    for (let i = 0; i < count; i++) {
      packet.resetMetadata();
      meter.reset();
      packet.stateless = true;
      packet.protocol = 6;
      packet.src0 = (10 << 24) | (244 << 16) | 7;
      packet.sourcePort = 1024;
      packet.dst0 = (192 << 24) | (i & 0xffff);
      packet.destinationPort = 80;
      kernel.runHook(hook.PREROUTING, packet, meter, null);
      compared = meter.rulesCompared;
    }
    if (compared < services) throw new Error(`only ${compared} rules were compared`);
    return compared;
  });
}

/** One of a Service's so many endpoints is picked, by the rules with `statistic`: nanoseconds of the first packet. */
export function endpointPick(endpoints: number): Block {
  return nsBlock(packets, kernelLoop(kernelWith(1, endpoints), [0], new Tape()));
}

/** One of so many Pods read by its key: nanoseconds. */
export function objectReads(pods: number): Block {
  const table = stateWithPods(pods).tables.Pod;
  const keys = table.keys().slice(-asked);
  return nsBlock(200_000, (count) => {
    let sum = 0;
    for (let i = 0; i < count; i++) sum += table.get(keys[i % asked]!)!.metadata.name.length;
    return sum;
  });
}

/** A cluster with so many Pods, two thirds of them behind Services, settled. */
function clusterOf(pods: number): Cluster {
  const lab = Cluster.create({ nodes: ["n0", "n1"] });
  const services = Math.floor(pods / podsPerService);
  const objects: object[] = [];
  for (let i = 0; i < services; i++) objects.push(selectingService(i));
  for (let i = 0; i < pods; i++) objects.push(podObject(i));
  lab.apply(objects.map((object) => JSON.stringify(object)).join("\n"));
  lab.settle();
  return lab;
}

const changesAtOnce = 40;

/** A Pod's readiness is written, and the cluster settles: its slice and its Endpoints follow. Microseconds. */
export function readinessChange(pods: number): Block {
  const lab = clusterOf(pods);
  let turn = 0;
  return () => {
    turn++;
    return cpuNs(1000 * changesAtOnce, () => {
      for (let i = 0; i < changesAtOnce; i++) {
        const { name, namespace } = podObject(i * podsPerService).metadata;
        const status = turn % 2 === 0 ? "True" : "False";
        lab.api.handle({
          method: "PATCH",
          path: `/api/v1/namespaces/${namespace}/pods/${name}/status`,
          query: new Map(),
          headers: { "content-type": "application/strategic-merge-patch+json" },
          body: JSON.stringify({ status: { conditions: [{ type: "Ready", status }] } }),
        });
        const changes = lab.settle();
        if (changes.length < 3) throw new Error(`only ${changes.length} objects were written`);
        consume(changes.length);
      }
    });
  };
}

/** A Service with its slice comes and goes again, until all tables of a node are current: milliseconds for both. */
export function serviceComesAndGoes(services: number): Block {
  const state = grownState(services, 2);
  const plane = planeOver(state, "iptables");
  const { config } = plane.history[0]!;
  plane.node("n1").current();
  return () =>
    cpuNs(1e6 * changesAtOnce, () => {
      for (let i = 0; i < changesAtOnce; i++) {
        const objects = newService(services + i, 2);
        const added = objects.map((after): Change => ({ ...identity(after), before: undefined, after }));
        const removed = objects.map((before): Change => ({ ...identity(before), before, after: undefined }));
        for (const changes of [added, removed]) {
          plane.add({ state, changes, config });
          consume(plane.node("n1").current().kernel.revision ?? 0);
        }
      }
    });
}

function identity({ kind, metadata }: ReturnType<typeof newService>[number]) {
  return { revision: 0, kind, key: `${metadata.namespace}/${metadata.name}` } as const;
}

/** `snapshot()` of a cluster with so many Services: nanoseconds. */
export function snapshots(services: number): Block {
  const lab = Cluster.create({ nodes: ["n0", "n1"] });
  lab.apply(yamlOf(services));
  lab.settle();
  const kept: unknown[] = [];
  return nsBlock(20_000, (count) => {
    for (let i = 0; i < count; i++) kept[i & 7] = lab.snapshot();
    return kept.length;
  });
}
