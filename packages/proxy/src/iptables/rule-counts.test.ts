import type { EndpointSlice } from "@kubenetsim/core/model/endpoint-slice";
import type { Service, ServiceSpec } from "@kubenetsim/core/model/service";
import type { IpAddress } from "@kubenetsim/core/net/address";
import { describe, expect, it } from "vitest";
import { defaultKubeProxyConfig } from "../config/kube-proxy-config.ts";
import type { ProxyNode } from "../snapshot/proxy-node.ts";
import { takeSnapshot } from "../snapshot/snapshot.ts";
import { compileIptables } from "./sync-iptables.ts";

const node: ProxyNode = {
  name: "node1",
  nodeIPs: ["192.168.0.2" as IpAddress],
  addresses: [],
  zone: "",
  podCIDRs: [],
  nfacct: true,
};

const clusterIP: ServiceSpec = {};
const loadBalancer: ServiceSpec = {
  type: "LoadBalancer",
  externalIPs: ["1.2.3.4"],
  loadBalancerSourceRanges: ["1.2.3.4/28"],
};

function count(services: number, endpoints: number, spec: ServiceSpec): { nat: number; filter: number } {
  const objects = Array.from({ length: services }, (_, i) => service(i, spec));
  const endpointSlices = Array.from({ length: services }, (_, i) => slice(i, endpoints));
  const config = { ...defaultKubeProxyConfig, clusterCIDRs: ["10.0.0.0/8"] };
  const { input } = compileIptables(takeSnapshot({ family: "IPv4", node, config, services: objects, endpointSlices }));
  const rules = (table: string): number =>
    input.tables.find((one) => one.name === table)!.chains.reduce((sum, chain) => sum + chain.rules.length, 0);
  return { nat: rules("nat"), filter: rules("filter") };
}

function service(i: number, spec: ServiceSpec): Service {
  const nodePort = spec.type === "LoadBalancer" ? { nodePort: 30000 + i } : {};
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: `svc${i}`, namespace: "default" },
    spec: { clusterIP: `10.0.0.${i + 1}`, ports: [{ name: "http", port: 80, protocol: "TCP", ...nodePort }], ...spec },
    ...(spec.type === "LoadBalancer" ? { status: { loadBalancer: { ingress: [{ ip: "1.2.3.4" }] } } } : {}),
  };
}

function slice(i: number, endpoints: number): EndpointSlice {
  return {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: { name: `svc${i}-1`, namespace: "default", labels: { "kubernetes.io/service-name": `svc${i}` } },
    addressType: "IPv4",
    ports: [{ name: "http", port: 80, protocol: "TCP" }],
    endpoints: Array.from({ length: endpoints }, (_, e) => ({ addresses: [`10.1.${i}.${e + 1}`] })),
  };
}

// Numbers of kube-proxy's own TestNumberIptablesRules (pkg/proxy/iptables/number_generated_rules_test.go).
// upstream: iptables.TestNumberIptablesRules
describe("the number of rules", () => {
  it.each([
    [0, 0, 4, 5],
    [1, 0, 5, 5],
    [1, 1, 4, 10],
    [1, 2, 4, 13],
    [1, 10, 4, 37],
    [10, 0, 14, 5],
    [10, 1, 4, 55],
    [10, 2, 4, 85],
    [10, 10, 4, 325],
  ])("%i ClusterIP Services with %i endpoints: %i in filter, %i in nat", (services, endpoints, filter, nat) => {
    expect(count(services, endpoints, clusterIP)).toEqual({ filter, nat });
  });

  it.each([
    [0, 0, 4, 5],
    [1, 0, 8, 5],
    [1, 1, 5, 18],
    [1, 2, 5, 21],
    [1, 10, 5, 45],
    [10, 0, 44, 5],
    [10, 1, 14, 135],
    [10, 2, 14, 165],
    [10, 10, 14, 405],
  ])("%i LoadBalancer Services with %i endpoints: %i in filter, %i in nat", (services, endpoints, filter, nat) => {
    expect(count(services, endpoints, loadBalancer)).toEqual({ filter, nat });
  });
});
