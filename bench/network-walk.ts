import type { Node } from "@kubenetsim/core/model/node";
import type { Pod } from "@kubenetsim/core/model/pod";
import { formatAddress } from "@kubenetsim/core/net/address";
import { virtualClock } from "@kubenetsim/core/runtime/clock";
import { seededRandom } from "@kubenetsim/core/runtime/random";
import { Kernel } from "@kubenetsim/netfilter/engine/kernel";
import { buildTopology } from "@kubenetsim/network/topology/build";
import type { Host } from "@kubenetsim/network/topology/host";
import { kernelDevices } from "@kubenetsim/network/topology/kernel-devices";
import { liveNames } from "@kubenetsim/network/trace/kernel-names";
import { sendMany } from "@kubenetsim/network/trace/many-packets";
import { Tracer } from "@kubenetsim/network/trace/tracer";
import { RememberingWalker } from "@kubenetsim/network/walk/remembering-walker";
import { type Block, comparePairs, consume, cpuNs, type Measure, nsBlock, type Result } from "./harness.ts";
import { endpointAddress, kubeProxyRuleset, serviceAddress } from "./kube-proxy-rules.ts";
import { LimitTables, PacketStream } from "./limit-loops.ts";

const services = 10_000;
const endpoints = 10;
const packets = 100_000;
/** So many in a list: what `sendMany` does once for each list and each receiver does not count. */
const listed = 1_000_000;
/** One of the endpoints, all of which are in the range that kube-proxy takes for local or beyond it. */
const clientAddress = (10 << 24) | (244 << 16) | (200 << 8) | 5;

interface Lab {
  readonly walker: RememberingWalker;
  readonly client: Host;
  readonly tracer: Tracer<RememberingWalker>;
  readonly kernels: readonly Kernel[];
}

/**
 * A client on one node, every endpoint of 10,000 Services on another; both nodes have all of kube-proxy's rules. The walker
 * remembers ways.
 */
function openLab(stateless: boolean): Lab {
  const nodes = [node("n1", 11, "10.244.200.0/24"), node("n2", 12, "10.244.0.0/15")];
  const pods: Pod[] = [];
  for (let i = 0; i < services * endpoints; i++) {
    const address = endpointAddress(0, i, 0);
    pods.push(pod(`web-${i}`, (address ^ clientAddress) >>> 8 === 0 ? "n1" : "n2", address));
  }
  const topology = buildTopology({ nodes, pods });
  const ruleset = kubeProxyRuleset(services, endpoints);
  const random = seededRandom("bench");
  const kernels = new Map<string, Kernel>();
  for (const [name, host] of topology.nodes) {
    const devices = kernelDevices(host);
    const kernel = new Kernel({ random: random.fork(name), clock: virtualClock(), devices });
    kernel.load(ruleset);
    kernels.set(name, kernel);
  }
  const names = new Map([...topology.nodes].map(([name, host]) => [host, liveNames(kernels.get(name)!)]));
  const walker = new RememberingWalker(topology, kernels, random, { stateless });
  const tracer = new Tracer(walker, (host) => names.get(host), { seed: "bench", mode: "iptables" });
  const client = topology.pods.get(`default/web-${clientAddress - endpointAddress(0, 0, 0)}`)!;
  return { walker, tracer, client, kernels: [...kernels.values()] };
}

function node(name: string, last: number, podCIDR: string): Node {
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: { name },
    spec: { podCIDR, podCIDRs: [podCIDR] },
    status: { addresses: [{ type: "InternalIP", address: `192.168.10.${last}` }] },
  };
}

function pod(name: string, nodeName: string, word: number): Pod {
  const ip = formatAddress([word]);
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: "default" },
    spec: { nodeName, containers: [{ name: "app", ports: [{ containerPort: 8080 }] }] },
    status: { phase: "Running", podIP: ip, podIPs: [{ ip }] },
  };
}

/** How `sendMany` is asked: what `lab.sendMany` hands on once it has looked names up. */
type Sending = { readonly replies: boolean; readonly traces: boolean };
const inNumbers: Sending = { replies: false, traces: false };

/** First packets from one Pod to all ClusterIPs, without answers, so many at a time. */
function sendLoop({ tracer, client }: Lab, how: Sending, atOnce: number): (count: number) => number {
  const senders = [{ host: client, source: [clientAddress] }];
  const targets = Array.from({ length: services }, (_, i) => {
    return { address: [serviceAddress(i)], port: 80, protocol: "TCP" as const };
  });
  const from = new Uint32Array(atOnce);
  const to = new Uint32Array(atOnce);
  const stream = new PacketStream();
  let port = 0;
  return (count) => {
    let sum = 0;
    for (let done = 0; done < count; done += atOnce) {
      for (let i = 0; i < atOnce; i++) to[i] = stream.next() % services;
      const first = port;
      port += atOnce;
      const sourcePort = (i: number): number => 1024 + ((first + i) % 60_000);
      const sent = sendMany(tracer, { senders, targets, from, to, sourcePort, ...how });
      sum += sent.cost.request.rulesCompared + sent.requestRules.length;
      for (const { request } of sent.traces) sum += request.hops.length + request.cost.rulesCompared;
    }
    return sum;
  };
}

