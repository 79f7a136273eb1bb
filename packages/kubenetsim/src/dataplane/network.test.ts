import { fc, test } from "@fast-check/vitest";
import { type AddressWords, addressWords, formatAddress, type IpAddress } from "@kubenetsim/core/net/address";
import { virtualClock } from "@kubenetsim/core/runtime/clock";
import { seededRandom } from "@kubenetsim/core/runtime/random";
import type { Balancer } from "@kubenetsim/network/balancer/balancer";
import type { Host } from "@kubenetsim/network/topology/host";
import type { Cni } from "@kubenetsim/network/topology/input";
import type { Topology } from "@kubenetsim/network/topology/topology";
import { describe, expect, it } from "vitest";
import { BalancerPool } from "../cloud/balancer-pool.ts";
import { balancing } from "../cloud/balancing.ts";
import { Cluster } from "../cluster/cluster.ts";
import { DataPlane } from "./data-plane.ts";
import { Network } from "./network.ts";

const addresses = ["10.244.0.5", "10.244.0.6", "10.244.1.5", "10.244.1.6", "192.168.10.99", "fd00:10:244::5"];
const asked = [...addresses, "10.244.0.1", "192.168.10.11", "10.96.0.80", "198.51.100.1", "198.51.100.2", "8.8.8.8"];

const address = fc.constantFrom(...addresses);
const nodeName = fc.constantFrom("n1", "n2");
const port = fc.constantFrom(80, 8080);
const podName = fc.constantFrom("a", "b", "c", "endpoint-10.244.0.5");
const serviceName = fc.constantFrom("s", "t");

const pod = fc
  .record({
    name: podName,
    nodeName,
    address,
    port,
    hostNetwork: fc.constantFrom(false, false, false, false, true),
    phase: fc.constantFrom("Running", "Running", "Succeeded"),
    label: fc.constantFrom("x", "y"),
  })
  .map(({ name, address: ip, label, phase, port: containerPort, ...spec }) => ({
    apiVersion: "v1",
    kind: "Pod" as const,
    metadata: { name, namespace: "default", labels: { l: label } },
    spec: { ...spec, containers: [{ name: "c", image: "x", ports: [{ containerPort }] }] },
    status: { phase, podIP: ip, podIPs: [{ ip }] },
  }));

const endpoint = fc
  .record({ address, nodeName, target: podName, ready: fc.boolean() }, { requiredKeys: ["address", "ready"] })
  .map(({ address: ip, target, ready, ...more }) => ({
    addresses: [ip],
    conditions: { ready },
    ...more,
    ...(target === undefined ? {} : { targetRef: { kind: "Pod", name: target, namespace: "default" } }),
  }));

const slice = fc
  .record({
    name: fc.constantFrom("x", "y", "z"),
    service: serviceName,
    port,
    endpoints: fc.array(endpoint, { maxLength: 3 }),
  })
  .map(({ name, service, port: number, endpoints }) => ({
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice" as const,
    metadata: { name, namespace: "default", labels: { "kubernetes.io/service-name": service } },
    addressType: "IPv4",
    ports: [{ name: "", port: number, protocol: "TCP" }],
    endpoints: endpoints.filter(({ addresses: [ip] }) => !ip!.includes(":")),
  }));

const service = fc
  .record({
    name: serviceName,
    type: fc.constantFrom("ClusterIP", "LoadBalancer"),
    policy: fc.constantFrom("Cluster", "Local"),
  })
  .map(({ name, type, policy }) => ({
    apiVersion: "v1",
    kind: "Service" as const,
    metadata: { name, namespace: "default" },
    spec: {
      type,
      ports: [{ port: 80 }],
      ...(type === "LoadBalancer" ? { externalTrafficPolicy: policy } : {}),
    },
  }));

const configMap = fc.constant({
  apiVersion: "v1",
  kind: "ConfigMap" as const,
  metadata: { name: "m", namespace: "default" },
});
const zone = fc.constantFrom("a", "b").map((name) => ({ kind: "Zone" as const, name }));
const gone = fc.oneof(
  podName.map((name) => ({ kind: "Gone" as const, of: "Pod" as const, name })),
  fc.constantFrom("x", "y", "z").map((name) => ({ kind: "Gone" as const, of: "EndpointSlice" as const, name })),
  serviceName.map((name) => ({ kind: "Gone" as const, of: "Service" as const, name })),
);
const step = fc.oneof(
  { weight: 5, arbitrary: pod },
  { weight: 5, arbitrary: slice },
  { weight: 2, arbitrary: service },
  { weight: 4, arbitrary: gone },
  { weight: 1, arbitrary: configMap },
  { weight: 1, arbitrary: zone },
);

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** A cluster with the network that is brought up to date after each step. */
class Lab {
  readonly #cluster: Cluster;
  readonly #plane: DataPlane;
  readonly #options: Parameters<typeof Network.of>[2];
  network: Network;

