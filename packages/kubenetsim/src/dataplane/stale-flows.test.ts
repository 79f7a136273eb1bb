import type { IpAddress } from "@kubenetsim/core/net/address";
import { virtualClock } from "@kubenetsim/core/runtime/clock";
import { seededRandom } from "@kubenetsim/core/runtime/random";
import {
  defaultKubeProxyConfig,
  type KubeProxyConfig,
  type ProxyMode,
} from "@kubenetsim/proxy/config/kube-proxy-config";
import { describe, expect, it } from "vitest";
import { BalancerPool } from "../cloud/balancer-pool.ts";
import { balancing } from "../cloud/balancing.ts";
import { Cluster } from "../cluster/cluster.ts";
import { backends } from "./backend/backends.ts";
import { DataPlane } from "./data-plane.ts";
import { Network } from "./network.ts";

const pod = (name: string, rest = ""): string => `apiVersion: v1
kind: Pod
metadata: {name: ${name}, labels: {app: dns}}
spec: {nodeName: n2, containers: [{name: a, image: a, ports: [{containerPort: 53, protocol: UDP}, {containerPort: 53}]}]}
${rest}`;

const objects = `${pod("one")}---
${pod("two")}---
apiVersion: v1
kind: Pod
metadata: {name: client}
spec: {nodeName: n1, containers: [{name: a, image: a}]}
---
apiVersion: v1
kind: Service
metadata: {name: dns}
spec:
  selector: {app: dns}
  clusterIP: 10.96.0.53
  type: NodePort
  ports: [{name: udp, port: 53, protocol: UDP, nodePort: 30053}, {name: tcp, port: 53, nodePort: 30054}]
`;

const withReadiness = (name: string, ip: string, ready: boolean): string =>
  pod(
    name,
    `status: {phase: Running, podIP: ${ip}, podIPs: [{ip: ${ip}}], conditions: [{type: Ready, status: '${ready ? "True" : "False"}'}]}\n`,
  );

/** A cluster in which one source port is used again and again: one flow, as conntrack sees it. */
class Flows {
  readonly lab: Cluster = Cluster.create({ nodes: ["n1", "n2"] });
  readonly #plane: DataPlane;
  readonly #config: KubeProxyConfig;

  constructor(mode: ProxyMode) {
    this.#plane = new DataPlane({ random: seededRandom("a"), clock: virtualClock(), cni: "bridge" });
    this.#config = { ...defaultKubeProxyConfig, mode };
    this.apply(objects);
  }

  apply(text: string): void {
    this.lab.apply(text);
    this.settle();
  }

  settle(): void {
    const changes = this.lab.settle();
    this.#plane.add({ state: this.lab.state, changes, config: this.#config });
  }

  /** How many connections the client's node knows. */
  tracked(): Record<"TCP" | "UDP", number> {
    const { table } = this.#plane.node("n1").current().kernel.conntrack("IPv4");
    const protocols = [...table.entries(0)].map((entry) => table.data[table.tuple(entry, 0) + 3]);
    return { TCP: protocols.filter((one) => one === 6).length, UDP: protocols.filter((one) => one === 17).length };
  }

  /** Makes a Pod that stays where it is ready or not. */
  makeReady(name: string, ready: boolean): void {
    this.apply(withReadiness(name, this.lab.get("Pod", `default/${name}`)!.status!.podIP!, ready));
  }

  /** Which Pod gets a packet of the flow, else what becomes of it. */
  send(protocol: "UDP" | "TCP", destination = "10.96.0.53", destinationPort = 53): string {
    const options = {
      random: seededRandom("a"),
      seed: "a",
      cni: "bridge",
      clients: undefined,
      balancing: balancing(new BalancerPool(this.#plane, () => 0)),
    } as const;
    const tracer = Network.of(this.lab.state, this.#plane, options).tracer(this.#plane);
    const from = tracer.walker.topology.pods.get("default/client")!;
    const address = destination as IpAddress;
    const trace = tracer.trace({ from, protocol, destination: address, destinationPort, sourcePort: 40000 });
    return /default\/(\w+)/.exec(trace.receiver ?? "")?.[1] ?? trace.disposition;
  }
}

const otherOf = (name: string): string => (name === "one" ? "two" : "one");

// upstream: conntrack.TestCleanStaleEntries, conntrack.TestServiceWithoutEndpoints
describe("when an endpoint serves no more", () => {
  for (const { mode } of backends.filter((backend) => backend.mode !== "userspace")) {
    it(`a UDP flow to it goes to another one in ${mode} mode`, () => {
      for (const [address, port] of [
        ["10.96.0.53", 53],
        ["192.168.10.11", 30053],
      ] as const) {
        const flows = new Flows(mode);
        const first = flows.send("UDP", address, port);
        expect(["one", "two"]).toContain(first);
        for (let i = 0; i < 5; i++) expect(flows.send("UDP", address, port)).toBe(first);
        flows.makeReady(otherOf(first), false);
        expect(flows.send("UDP", address, port)).toBe(first);
        flows.makeReady(otherOf(first), true);
        flows.makeReady(first, false);
        expect(flows.send("UDP", address, port)).toBe(otherOf(first));
      }
    });
  }

  for (const { mode } of backends.filter((backend) => backend.mode !== "userspace")) {
    it(`a TCP flow stays with it in ${mode} mode, and in the table of connections`, () => {
      const flows = new Flows(mode);
      const first = flows.send("TCP");
      flows.send("UDP");
      const before = flows.tracked();
      flows.makeReady(first, false);
      // IPVS drops another SYN of a connection whose real server has no weight any more.
      if (mode !== "ipvs") expect(flows.send("TCP")).toBe(first);
      flows.lab.delete("Service", "default/dns");
      flows.settle();
      expect([before.TCP > 0, flows.tracked().TCP]).toEqual([true, before.TCP]);
    });
  }

  it("or goes, a TCP flow stays in the table of connections in userspace mode, and its Service's UDP flows go", () => {
    const flows = new Flows("userspace");
    for (const protocol of ["TCP", "UDP"] as const) flows.send(protocol);
    const before = flows.tracked();
    flows.lab.delete("Service", "default/dns");
    flows.settle();
    expect(flows.tracked().TCP).toBe(before.TCP);
    expect(flows.tracked().UDP).toBeLessThan(before.UDP);
  });

  it("nothing is left of a UDP flow to a Service without any endpoint, but by its node port", () => {
    const flows = new Flows("iptables");
    flows.send("UDP");
    const first = flows.send("UDP", "192.168.10.11", 30053);
    for (const name of ["one", "two"]) flows.makeReady(name, false);
    expect(flows.send("UDP")).toBe("rejected");
    expect(flows.send("UDP", "192.168.10.11", 30053)).toBe(first);
  });
});