/** Of 100,000 ways a block meets at random two thirds of those that are new: after so many some three are. */
const warmBlocks = 11;

/** Both sides warm: the ways walked once, the limits' tables filled. What a first packet costs, `first-packet` tells. */
function compareWarm(measure: Measure, candidate: Block, reference: Block): Result {
  for (let i = 0; i < warmBlocks; i++) candidate();
  reference();
  return comparePairs(measure, { candidate, reference, unit: "ns a packet" });
}

/** Connections are forgotten between the blocks, outside of the clock's sight. */
function newConnections(lab: Lab): Block {
  const block = nsBlock(packets, sendLoop(lab, inNumbers, packets));
  return () => {
    const spent = block();
    for (const kernel of lab.kernels) kernel.flushConntrack();
    return spent;
  };
}

/** So many traces at a time: kept all at once they would be the collector's work. */
const tracesAtOnce = 4000;

class LimitHop {
  readonly host: number;
  readonly source: number;
  readonly destination: number;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly protocol: number;
  constructor(host: number, source: number, destination: number, sourcePort: number) {
    this.host = host;
    this.source = source;
    this.destination = destination;
    this.sourcePort = sourcePort;
    this.destinationPort = 80;
    this.protocol = 6;
  }
}

let kept: { readonly hops: readonly LimitHop[]; readonly endpoint: number } | undefined;

/** Loops A, C with D, D and E of the limits, on the same stream of packets. */
function limitLoop(kind: "lookUp" | "trace" | "insertAndTrace" | "objects"): (count: number) => number {
  const tables = new LimitTables(services, endpoints);
  const stream = new PacketStream();
  let port = 0;
  return (count) => {
    let sum = 0;
    for (let i = 0; i < count; i++) {
      const sourcePort = 1024 + (port++ % 60_000);
      const destination = serviceAddress(stream.next() % services);
      if (kind === "lookUp") sum += tables.lookUp(destination);
      else if (kind === "trace") sum += tables.trace(clientAddress, sourcePort, destination);
      else if (kind === "insertAndTrace") {
        const endpoint = tables.insert(clientAddress, sourcePort, destination);
        tables.writeHops(clientAddress, sourcePort, destination, endpoint);
        sum += endpoint;
      } else {
        const endpoint = tables.track(clientAddress, sourcePort, destination);
        const hops: LimitHop[] = [];
        for (let hop = 0; hop < 6; hop++) hops.push(new LimitHop(hop, clientAddress, destination, sourcePort));
        kept = { hops, endpoint };
        sum += kept.hops.length + endpoint;
      }
    }
    return sum;
  };
}

/** A million first packets: seconds of CPU time. */
function millionPackets(measure: Measure): Result {
  const lab = openLab(false);
  const million = sendLoop(lab, inNumbers, listed);
  const candidate: Block = () => {
    const seconds = cpuNs(1, () => consume(million(1_000_000))) / 1e9;
    for (const kernel of lab.kernels) kernel.flushConntrack();
    return seconds;
  };
  return comparePairs(measure, { candidate, reference: () => 1, unit: "s", pairs: 3 });
}

/** The way from a Pod over two nodes to a Pod: four hosts, six hooks. */
export const networkMeasures: readonly Measure[] = [
  {
    id: "1",
    name: "`sendMany` without answers and conntrack: a packet's way over two nodes in numbers, ways known, against the traced limit loop (D)",
    must: 4,
    aim: 2,
    run: (measure) => compareWarm(measure, untracked(), nsBlock(packets, limitLoop("trace"))),
  },
  {
    id: "2",
    name: "the same against the bare look-up loop (A), which only counts",
    must: 5,
    aim: 2.5,
    run: (measure) => compareWarm(measure, untracked(), nsBlock(packets, limitLoop("lookUp"))),
  },
  {
    id: "3",
    name: "the same with conntrack: each packet opens a connection, against look-up, insertion and trace (C and D)",
    must: 3,
    aim: 1.5,
    run: (measure) =>
      compareWarm(measure, newConnections(openLab(false)), nsBlock(packets, limitLoop("insertAndTrace"))),
  },
  {
    id: "4",
    name: "`sendMany` without answers and conntrack, with a public Trace of each packet, against the loop that makes six hop objects (E)",
    must: 4,
    aim: 2,
    run: (measure) => {
      const traces = sendLoop(openLab(true), { replies: false, traces: true }, tracesAtOnce);
      return compareWarm(measure, nsBlock(packets, traces), nsBlock(packets, limitLoop("objects")));
    },
  },
  {
    id: "packets-1m",
    name: "`sendMany` of 1,000,000 first packets without answers in iptables mode at 10,000 Services, conntrack, numbers of each, ways known, against 1 s",
    must: 5,
    aim: 2,
    run: millionPackets,
  },
];

function untracked(): Block {
  return nsBlock(listed, sendLoop(openLab(true), inNumbers, listed));
}
