import type { EndpointSlice, SliceEndpoint } from "@kubenetsim/core/model/endpoint-slice";
import type { Service, ServiceSpec } from "@kubenetsim/core/model/service";
import { describe, expect, it } from "vitest";
import { defaultKubeProxyConfig } from "../config/kube-proxy-config.ts";
import { takeSnapshot } from "../snapshot/snapshot.ts";
import { type ServiceHealth, serviceHealths } from "./service-health.ts";

const node = { name: "node1", nodeIPs: [], addresses: [], zone: "", podCIDRs: [], nfacct: true };

const service = (spec: Partial<ServiceSpec> = {}): Service => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "web", namespace: "ns" },
  spec: {
    type: "LoadBalancer",
    clusterIP: "10.96.0.9",
    externalTrafficPolicy: "Local",
    healthCheckNodePort: 32_000,
    ports: [
      { name: "http", port: 80, protocol: "TCP" },
      { name: "https", port: 443, protocol: "TCP" },
    ],
    ...spec,
  },
});

const at = (address: string, conditions: SliceEndpoint["conditions"] = {}, nodeName = "node1"): SliceEndpoint => ({
  addresses: [address],
  conditions,
  nodeName,
});

function healths(endpoints: readonly SliceEndpoint[], one: Service = service()): ServiceHealth[] {
  const slice: EndpointSlice = {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: { name: "web-1", namespace: "ns", labels: { "kubernetes.io/service-name": "web" } },
    addressType: "IPv4",
    ports: [
      { name: "http", port: 8080, protocol: "TCP" },
      { name: "https", port: 8443, protocol: "TCP" },
    ],
    endpoints,
  };
  const input = { services: [one], endpointSlices: [slice] };
  return serviceHealths(takeSnapshot({ family: "IPv4", node, config: defaultKubeProxyConfig, ...input }));
}

// upstream: proxy.TestGetLocalEndpointIPs
describe("the health of a Service on a node", () => {
  it("counts addresses of ready endpoints on this node, once over all ports", () => {
    const endpoints = [
      at("10.244.1.1"),
      at("10.244.1.2"),
      at("10.244.1.3", { ready: false }),
      at("10.244.2.1", {}, "node2"),
    ];
    expect(healths(endpoints)).toEqual([{ namespace: "ns", name: "web", port: 32_000, localEndpoints: 2 }]);
    expect(healths([])).toMatchObject([{ localEndpoints: 0 }]);
  });

  it("counts endpoints at ports of slices that the Service does not have", () => {
    const other = service({ ports: [{ name: "other", port: 80, protocol: "TCP" }] });
    expect(healths([at("10.244.1.1")], other)).toMatchObject([{ localEndpoints: 1 }]);
  });

  // upstream: iptables.TestHealthCheckNodePortWhenTerminating, nftables.TestHealthCheckNodePortWhenTerminating,
  // ipvs.Test_HealthCheckNodePortWhenTerminating
  it("does not count endpoints that terminate, though they serve", () => {
    const going = { ready: false, serving: true, terminating: true };
    expect(healths([at("10.244.1.1", going), at("10.244.1.2", going)])).toMatchObject([{ localEndpoints: 0 }]);
    expect(healths([at("10.244.1.1", going), at("10.244.1.2")])).toMatchObject([{ localEndpoints: 1 }]);
  });

  it("is told for load balancers with traffic policy Local only", () => {
    expect(healths([], service({ externalTrafficPolicy: "Cluster" }))).toEqual([]);
    expect(healths([], service({ type: "NodePort" }))).toEqual([]);
  });
});
