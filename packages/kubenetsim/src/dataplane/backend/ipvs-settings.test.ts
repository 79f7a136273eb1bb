import type { IpAddress } from "@kubenetsim/core/net/address";
import { virtualClock } from "@kubenetsim/core/runtime/clock";
import { seededRandom } from "@kubenetsim/core/runtime/random";
import type { VirtualServer } from "@kubenetsim/netfilter/ruleset/virtual-server";
import { defaultKubeProxyConfig, type KubeProxyConfig } from "@kubenetsim/proxy/config/kube-proxy-config";
import { describe, expect, it } from "vitest";
import { Cluster } from "../../cluster/cluster.ts";
import { DataPlane } from "../data-plane.ts";
import type { NodeKernel } from "../node-kernel.ts";

const service = (name: string, clusterIP: string): string => `apiVersion: v1
kind: Service
metadata: {name: ${name}}
spec: {selector: {app: web}, clusterIP: ${clusterIP}, ports: [{port: 80}]}
`;

/** One node with a kube-proxy in ipvs mode. */
class Lab {
  readonly cluster: Cluster = Cluster.create({ nodes: ["n1"] });
  readonly #clock = virtualClock();
  readonly #plane = new DataPlane({ random: seededRandom("a"), clock: this.#clock, cni: "bridge" });
  #config: KubeProxyConfig = defaultKubeProxyConfig;

  get node(): NodeKernel {
    return this.#plane.node("n1").current();
  }

  settle(): void {
    const changes = this.cluster.settle();
    this.#plane.add({ state: this.cluster.state, changes, config: this.#config });
  }

  /** With these fields of the section `ipvs`. */
  start(ipvs: Partial<KubeProxyConfig["ipvs"]>): void {
    this.#config = { ...defaultKubeProxyConfig, mode: "ipvs", ipvs: { ...defaultKubeProxyConfig.ipvs, ...ipvs } };
    const changes = this.cluster.settle();
    const action = { kind: "restart", node: undefined } as const;
    this.#plane.add({ state: this.cluster.state, changes, config: this.#config, action });
  }

  addresses(): string[] {
    return this.node.director
      .list()
      .map(({ virtualServer }) => virtualServer.address)
      .filter((address) => address !== "10.96.0.1")
      .sort();
  }
}

const others = (address: string): VirtualServer => ({
  protocol: "UDP",
  address: address as IpAddress,
  port: 56,
  scheduler: "rr",
  schedulerFlags: [],
  persistenceTimeout: undefined,
  persistenceNetmask: undefined,
  realServers: (address.includes(":") ? ["fd01::1"] : ["10.10.10.10", "11.11.11.11"]).map((text) => ({
    address: text as IpAddress,
    port: 56,
    weight: 1,
    forward: "Masq",
    upperThreshold: 0,
    lowerThreshold: 0,
  })),
  origin: undefined,
});

// upstream: ipvs.TestCleanLegacyService, ipvs.TestCleanLegacyServiceWithRealServers, ipvs.TestCleanLegacyRealServersExcludeCIDRs,
// upstream: ipvs.TestCleanLegacyService6, ipvs.TestFilterCIDRs
describe("virtual servers that kube-proxy did not make", () => {
  it("go when it syncs, real servers or not, but for those in excludeCIDRs", () => {
    const lab = new Lab();
    for (const address of ["4.4.4.4", "5.5.5.5", "4000::1", "5000::1"]) {
      lab.node.director.setVirtualServer(others(address));
    }
    lab.start({ excludeCIDRs: ["4.4.4.0/24", "4000::/64"] });
    expect(lab.addresses()).toEqual(["4.4.4.4", "4000::1"]);
    const kept = lab.node.director.list().find(({ virtualServer }) => virtualServer.address === "4.4.4.4")!;
    expect(kept.virtualServer.realServers.map(({ address }) => address)).toEqual(["10.10.10.10", "11.11.11.11"]);
    lab.start({});
    expect(lab.addresses()).toEqual([]);
  });

  it("stay in excludeCIDRs when they come later", () => {
    const lab = new Lab();
    lab.start({ excludeCIDRs: ["4.4.4.0/24"] });
    lab.node.director.setVirtualServer(others("4.4.4.4"));
    lab.cluster.apply(service("web", "10.96.0.80"));
    lab.settle();
    expect(lab.addresses()).toEqual(["10.96.0.80", "4.4.4.4"]);
  });

  it("are its own too once their Service is gone, where excludeCIDRs has its address", () => {
    const lab = new Lab();
    lab.cluster.apply([service("web", "10.96.0.80"), service("api", "10.96.1.80")].join("---\n"));
    lab.start({ excludeCIDRs: ["10.96.0.0/24"] });
    expect(lab.addresses()).toEqual(["10.96.0.80", "10.96.1.80"]);
    for (const name of ["web", "api"]) lab.cluster.delete("Service", `default/${name}`);
    lab.settle();
    expect(lab.addresses()).toEqual(["10.96.0.80"]);
  });
});

describe("the timeouts of ipvs", () => {
  it("are set as far as they are given, in whole seconds, and stay for the next kube-proxy", () => {
    const lab = new Lab();
    lab.start({});
    expect(lab.node.director.timeouts).toEqual({ tcp: 900, tcpFin: 120, udp: 300 });
    lab.start({ tcpTimeoutSeconds: 60, udpTimeoutSeconds: 7.9 });
    expect(lab.node.director.timeouts).toEqual({ tcp: 60, tcpFin: 120, udp: 7 });
    lab.start({ tcpFinTimeoutSeconds: 5, udpTimeoutSeconds: 0.5 });
    expect(lab.node.director.timeouts).toEqual({ tcp: 60, tcpFin: 5, udp: 7 });
  });
});
