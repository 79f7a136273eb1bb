import { fc, test } from "@fast-check/vitest";
import { addressWords, type IpAddress } from "@kubenetsim/core/net/address";
import { parseCidr } from "@kubenetsim/core/net/cidr";
import { protocolNumbers } from "@kubenetsim/core/net/protocol";
import { seededRandom } from "@kubenetsim/core/runtime/random";
import { Packet } from "@kubenetsim/netfilter/engine/packet";
import { describe, expect, it } from "vitest";
import { node, pod } from "../../test-objects.ts";
import { ratio, ratioText, sum } from "../shares/ratio.ts";
import { shares } from "../shares/shares.ts";
import { buildTopology } from "../topology/build.ts";
import { Tracer } from "../trace/tracer.ts";
import { Walker } from "../walk/walker.ts";
import { algorithmNames } from "./algorithms.ts";
import { Balancer, balanceVerdict } from "./balancer.ts";
import type { LoadBalancer, LoadBalancerListener, LoadBalancerMode } from "./load-balancer.ts";

const names = ["node1", "node2", "node3"];
const targets = names.map((name) => ({ name, addresses: [addressWords(`192.168.10.1${name.at(-1)}` as IpAddress)] }));
const random = seededRandom("balancer");

function config(listener: Partial<LoadBalancerListener> = {}, more: Partial<LoadBalancer> = {}): LoadBalancer {
  const listeners = [{ protocol: "TCP" as const, port: 80, targetPort: 8080, targets, ...listener }];
  return { name: "public", addresses: ["203.0.113.80" as IpAddress], mode: "nat", listeners, ...more };
}

function packet(sourcePort: number, port = 80, source = "198.51.100.7"): Packet {
  const made = new Packet();
  made.protocol = protocolNumbers.TCP;
  made.src0 = addressWords(source as IpAddress)[0]!;
  made.dst0 = addressWords("203.0.113.80" as IpAddress)[0]!;
  made.sourcePort = sourcePort;
  made.destinationPort = port;
  return made;
}

/** Whom it chooses for these source ports. */
function choices(balancer: Balancer, ports: readonly number[]): (string | number)[] {
  return ports.map((port) => {
    const verdict = balancer.decide(packet(port), random);
    return verdict === balanceVerdict.forward ? balancer.chosen.name : verdict;
  });
}

const ports = Array.from({ length: 60 }, (_, i) => 40_000 + i);

describe.each(algorithmNames)("%s", (algorithm) => {
  const health = fc.array(fc.boolean(), { minLength: 3, maxLength: 3 });

  test.prop([health])("chooses among the healthy alone, and all of them where ports or turns count", (ills) => {
    const reasons = ills.map((ill) => (ill ? "ill" : undefined));
    const chosen = new Set(choices(new Balancer(config({ algorithm }), () => reasons), ports));
    const healthy = names.filter((_, i) => !ills[i]);
    if (healthy.length === 0) expect([...chosen]).toEqual([balanceVerdict.noTarget]);
    else if (algorithm === "source-address") expect(chosen.size).toBe(1);
    else expect([...chosen].sort()).toEqual(healthy);
    for (const name of healthy.length === 0 ? [] : chosen) expect(healthy).toContain(name);
  });

  it("has a copy that goes its own way from where it stands", () => {
    const one = new Balancer(config({ algorithm }));
    choices(one, ports.slice(0, 4));
    const two = one.copy(({ targets: all }) => all.map(() => undefined));
    const draws = algorithm === "random";
    const [first, second] = [choices(one, ports), choices(two, ports)];
    if (!draws) expect(second).toEqual(first);
  });
});

describe("a load balancer", () => {
  it("takes turns in the order of its targets, and goes on when one falls ill", () => {
    let health: readonly (string | undefined)[] = [undefined, undefined, undefined];
    const balancer = new Balancer(config({ algorithm: "round-robin" }), () => health);
    expect(choices(balancer, ports.slice(0, 4))).toEqual(["node1", "node2", "node3", "node1"]);
    health = [undefined, "ill", undefined];
    expect(choices(balancer, ports.slice(0, 3))).toEqual(["node3", "node1", "node3"]);
    balancer.configure(config({ algorithm: "round-robin", targetPort: 9090 }));
    expect(choices(balancer, ports.slice(0, 2))).toEqual(["node1", "node3"]);
  });

  it("keeps sources out by its own list and by a listener's, and ports without a listener", () => {
    const allowedSources = [parseCidr("198.51.100.0/24")!];
    for (const balancer of [new Balancer(config({ allowedSources })), new Balancer(config({}, { allowedSources }))]) {
      expect(balancer.decide(packet(1, 80), random)).toBe(balanceVerdict.forward);
      expect(balancer.decide(packet(1, 80, "192.0.2.1"), random)).toBe(balanceVerdict.refusedSource);
      expect(balancer.decide(packet(1, 81), random)).toBe(balanceVerdict.noListener);
    }
    const nobody = new Balancer(config({ allowedSources: [] }));
    expect(nobody.decide(packet(1), random)).toBe(balanceVerdict.refusedSource);
  });
});

const nodes = [node(1), node(2), node(3)];
const onNode = (index: number) => {
  const one = pod(`web-${index}`, `node${index}`, `192.168.10.1${index}`, [8080]);
  return { ...one, spec: { ...one.spec, hostNetwork: true } };
};

