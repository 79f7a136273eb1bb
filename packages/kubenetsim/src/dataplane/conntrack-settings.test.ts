import { readManifests } from "@kubenetsim/core/apiserver/manifest/read-manifests";
import type { IpAddress } from "@kubenetsim/core/net/address";
import { virtualClock } from "@kubenetsim/core/runtime/clock";
import { seededRandom } from "@kubenetsim/core/runtime/random";
import { defaultKubeProxyConfig, type ProxyMode } from "@kubenetsim/proxy/config/kube-proxy-config";
import { readKubeProxyConfig } from "@kubenetsim/proxy/config/read-config";
import { describe, expect, it } from "vitest";
import { BalancerPool } from "../cloud/balancer-pool.ts";
import { balancing } from "../cloud/balancing.ts";
import { Cluster } from "../cluster/cluster.ts";
import { backends } from "./backend/backends.ts";
import { DataPlane } from "./data-plane.ts";
import { Network } from "./network.ts";

const objects = `apiVersion: v1
kind: Pod
metadata: {name: client}
spec: {nodeName: n1, containers: [{name: a, image: a}]}
---
apiVersion: v1
kind: Pod
metadata: {name: dns, labels: {app: dns}}
spec: {nodeName: n1, containers: [{name: a, image: a, ports: [{containerPort: 53, protocol: UDP}, {containerPort: 53}]}]}
---
apiVersion: v1
kind: Service
metadata: {name: dns}
spec:
  selector: {app: dns}
  clusterIP: 10.96.0.53
  ports: [{name: udp, port: 53, protocol: UDP}, {name: tcp, port: 53}]
`;

/** One node whose kube-proxy starts with a configuration of which this is the section of connection tracking. */
class Lab {
  readonly cluster: Cluster = Cluster.create({ nodes: ["n1"] });
  readonly clock = virtualClock();
  readonly plane = new DataPlane({ random: seededRandom("a"), clock: this.clock, cni: "bridge" });

  constructor(mode: ProxyMode, conntrack: string) {
    this.cluster.apply(objects);
    this.settle(mode, conntrack);
  }

  /** With a new configuration, and a restart where something was settled before. */
  settle(mode: ProxyMode, conntrack: string): void {
    const text = `apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nconntrack: {${conntrack}}\n`;
    const config = { ...readKubeProxyConfig(readManifests(text, "config")[0]!), mode };
    const action = this.plane.history.length === 0 ? {} : { action: { kind: "restart", node: undefined } as const };
    const changes = this.cluster.settle();
    this.plane.add({ state: this.cluster.state, changes, config, nowMs: this.clock.nowMs, ...action });
  }

  send(protocol: "UDP" | "TCP"): void {
    const options = {
      random: seededRandom("a"),
      seed: "a",
      cni: "bridge",
      clients: undefined,
      balancing: balancing(new BalancerPool(this.plane, () => 0)),
    } as const;
    const tracer = Network.of(this.cluster.state, this.plane, options).tracer(this.plane);
    const from = tracer.walker.topology.pods.get("default/client")!;
    const packet = { protocol, destination: "10.96.0.53" as IpAddress, destinationPort: 53, sourcePort: 40000 };
    expect(tracer.trace({ from, ...packet }).disposition).toBe("delivered");
  }

  /** For how many seconds the node remembers a flow that was answered. */
  life(protocol: "UDP" | "TCP"): number {
    this.send(protocol);
    const { table } = this.plane.node("n1").current().kernel.conntrack("IPv4");
    return (
      Math.max(...[...table.entries(this.clock.nowMs)].map((entry) => table.expiresMs[entry]! - this.clock.nowMs)) /
      1000
    );
  }
}

const modes = backends.map(({ mode }) => mode).filter((mode) => mode !== "userspace");

describe("kube-proxy sets for how long flows are remembered when it starts", () => {
  it.each(modes)("in %s mode: UDP streams as long as it is told to, TCP a day", (mode) => {
    expect(new Lab(mode, "udpStreamTimeout: 20s").life("UDP")).toBe(20);
    expect(new Lab(mode, "udpTimeout: 20s").life("UDP")).toBe(120);
    expect(new Lab(mode, "").life("TCP")).toBe(86_400);
    expect(new Lab(mode, "tcpEstablishedTimeout: 2h").life("TCP")).toBe(7200);
    expect(new Lab(mode, "tcpEstablishedTimeout: 0s").life("TCP")).toBe(432_000);
  });

  it("and what one has set stays when the next does not set it", () => {
    const lab = new Lab("nftables", "udpStreamTimeout: 20s, tcpCloseWaitTimeout: 10m");
    const sysctl = (name: string) => lab.plane.node("n1").current().sysctls.get(`net/netfilter/nf_conntrack_${name}`);
    expect([sysctl("udp_timeout_stream"), sysctl("tcp_timeout_close_wait")]).toEqual([20, 600]);
    lab.settle("nftables", "tcpCloseWaitTimeout: 0s");
    expect([sysctl("udp_timeout_stream"), sysctl("tcp_timeout_close_wait"), lab.life("UDP")]).toEqual([20, 600, 20]);
    lab.settle("nftables", "udpStreamTimeout: 30s");
    expect([sysctl("tcp_timeout_close_wait"), lab.life("UDP")]).toEqual([3600, 30]);
  });

  it("in every one of a fork's kernels too", () => {
    const lab = new Lab("iptables", "udpStreamTimeout: 20s");
    lab.send("UDP");
    const twin = lab.plane.fork({ random: seededRandom("a"), clock: lab.clock.fork(), cni: "bridge" });
    const { table } = twin.node("n1").current().kernel.conntrack("IPv4");
    expect([...table.entries(0)].map((entry) => table.expiresMs[entry])).toContain(20_000);
  });

  it("liberality too, which the next kube-proxy in iptables mode reads from the kernel", () => {
    const dropsInvalid = (lab: Lab) =>
      [...lab.plane.node("n1").current().kernel.ruleset("IPv4").tables.get("filter")!.chains.get("KUBE-FORWARD")!.rules]
        .map((rule) => JSON.stringify(rule))
        .some((text) => text.includes("DROP"));
    const lab = new Lab("iptables", "");
    expect(dropsInvalid(lab)).toBe(true);
    lab.settle("iptables", "tcpBeLiberal: true");
    expect(dropsInvalid(lab)).toBe(false);
    lab.settle("iptables", "");
    expect(dropsInvalid(lab)).toBe(false);
    expect(lab.plane.node("n1").current().proxy?.config.conntrack.tcpBeLiberal).toBe(true);
  });
});

it("a configuration that says nothing of connection tracking is the default one", () => {
  const text = "apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n";
  expect(readKubeProxyConfig(readManifests(text, "c")[0]!).conntrack).toEqual(defaultKubeProxyConfig.conntrack);
});
