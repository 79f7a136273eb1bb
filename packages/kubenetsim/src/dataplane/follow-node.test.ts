import { fc, test } from "@fast-check/vitest";
import { addressWords, type IpAddress } from "@kubenetsim/core/net/address";
import { type Clock, virtualClock } from "@kubenetsim/core/runtime/clock";
import { seededRandom } from "@kubenetsim/core/runtime/random";
import { hook } from "@kubenetsim/netfilter/engine/hook";
import { Meter } from "@kubenetsim/netfilter/engine/meter";
import { Packet } from "@kubenetsim/netfilter/engine/packet";
import { printIptablesSave } from "@kubenetsim/netfilter/text/iptables-print";
import { describe, expect, it } from "vitest";
import { Cluster } from "../cluster/cluster.ts";
import type { KubeProxyOption } from "../cluster/kube-proxy-option.ts";
import { DataPlane } from "./data-plane.ts";
import type { ProxyAction } from "./object-history.ts";

const nodes = ["n1", "n2", "n3"];
const virtualAddress = (number: number) => `10.96.0.${number + 10}` as IpAddress;
const balancerAddress = (number: number) => `203.0.113.${number + 10}` as IpAddress;
const addressOf = (name: string) => `192.168.10.${nodes.indexOf(name) + 11}` as IpAddress;

const node = fc.constantFrom(...nodes);
const number = fc.integer({ min: 0, max: 2 });
const policy = fc.constantFrom("Cluster", "Cluster", "Cluster", "Local");

/** Mostly all, of which nothing is to tell nodes apart; those of one node's address only (192.168.10.12 is that of n2). */
const ranges = fc.constantFrom([], [], ["192.168.10.12/32"], ["203.0.113.0/24"]);
/** The Service's own address mostly; one that moves from Service to Service leaves flows behind that no sync looks for. */
const address = fc.constantFrom(undefined, undefined, undefined, 0, 1, 2);
const exposed = fc.record({ policy, ranges, address });
const service = fc.record({
  kind: fc.constant("Service"),
  number,
  protocol: fc.constantFrom("TCP", "UDP"),
  policy,
  exposed: fc.option(exposed),
});
const endpoints = fc.record({
  kind: fc.constant("EndpointSlice"),
  number,
  hosts: fc.uniqueArray(fc.integer({ min: 1, max: 9 }), { maxLength: 3 }),
  hints: fc.constantFrom("none", "none", "none", "zone", "node"),
});
const packet = fc.record({
  kind: fc.constant("Packet"),
  node,
  number,
  to: fc.constantFrom("cluster", "cluster", "balancer", "node"),
  port: fc.nat({ max: 3 }),
});
/** Changes with a packet after each: the code of what was there before becomes waste. */
const churn = fc.record({ kind: fc.constant("Churn"), node, number, times: fc.integer({ min: 3, max: 8 }) });
const step = fc.oneof(
  { weight: 3, arbitrary: service },
  { weight: 4, arbitrary: endpoints },
  { weight: 8, arbitrary: packet },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("Look"), node }) },
  { weight: 2, arbitrary: churn },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("Zone"), node, zone: fc.constantFrom("a", "b") }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom("restart", "cleanup"), on: fc.option(node) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("Time"), seconds: fc.constantFrom(1, 40, 4000) }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;
type ChurnStep = typeof churn extends fc.Arbitrary<infer T> ? T : never;
type PacketStep = typeof packet extends fc.Arbitrary<infer T> ? T : never;
type ServiceStep = typeof service extends fc.Arbitrary<infer T> ? T : never;
type EndpointsStep = typeof endpoints extends fc.Arbitrary<infer T> ? T : never;

/** What tells nodes apart from the beginning, or whose kube-proxies' rules name the node: often nothing. */
const setting = fc.record({
  zones: fc.constantFrom(["a", "a", "a"], ["a", "a", "b"], ["a", "b", "b"], ["b", "a", "a"]),
  kubeProxy: fc.constantFrom<KubeProxyOption>(
    {},
    {},
    {},
    { detectLocalMode: "NodeCIDR" },
    { nodePortAddresses: ["192.168.10.12/32"] },
  ),
});
type Setting = typeof setting extends fc.Arbitrary<infer T> ? T : never;
const alike: Setting = { zones: ["a", "a", "a"], kubeProxy: {} };

/** Nodes that may follow each other, and that start their code anew every now and then, or each in a data plane of its own where there is nobody to follow, and all code stays. */
class Nodes {
  readonly #planes: ReadonlyMap<string, DataPlane>;

  constructor(clock: Clock, together: boolean) {
    const options = { random: seededRandom("a"), clock, cni: "bridge" } as const;
    const plane = () => new DataPlane(options);
    const shared = new DataPlane({ ...options, keptWaste: 64 });
    this.#planes = new Map(nodes.map((name) => [name, together ? shared : plane()]));
  }

