import type { EndpointSlice } from "@kubenetsim/core/model/endpoint-slice";
import type { Service, ServiceSpec } from "@kubenetsim/core/model/service";
import type { IpAddress, IpFamily } from "@kubenetsim/core/net/address";
import { UnsupportedError } from "@kubenetsim/core/runtime/errors";
import { describe, expect, it } from "vitest";
import { defaultKubeProxyConfig, type KubeProxyConfig } from "../config/kube-proxy-config.ts";
import type { ProxyNode } from "../snapshot/proxy-node.ts";
import { takeSnapshot, updateSnapshot } from "../snapshot/snapshot.ts";
import { printDummyDevice } from "./dummy-device.ts";
import { compileIpvs, type IpvsProgram, syncIpvs } from "./sync-ipvs.ts";

const at = (address: string) => ({ address: address as IpAddress, prefix: 24 });
const node: ProxyNode = {
  name: "node1",
  nodeIPs: ["192.168.0.2" as IpAddress],
  addresses: [at("127.0.0.1"), at("192.168.0.2"), at("10.244.1.1"), at("fe80::1"), at("2001:db8::1")],
  zone: "",
  podCIDRs: [],
  nfacct: false,
};

interface Case {
  readonly family?: IpFamily;
  readonly config?: Partial<KubeProxyConfig>;
  readonly ipvs?: Partial<KubeProxyConfig["ipvs"]>;
  readonly spec?: Partial<ServiceSpec>;
  readonly vip?: string;
  readonly remoteOnly?: boolean;
}

function compile({ family = "IPv4", config = {}, ipvs = {}, spec = {}, vip, remoteOnly = false }: Case): IpvsProgram {
  const v4 = family === "IPv4";
  const protocol = spec.ports?.[0]?.protocol ?? "TCP";
  const service: Service = {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "web", namespace: "default" },
    spec: { clusterIP: v4 ? "10.96.0.1" : "fd00::1", ports: [{ name: "http", port: 80, protocol }], ...spec },
    status: { loadBalancer: { ingress: vip === undefined ? [] : [{ ip: vip }] } },
  };
  const slice: EndpointSlice = {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: { name: "web-1", namespace: "default", labels: { "kubernetes.io/service-name": "web" } },
    addressType: family as "IPv4" | "IPv6",
    ports: [{ name: "http", port: 8080, protocol }],
    endpoints: [
      { addresses: [v4 ? "10.244.1.5" : "fd01::5"], nodeName: remoteOnly ? "node3" : "node1" },
      { addresses: [v4 ? "10.244.2.5" : "fd01::6"], nodeName: "node2" },
    ],
  };
  const whole: KubeProxyConfig = {
    ...defaultKubeProxyConfig,
    mode: "ipvs",
    ...config,
    ipvs: { ...defaultKubeProxyConfig.ipvs, ...ipvs },
  };
  return compileIpvs(takeSnapshot({ family, node, config: whole, services: [service], endpointSlices: [slice] }));
}

const servers = ({ virtualServers }: IpvsProgram): string[] =>
  virtualServers.map((one) => `${one.address} ${one.port} -> ${one.realServers.map((real) => real.address).join(" ")}`);

const members = ({ ipSets }: IpvsProgram): Record<string, string[]> =>
  Object.fromEntries(
    ipSets.filter((set) => set.entries.length > 0).map((set) => [set.name, set.entries.map((entry) => entry.text)]),
  );