  constructor(mode: "iptables" | "ipvs", cni: Cni) {
    this.#cluster = Cluster.create({ nodes: ["n1", "n2"], proxyMode: mode, loadBalancerRange: "198.51.100.0/28" });
    const random = seededRandom("network");
    this.#plane = new DataPlane({ random, clock: virtualClock(), cni });
    this.#options = { random, seed: "network", cni, clients: undefined, balancing: this.#balancing() };
    this.#settle();
    this.network = Network.of(this.#cluster.state, this.#plane, this.#options);
  }

  do(steps: readonly object[]): void {
    for (const one of steps as Step[]) this.#write(one);
    const changes = this.#settle();
    this.network = this.network.next(this.#cluster.state, this.#plane, changes);
  }

  rebuilt(): Network {
    return Network.of(this.#cluster.state, this.#plane, { ...this.#options, balancing: this.#balancing() });
  }

  #balancing() {
    return balancing(new BalancerPool(this.#plane, () => 0));
  }

  #write(one: Step): void {
    if ("of" in one) {
      const key = `default/${one.name}`;
      if (this.#cluster.get(one.of, key) !== undefined) this.#cluster.delete(one.of, key);
    } else if (one.kind === "Zone") {
      const node = this.#cluster.get("Node", "n1")!;
      const labels = { "topology.kubernetes.io/zone": one.name };
      this.#cluster.apply(JSON.stringify({ ...node, metadata: { name: "n1", labels } }));
    } else {
      // A Pod's spec cannot be changed: another Pod comes in its place.
      if (one.kind === "Pod") this.#write({ kind: "Gone" as const, of: "Pod", name: one.metadata.name });
      this.#cluster.apply(JSON.stringify(one));
    }
  }

  #settle() {
    const changes = this.#cluster.settle();
    const { state, proxyConfig: config } = this.#cluster;
    this.#plane.add({ state, changes, config });
    return changes;
  }
}

/** Every host with its own addresses, its sockets and its ways to the addresses of the test; numbers do not count. */
function picture(topology: Topology): unknown {
  const hosts = [...topology.nodes, ...topology.pods, ...topology.clients, ...topology.loadBalancers];
  return hosts
    .map(([name, host]) => [
      name,
      host.name,
      host.devices.flatMap((device) =>
        device.addresses.map(({ words, prefix }) => `${formatAddress(words)}/${prefix}`),
      ),
      host.sockets.processes,
      host.balancer && balancerPicture(host.balancer),
      asked.map((text) => wayTo(topology, host, addressWords(text as IpAddress))),
    ])
    .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
}

/** Its listeners with their targets' health. */
function balancerPicture(balancer: Balancer): unknown {
  const { listeners, ...config } = balancer.config;
  return [config, listeners.map((listener) => [listener, balancer.stateOf(listener).view.health])];
}

function wayTo(topology: Topology, host: Host, words: AddressWords): unknown {
  const [a = 0, b = 0, c = 0, d = 0] = words;
  const v6 = words.length === 4;
  const local = host.localDevice(v6, a, b, c, d);
  if (local >= 0) return host.devices[local]!.name;
  const route = host.route(v6, a, b, c, d);
  if (route === undefined) return undefined;
  const { name, segment } = host.devices[route.device]!;
  const next = segment!.neighbours.get(words);
  const hops = route.nextHops.length > 0 ? route.nextHops : next < 0 ? [] : [next];
  const hosts = hops.map((hop) => topology.hosts[segment!.hosts[hop]!]!);
  return [name, route.gateway && formatAddress(route.gateway), hosts.map((one) => one.name)];
}

describe("a network that is brought up to date is the one that is built anew", () => {
  test.prop([
    fc.constantFrom("iptables" as const, "iptables" as const, "ipvs" as const),
    fc.constantFrom<Cni>("bridge", "ptp"),
    fc.array(fc.array(step, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 12 }),
  ])("after any changes", (mode, cni, rounds) => {
    const lab = new Lab(mode, cni);
    for (const steps of rounds) {
      lab.do(steps);
      expect(picture(lab.network.topology)).toEqual(picture(lab.rebuilt().topology));
    }
  });
});

describe("what is kept", () => {
  const onN1 = (name: string, ip: string) => ({
    apiVersion: "v1",
    kind: "Pod" as const,
    metadata: { name },
    spec: { nodeName: "n1", containers: [{ name: "c", image: "x" }] },
    status: { phase: "Running", podIP: ip, podIPs: [{ ip }] },
  });

  it("stays the same network when a Pod comes and goes, with the hosts of all others", () => {
    const lab = new Lab("iptables", "bridge");
    lab.do([onN1("a", "10.244.0.5")]);
    const { network } = lab;
    const host = network.topology.pods.get("default/a");
    lab.do([onN1("b", "10.244.0.6")]);
    lab.do([{ kind: "Gone" as const, of: "Pod", name: "b" }]);
    expect(lab.network).toBe(network);
    expect(lab.network.topology.pods.get("default/a")).toBe(host);
    expect(lab.network.topology.pods.has("default/b")).toBe(false);
  });

  it("gives an address that two Pods claim to the first by name, and to the other when that goes", () => {
    const lab = new Lab("iptables", "bridge");
    const holder = () => wayTo(lab.network.topology, lab.network.topology.nodes.get("n1")!, [0x0af40005]);
    lab.do([onN1("b", "10.244.0.5")]);
    lab.do([onN1("a", "10.244.0.5")]);
    expect(holder()).toEqual(["cni0", undefined, ["pod default/a"]]);
    lab.do([{ kind: "Gone" as const, of: "Pod", name: "a" }]);
    expect(holder()).toEqual(["cni0", undefined, ["pod default/b"]]);
  });
});