function network(listener: Partial<LoadBalancerListener>, mode: LoadBalancerMode, more: Partial<LoadBalancer> = {}) {
  const balancer = new Balancer(config(listener, { mode, ...more }));
  const clients = [{ name: "user", addresses: ["198.51.100.7" as IpAddress], via: "node1" }];
  return buildTopology({ nodes, pods: [1, 2].map(onNode), clients, loadBalancers: [balancer] });
}

describe("in a network", () => {
  const ask = { protocol: "TCP", destination: "203.0.113.80" as IpAddress, destinationPort: 80 } as const;

  test.prop([fc.constantFrom(...algorithmNames), fc.constantFrom("nat" as const, "proxy" as const)])(
    "has chances that sum up to 1, and leaves no trace of having been asked",
    (algorithm, mode) => {
      const topology = network({ algorithm }, mode);
      const from = topology.clients.get("user")!;
      const found = shares(topology, new Map(), { from, ...ask });
      expect(ratioText(found.map(({ chance }) => chance).reduce(sum, ratio(0n, 1n)))).toBe("1");
      expect(shares(topology, new Map(), { from, ...ask })).toEqual(found);
      const isChance = algorithm !== "round-robin" && algorithm !== "source-address";
      expect(found).toHaveLength(isChance ? 3 : 1);
      // Two nodes listen, the third does not: a proxy closes then what it has accepted.
      const lost = found.find(({ disposition }) => disposition === (mode === "nat" ? "refused" : "closed"));
      if (isChance) expect(ratioText(lost!.chance)).toBe("1/3");
    },
  );

  it.each([
    ["nat", "198.51.100.7"],
    ["proxy", "203.0.113.80"],
  ] as const)("brings answers back in mode %s, where a target sees %s", (mode, source) => {
    const topology = network({ algorithm: "round-robin" }, mode);
    const walker = new Walker(topology, new Map(), seededRandom("walk"));
    const tracer = new Tracer(walker, () => undefined, { seed: "walk", mode: "none" });
    const from = topology.clients.get("user")!;
    const seen = [1, 2, 3].map(() => tracer.trace({ from, ...ask }));
    const taken = seen.slice(0, 2).map(({ received }) => [received!.source, received!.destination]);
    expect(taken).toEqual([1, 2].map((i) => [source, `192.168.10.1${i}`]));
    // The third resets: that comes back through the load balancer like an answer; a proxy closes what it had accepted.
    expect(seen.map(({ disposition }) => disposition)).toEqual([
      "delivered",
      "delivered",
      mode === "nat" ? "refused" : "closed",
    ]);
    for (const trace of seen) {
      const last = trace.reply!.hops.at(-1)!;
      expect(last.after).toMatchObject({ source: "203.0.113.80", sourcePort: 80 });
    }
  });

  it.each(["vip", "nat", "proxy"] as const)("does the same for IPv6: %s", (mode) => {
    const dual = (index: number) => {
      const one = node(index);
      const address = { type: "InternalIP" as const, address: `fd00:10::1${index}` };
      return { ...one, status: { addresses: [...one.status!.addresses!, address] } };
    };
    const own = targets.slice(0, 2).map(({ name, addresses }, i) => ({
      name,
      addresses: [...addresses, addressWords(`fd00:10::1${i + 1}` as IpAddress)],
    }));
    const addresses = ["fd00:99::80" as IpAddress];
    const balancer = new Balancer(config({ targets: own, algorithm: "round-robin" }, { mode, addresses }));
    const topology = buildTopology({
      nodes: [dual(1), dual(2)],
      pods: [1, 2].map(onNode),
      clients: [{ name: "user", addresses: ["2001:db8::7" as IpAddress], via: "node1" }],
      loadBalancers: [balancer],
    });
    const walker = new Walker(topology, new Map(), seededRandom("walk"));
    const tracer = new Tracer(walker, () => undefined, { seed: "walk", mode: "none" });
    const trace = tracer.trace({ from: topology.clients.get("user")!, ...ask, destination: addresses[0]! });
    const sources = { vip: undefined, nat: "2001:db8::7", proxy: "fd00:99::80" };
    expect(trace.received?.source).toBe(sources[mode]);
    // Without rules nobody on the node knows the load balancer's address.
    expect(trace.disposition).toBe(mode === "vip" ? "no-route" : "delivered");
    expect(trace.request.hops.map(({ host }) => host)).toContain("node node1");
  });

  it("says what it decided", () => {
    const topology = network({ algorithm: "round-robin" }, "proxy", { proxyProtocol: "v1" });
    const walker = new Walker(topology, new Map(), seededRandom("walk"));
    const tracer = new Tracer(walker, () => undefined, { seed: "walk", mode: "none" });
    const trace = tracer.trace({ from: topology.clients.get("user")!, ...ask });
    const [step] = trace.request.hops.flatMap(({ steps }) => steps).filter(({ kind }) => kind === "balance");
    expect(step).toEqual({
      kind: "balance",
      balancer: "public",
      decision: "accept",
      mode: "proxy",
      listener: "TCP 80",
      algorithm: "round-robin",
      target: "node1 192.168.10.11:8080",
      healthyTargets: 3,
      targets: 3,
      proxyHeader: {
        version: "v1",
        source: "198.51.100.7",
        sourcePort: 40000,
        destination: "203.0.113.80",
        destinationPort: 80,
      },
      skipped: [],
      origin: undefined,
    });
  });
});