describe("compileIpvs", () => {
  it("takes rr for an empty scheduler, and gives mh its flag", () => {
    expect(compile({}).virtualServers).toMatchObject([{ scheduler: "rr", schedulerFlags: [] }]);
    expect(compile({ ipvs: { scheduler: "mh" } }).virtualServers).toMatchObject([
      { scheduler: "mh", schedulerFlags: ["mh-port"] },
    ]);
  });

  it("persists clients with ClientIP affinity", () => {
    const spec: Partial<ServiceSpec> = {
      sessionAffinity: "ClientIP",
      sessionAffinityConfig: { clientIP: { timeoutSeconds: 30 } },
    };
    expect(compile({ spec }).virtualServers).toMatchObject([{ persistenceTimeout: 30, persistenceNetmask: 32 }]);
  });

  // upstream: ipvs.TestGetNodeIPs, ipvs.TestIpIsValidForSet
  it("serves node ports on every address of the family but loopback and link-local ones", () => {
    const spec: Partial<ServiceSpec> = {
      type: "NodePort",
      ports: [{ name: "http", port: 80, protocol: "TCP", nodePort: 30080 }],
    };
    expect(servers(compile({ spec }))).toEqual([
      "10.96.0.1 80 -> 10.244.1.5 10.244.2.5",
      "192.168.0.2 30080 -> 10.244.1.5 10.244.2.5",
      "10.244.1.1 30080 -> 10.244.1.5 10.244.2.5",
    ]);
    expect(servers(compile({ family: "IPv6", spec }))).toEqual([
      "fd00::1 80 -> fd01::5 fd01::6",
      "2001:db8::1 30080 -> fd01::5 fd01::6",
    ]);
  });

  it("names an SCTP node port with each address", () => {
    const spec: Partial<ServiceSpec> = {
      type: "NodePort",
      externalTrafficPolicy: "Local",
      ports: [{ name: "http", port: 80, protocol: "SCTP", nodePort: 30080 }],
    };
    const texts = ["192.168.0.2,sctp:30080", "10.244.1.1,sctp:30080"];
    expect(members(compile({ spec }))).toMatchObject({
      "KUBE-NODE-PORT-SCTP-HASH": texts,
      "KUBE-NODE-PORT-LOCAL-SCTP-HASH": texts,
      "KUBE-LOOP-BACK": ["10.244.1.5,sctp:8080,10.244.1.5"],
    });
  });

  // upstream: ipvs.TestFilterAddrsExcept, ipvs.Test_syncService
  it("does not bind an address that stands on another interface", () => {
    const program = compile({ spec: { externalIPs: ["192.168.0.2", "198.51.100.1"] } });
    expect(program.dummyAddresses).toEqual(["10.96.0.1", "198.51.100.1"]);
    expect(printDummyDevice(program.dummyAddresses)).toBe(
      "kube-ipvs0 inet 10.96.0.1/32\nkube-ipvs0 inet 198.51.100.1/32\n",
    );
  });

  // upstream: ipvs.TestOnlyLocalExternalIPs
  it("sends an external IP's connections to local endpoints only, with traffic policy Local", () => {
    const spec: Partial<ServiceSpec> = {
      type: "NodePort",
      externalIPs: ["198.51.100.7"],
      externalTrafficPolicy: "Local",
      ports: [{ name: "http", port: 80, protocol: "TCP", nodePort: 30080 }],
    };
    const program = compile({ spec });
    expect(servers(program)).toContain("198.51.100.7 80 -> 10.244.1.5");
    expect(members(program)).toMatchObject({ "KUBE-EXTERNAL-IP-LOCAL": ["198.51.100.7,tcp:80"] });
    expect(members(program)["KUBE-EXTERNAL-IP"]).toBeUndefined();
  });

  // upstream: ipvs.TestOnlyLocalNodePorts
  it("sends a node port's connections to local endpoints only, with traffic policy Local", () => {
    const spec: Partial<ServiceSpec> = {
      type: "NodePort",
      externalTrafficPolicy: "Local",
      ports: [{ name: "http", port: 80, protocol: "TCP", nodePort: 30080 }],
    };
    const program = compile({ spec, config: { nodePortAddresses: ["192.168.0.0/24"] } });
    expect(servers(program)).toEqual(["10.96.0.1 80 -> 10.244.1.5 10.244.2.5", "192.168.0.2 30080 -> 10.244.1.5"]);
    expect(members(program)).toMatchObject({
      "KUBE-NODE-PORT-TCP": ["30080"],
      "KUBE-NODE-PORT-LOCAL-TCP": ["30080"],
    });
  });

  // upstream: ipvs.TestLoadBalancer, ipvs.TestSyncIPSetEntries
  it("serves a load balancer's address, and takes it out of the sets with its Service", () => {
    const program = compile({ spec: { type: "LoadBalancer" }, vip: "203.0.113.1" });
    expect(servers(program)).toEqual([
      "10.96.0.1 80 -> 10.244.1.5 10.244.2.5",
      "203.0.113.1 80 -> 10.244.1.5 10.244.2.5",
    ]);
    expect(members(program)).toMatchObject({
      "KUBE-CLUSTER-IP": ["10.96.0.1,tcp:80"],
      "KUBE-LOAD-BALANCER": ["203.0.113.1,tcp:80"],
    });
    const gone = { kind: "Service", before: program.snapshot.records.get("default/web")!.service, after: undefined };
    expect(members(syncIpvs(program, updateSnapshot(program.snapshot, [gone])))).toEqual({});
  });

  it("uses all endpoints for traffic policy Local where the node has none of its own", () => {
    const spec: Partial<ServiceSpec> = {
      type: "LoadBalancer",
      externalTrafficPolicy: "Local",
      ports: [{ name: "http", port: 80, protocol: "TCP" }],
    };
    expect(servers(compile({ spec, vip: "203.0.113.1" }))[1]).toBe("203.0.113.1 80 -> 10.244.1.5");
    expect(servers(compile({ spec, vip: "203.0.113.1", remoteOnly: true }))[1]).toBe(
      "203.0.113.1 80 -> 10.244.1.5 10.244.2.5",
    );
  });

  it("lets the node use its load balancer only when a source range has it", () => {
    const spec: Partial<ServiceSpec> = { type: "LoadBalancer", loadBalancerSourceRanges: ["192.168.0.0/16"] };
    const allowed = compile({ spec, vip: "203.0.113.1" });
    expect(members(allowed)).toMatchObject({ "KUBE-LOAD-BALANCER-SOURCE-IP": ["203.0.113.1,tcp:80,203.0.113.1"] });
    const outFilter = (program: IpvsProgram) =>
      program.ruleset.tables.get("filter")!.chains.get("KUBE-IPVS-OUT-FILTER")!.rules;
    expect(outFilter(allowed)).toEqual([]);
    const refused = compile({ spec: { ...spec, loadBalancerSourceRanges: ["198.51.100.7/32"] }, vip: "203.0.113.1" });
    expect(members(refused)).toMatchObject({
      "KUBE-LOAD-BALANCER-SOURCE-CIDR": ["203.0.113.1,tcp:80,198.51.100.7"],
    });
    expect(outFilter(refused)).toHaveLength(1);
  });

  it("cuts IPv6 set names to 31 characters", () => {
    const names = compile({ family: "IPv6" }).ipSets.map((set) => set.name);
    expect(names).toContain("KUBE-6-LOAD-BALANCER-SOURCE-CID");
    expect(names).toContain("KUBE-6-NODE-PORT-LOCAL-SCTP-HAS");
    expect(new Set(names).size).toBe(17);
  });

  it("sets the sysctls of IPVS, and those of strict ARP when asked", () => {
    expect(compile({}).sysctls.get("net/ipv4/vs/conntrack")).toBe(1);
    expect(compile({}).sysctls.has("net/ipv4/conf/all/arp_ignore")).toBe(false);
    expect(compile({ ipvs: { strictARP: true } }).sysctls.get("net/ipv4/conf/all/arp_announce")).toBe(2);
  });

  it("refuses other modes by name", () => {
    expect(() => compile({ config: { mode: "kernelspace" } })).toThrow(UnsupportedError);
  });
});