  add(settled: Parameters<DataPlane["add"]>[0]): void {
    for (const plane of new Set(this.#planes.values())) plane.add(settled);
  }

  send({ node: name, number, to, port }: PacketStep): unknown {
    const packet = new Packet();
    packet.protocol = number === 1 ? 17 : 6;
    packet.tcpFlags = 2;
    packet.src0 = addressWords("10.244.9.9" as IpAddress)[0]!;
    packet.sourcePort = 4000 + port;
    const address = { cluster: virtualAddress(number), balancer: balancerAddress(number), node: addressOf(name) }[to];
    packet.dst0 = addressWords(address)[0]!;
    packet.destinationPort = to === "node" ? 30080 + number : 80;
    const meter = new Meter();
    const plane = this.#planes.get(name)!.node(name);
    const { kernel } = plane.current();
    if (kernel.devices.length === 0) kernel.setDevices([{ name: "eth0", addresses: [`${addressOf(name)}/24`] }]);
    for (const at of [hook.PREROUTING, hook.FORWARD, hook.POSTROUTING]) plane.runHook(at, packet, meter, null);
    return [packet.dst0, packet.destinationPort, packet.src0, meter.cost()];
  }

  look(name: string): unknown {
    const { kernel, sysctls, cleanUpProblems, proxy } = this.#planes.get(name)!.node(name).current();
    const texts = (["IPv4", "IPv6"] as const).map((family) =>
      printIptablesSave(kernel.ruleset(family), { counters: true }),
    );
    return [
      texts,
      [...sysctls],
      cleanUpProblems,
      [...kernel.nfacct()],
      kernel.conntrack("IPv4").table.size,
      proxy?.node,
    ];
  }

  /** Are the rules of both one object? */
  sharing(a: string, b: string): boolean {
    const [one, other] = [a, b].map((name) =>
      this.#planes.get(name)!.node(name).current().kernel.ruleset("IPv4", false),
    );
    return one === other;
  }
}

class Lab {
  readonly #clock = virtualClock();
  readonly #cluster: Cluster;
  readonly together = new Nodes(this.#clock, true);
  readonly #alone = new Nodes(this.#clock, false);

  constructor({ zones, kubeProxy }: Setting = alike) {
    this.#cluster = Cluster.create({ nodes: nodes.map((name, i) => ({ name, zone: zones[i]! })), kubeProxy });
    this.#settle();
  }

  do(one: Step): void {
    if ("port" in one) this.#both((all) => all.send(one));
    else if ("times" in one) this.#churn(one);
    else if (one.kind === "Look") this.#both((all) => all.look(one.node));
    else if (one.kind === "Time") this.#clock.advance(one.seconds * 1000);
    else if ("on" in one) this.#settle({ kind: one.kind as "restart", node: one.on ?? undefined });
    else {
      this.#write("zone" in one ? this.#inZone(one) : "policy" in one ? serviceOf(one) : sliceOf(one));
      this.#settle();
    }
  }

  #churn({ node, number, times }: ChurnStep): void {
    for (let i = 0; i < times; i++) {
      this.do({ kind: "EndpointSlice", number: (number + 1) % 3, hosts: [i + 1], hints: "none" });
      for (const of of [number, (number + 1) % 3])
        this.do({ kind: "Packet", node, number: of, to: "cluster", port: i });
    }
  }

  #inZone({ node: name, zone }: { readonly node: string; readonly zone: string }): object {
    return { ...this.#cluster.get("Node", name)!, metadata: { name, labels: { "topology.kubernetes.io/zone": zone } } };
  }

  lookAtAll(): void {
    for (const name of nodes) this.#both((all) => all.look(name));
  }

  #both(ask: (nodes: Nodes) => unknown): void {
    expect(ask(this.together)).toEqual(ask(this.#alone));
  }

  #write(object: object): void {
    this.#cluster.apply(JSON.stringify(object));
  }

  #settle(action?: ProxyAction): void {
    const changes = this.#cluster.settle();
    const { state, proxyConfig: config } = this.#cluster;
    const settled = { state, changes, config, action, nowMs: this.#clock.nowMs };
    this.together.add(settled);
    this.#alone.add(settled);
  }
}

function serviceOf({ number, protocol, policy, exposed }: ServiceStep) {
  const port = { port: 80, protocol: number === 1 ? "UDP" : protocol };
  const balancer = exposed && {
    type: "LoadBalancer",
    externalTrafficPolicy: exposed.policy,
    loadBalancerSourceRanges: exposed.ranges,
    ports: [{ ...port, nodePort: 30080 + number }],
  };
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: `s${number}` },
    spec: {
      clusterIP: virtualAddress(number),
      internalTrafficPolicy: policy,
      ports: [port],
      ...balancer,
    },
    ...(exposed && { status: { loadBalancer: { ingress: [{ ip: balancerAddress(exposed.address ?? number) }] } } }),
  };
}

function sliceOf({ number, hosts, hints }: EndpointsStep) {
  const hintsOf = (host: number) =>
    hints === "zone" ? { forZones: [{ name: host % 2 === 0 ? "a" : "b" }] } : { forNodes: [{ name: nodes[host % 3] }] };
  return {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: { name: `s${number}`, labels: { "kubernetes.io/service-name": `s${number}` } },
    addressType: "IPv4",
    ports: [{ name: "", port: 8080, protocol: number === 1 ? "UDP" : "TCP" }],
    endpoints: hosts.map((host) => ({
      addresses: [`10.244.${host % 3}.${host + 1}`],
      conditions: { ready: true },
      nodeName: nodes[host % 3],
      ...(hints !== "none" && { hints: hintsOf(host) }),
    })),
  };
}

const plain = { kind: "Service", protocol: "TCP", policy: "Cluster", exposed: null } as const;
const slice = { kind: "EndpointSlice", hosts: [1, 2], hints: "none" } satisfies Omit<EndpointsStep, "number">;
const balanced = { policy: "Cluster", ranges: [], address: undefined } as const;
const rangeOfOneNode = { ...balanced, ranges: ["192.168.10.12/32"] } as const;
const packetsFromAll = nodes.map((node): Step => ({ kind: "Packet", node, number: 0, to: "cluster", port: 0 }));
const oneService: Step[] = [
  { ...plain, number: 0, exposed: balanced },
  { ...slice, number: 0 },
];
/** What chance finds now and then. */
const examples: Record<string, [Setting, Step[]]> = {
  "a range with one node's address": [alike, [...oneService, { ...plain, exposed: rangeOfOneNode, number: 0 }]],
  "hints for nodes": [alike, [...oneService, { ...slice, number: 0, hints: "node" }]],
  "hints for a zone, with nodes that come in different ones": [
    { ...alike, zones: ["a", "a", "b"] },
    [...oneService, { ...slice, number: 0, hints: "zone" }],
  ],
  "hints for a zone that come when packets have met rules without": [
    { ...alike, zones: ["a", "b", "b"] },
    [...oneService, ...packetsFromAll, { ...slice, number: 0, hosts: [0, 1, 2], hints: "zone" }, ...packetsFromAll],
  ],
  "rules with the node's Pod range": [{ ...alike, kubeProxy: { detectLocalMode: "NodeCIDR" } }, oneService],
  "rules with the node's addresses": [{ ...alike, kubeProxy: { nodePortAddresses: ["192.168.10.12/32"] } }, oneService],
  "a start that finds flows which no sync has looked for": [
    alike,
    [
      { ...plain, number: 0, protocol: "UDP" },
      { ...plain, number: 1, exposed: balanced },
      { ...slice, number: 1 },
      ...nodes.map((node): Step => ({ kind: "Packet", node, number: 1, to: "balancer", port: 0 })),
      { ...plain, number: 1 },
      { ...plain, number: 0, protocol: "UDP", exposed: { ...balanced, address: 1 } },
      ...nodes.map((node): Step => ({ kind: "Look", node })),
      { kind: "restart", on: null },
    ],
  ],
  "code that is started anew": [
    alike,
    [
      ...[0, 1].flatMap((number): Step[] => [
        { ...plain, number },
        { ...slice, number },
      ]),
      ...packetsFromAll,
      ...nodes.map((node): Step => ({ kind: "Churn", node, number: 0, times: 8 })),
      ...packetsFromAll,
    ],
  ],
};

describe("nodes that follow each other", () => {
  function compare(all: Setting, steps: readonly Step[]): void {
    const lab = new Lab(all);
    for (const one of steps) lab.do(one);
    lab.lookAtAll();
  }

  test.prop([setting, fc.array(step, { minLength: 1, maxLength: 25 })], { numRuns: 150 })(
    "have the rules, counters and connections of nodes that nobody can follow",
    compare,
  );

  it.each(Object.entries(examples))("have them with %s", (_, [all, steps]) => compare(all, steps));

  it("run the same code as long as nothing tells them apart, and again after a change", () => {
    const lab = new Lab();
    lab.do({ kind: "Service", number: 0, protocol: "TCP", policy: "Cluster", exposed: null });
    lab.do({ kind: "EndpointSlice", number: 0, hosts: [1, 2, 3], hints: "none" });
    expect(lab.together.sharing("n1", "n2")).toBe(true);
    lab.do({ kind: "EndpointSlice", number: 0, hosts: [1, 2], hints: "none" });
    lab.do({ kind: "Packet", node: "n3", number: 0, to: "cluster", port: 1 });
    expect(lab.together.sharing("n1", "n2")).toBe(true);
    lab.do({ kind: "Service", number: 1, protocol: "TCP", policy: "Local", exposed: null });
    lab.do({ kind: "EndpointSlice", number: 1, hosts: [1], hints: "none" });
    expect(lab.together.sharing("n1", "n2")).toBe(false);
    lab.lookAtAll();
  });

  it("run the same code in all zones until an endpoint is for one of them, and then the code of their zone", () => {
    const lab = new Lab({ ...alike, zones: ["a", "b", "b"] });
    for (const one of [...oneService, ...packetsFromAll]) lab.do(one);
    expect(lab.together.sharing("n1", "n2")).toBe(true);
    lab.do({ ...slice, number: 0, hints: "zone" });
    lab.lookAtAll();
    expect(lab.together.sharing("n1", "n2")).toBe(false);
    expect(lab.together.sharing("n2", "n3")).toBe(true);
  });
});
