import type { LoadBalancerIngress, Service, ServicePortSpec, ServiceSpec } from "@kubenetsim/core/model/service";
import type { IpFamily } from "@kubenetsim/core/net/address";
import { formatCidr } from "@kubenetsim/core/net/cidr";
import { describe, expect, it } from "vitest";
import { defaultKubeProxyConfig } from "../config/kube-proxy-config.ts";
import { type ServicePort, servicePorts } from "./service-port.ts";
import { type ProxySnapshot, takeSnapshot, updateSnapshot } from "./snapshot.ts";

const node = { name: "node1", nodeIPs: [], addresses: [], zone: "", podCIDRs: [], nfacct: true };
const config = defaultKubeProxyConfig;

const http: ServicePortSpec = { name: "http", protocol: "TCP", port: 80, nodePort: 30080 };
const dns: ServicePortSpec = { name: "dns", protocol: "UDP", port: 53 };

const service = (spec: Partial<ServiceSpec>, ingress: readonly LoadBalancerIngress[] = []): Service => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "web", namespace: "ns" },
  spec: { type: "ClusterIP", clusterIP: "10.96.0.9", clusterIPs: ["10.96.0.9"], ports: [http], ...spec },
  status: { loadBalancer: { ingress } },
});

const dual: Partial<ServiceSpec> = {
  clusterIPs: ["10.96.0.9", "fd00:96::9"],
  ipFamilies: ["IPv4", "IPv6"],
};

const read = (one: Service, family: IpFamily = "IPv4"): ServicePort[] => servicePorts(one, { family, node, config });

// upstream: proxy.TestServiceToServiceMap, util.TestMapIPsByIPFamily, util.TestMapCIDRsByIPFamily
describe("servicePorts", () => {
  it("names each port, with its number, protocol and node port", () => {
    const ports = read(service({ type: "NodePort", ports: [http, dns, { protocol: "SCTP", port: 9 }] }));
    expect(ports.map(({ name, port, protocol, nodePort }) => [name, port, protocol, nodePort])).toEqual([
      ["ns/web:http", 80, "TCP", 30080],
      ["ns/web:dns", 53, "UDP", 0],
      ["ns/web", 9, "SCTP", 0],
    ]);
  });

  // upstream: util.TestGetClusterIPByFamily
  it.each<[string, Partial<ServiceSpec>, string | undefined, string | undefined]>([
    ["one family", { ipFamilies: ["IPv4"] }, "10.96.0.9", undefined],
    ["the other family", { clusterIP: "fd00::9", clusterIPs: ["fd00::9"], ipFamilies: ["IPv6"] }, undefined, "fd00::9"],
    ["both families", dual, "10.96.0.9", "fd00:96::9"],
    [
      "both families, IPv6 first",
      { clusterIPs: ["fd00::9", "10.0.0.9"], ipFamilies: ["IPv6", "IPv4"] },
      "10.0.0.9",
      "fd00::9",
    ],
    ["no families: its clusterIP decides", { clusterIPs: [] }, "10.96.0.9", undefined],
    ["no families, IPv6", { clusterIP: "fd00::9", clusterIPs: [] }, undefined, "fd00::9"],
    ["fewer addresses than families", { ...dual, clusterIPs: ["10.96.0.9"] }, "10.96.0.9", undefined],
  ])("takes the address of its own family: %s", (_, spec, four, six) => {
    expect(read(service(spec))[0]?.clusterIP).toBe(four);
    expect(read(service(spec), "IPv6")[0]?.clusterIP).toBe(six);
  });

  it("takes external IPs, source ranges and load balancers of its own family", () => {
    const one = service(
      {
        ...dual,
        type: "LoadBalancer",
        externalIPs: ["203.0.113.1", "fd00:113::1", "203.0.113.2"],
        loadBalancerSourceRanges: ["192.0.2.0/24", " fd00:2::/64 ", "198.51.100.7/32"],
      },
      [{ ip: "198.51.100.1" }, { ip: "fd00:51::1" }, { hostname: "lb.example.com" }],
    );
    const fields = ({ externalIPs, sourceRanges, loadBalancerVIPs }: ServicePort) => ({
      externalIPs,
      loadBalancerVIPs,
      sourceRanges: sourceRanges.map(formatCidr),
    });
    expect(fields(read(one)[0]!)).toEqual({
      externalIPs: ["203.0.113.1", "203.0.113.2"],
      loadBalancerVIPs: ["198.51.100.1"],
      sourceRanges: ["192.0.2.0/24", "198.51.100.7/32"],
    });
    expect(fields(read(one, "IPv6")[0]!)).toEqual({
      externalIPs: ["fd00:113::1"],
      loadBalancerVIPs: ["fd00:51::1"],
      sourceRanges: ["fd00:2::/64"],
    });
  });

  // upstream: util.TestIsZeroCIDR
  it("takes a range of all addresses for none, of its own family only", () => {
    const ranges = (loadBalancerSourceRanges: string[]) =>
      read(service({ type: "LoadBalancer", loadBalancerSourceRanges }))[0]!.sourceRanges.length;
    expect(ranges(["192.0.2.0/24", "0.0.0.0/0"])).toBe(0);
    expect(ranges(["192.0.2.0/24", "::/0"])).toBe(1);
  });

  // upstream: iptables.TestLoadBalancerIngressRouteTypeProxy, nftables.TestLoadBalancerIngressRouteTypeProxy
  it.each<[LoadBalancerIngress["ipMode"], number]>([
    [undefined, 1],
    ["VIP", 1],
    ["Proxy", 0],
  ])("serves a load balancer of mode %s on %i addresses", (ipMode, count) => {
    const ingress = [{ ip: "198.51.100.1", ...(ipMode === undefined ? {} : { ipMode }) }];
    expect(read(service({ type: "LoadBalancer" }, ingress))[0]!.loadBalancerVIPs).toHaveLength(count);
  });

  it.each<[string, Partial<ServiceSpec>, boolean, number]>([
    [
      "LoadBalancer, Local",
      { type: "LoadBalancer", externalTrafficPolicy: "Local", healthCheckNodePort: 345 },
      true,
      345,
    ],
    [
      "LoadBalancer, Cluster",
      { type: "LoadBalancer", externalTrafficPolicy: "Cluster", healthCheckNodePort: 345 },
      false,
      0,
    ],
    ["NodePort, Local", { type: "NodePort", externalTrafficPolicy: "Local", healthCheckNodePort: 345 }, true, 0],
    ["ClusterIP, Local", { externalTrafficPolicy: "Local" }, false, 0],
    ["ClusterIP with an external IP, Local", { externalTrafficPolicy: "Local", externalIPs: ["203.0.113.1"] }, true, 0],
  ])("heeds the external traffic policy where it means something: %s", (_, spec, local, port) => {
    expect(read(service(spec))[0]).toMatchObject({ externalPolicyLocal: local, healthCheckNodePort: port });
  });
});

const keys = (snapshot: ProxySnapshot): string[] =>
  snapshot.services.flatMap(({ ports }) => ports.map(({ port }) => `${port.name}/${port.protocol}`));
const change = (before: Service | undefined, after: Service | undefined) => [{ kind: "Service", before, after }];
const nothing = takeSnapshot({ family: "IPv4", node, config, services: [], endpointSlices: [] });

describe("a Service that changes", () => {
  // upstream: proxy.TestBuildServiceMapAddRemove, iptables.TestBuildServiceMapAddRemove,
  // nftables.TestBuildServiceMapAddRemove, ipvs.TestBuildServiceMapAddRemove
  it("comes with its ports and goes with them", () => {
    const one = service({ ports: [dns, http] });
    const other = { ...service({ ports: [http] }), metadata: { name: "api", namespace: "ns" } };
    const both = updateSnapshot(updateSnapshot(nothing, change(undefined, one)), change(undefined, other));
    expect(keys(both)).toEqual(["ns/api:http/TCP", "ns/web:dns/UDP", "ns/web:http/TCP"]);
    expect(keys(updateSnapshot(both, change(one, undefined)))).toEqual(["ns/api:http/TCP"]);
  });

  // upstream: proxy.TestBuildServiceMapServiceUpdate, iptables.TestBuildServiceMapServiceUpdate,
  // nftables.TestBuildServiceMapServiceUpdate, ipvs.TestBuildServiceMapServiceUpdate
  it("becomes a load balancer and a ClusterIP again", () => {
    const plain = service({});
    const balanced = service({ type: "LoadBalancer", externalTrafficPolicy: "Local", healthCheckNodePort: 345 });
    const first = updateSnapshot(nothing, change(undefined, plain));
    const second = updateSnapshot(first, change(plain, balanced));
    expect(second.services[0]!.ports[0]!.port).toMatchObject({ healthCheckNodePort: 345, externalPolicyLocal: true });
    expect(updateSnapshot(second, change(balanced, balanced)).revision).toBe(second.revision);
    const third = updateSnapshot(second, change(balanced, plain));
    expect(third.services).toEqual(first.services);
    expect(third.revision).toBeGreaterThan(second.revision);
  });

  // upstream: proxy.TestServiceMapUpdateHeadless, iptables.TestBuildServiceMapServiceHeadless,
  // nftables.TestBuildServiceMapServiceHeadless, ipvs.TestBuildServiceMapServiceHeadless,
  // proxy.TestUpdateServiceTypeExternalName, iptables.TestBuildServiceMapServiceTypeExternalName,
  // nftables.TestBuildServiceMapServiceTypeExternalName, ipvs.TestBuildServiceMapServiceTypeExternalName
  it.each<[string, Partial<ServiceSpec>]>([
    ["headless", { clusterIP: "None", clusterIPs: ["None"] }],
    ["an ExternalName", { type: "ExternalName", externalName: "example.com" }],
  ])("is nobody's business when it is %s, and asks for no sync", (_, spec) => {
    const one = service(spec);
    const after = updateSnapshot(nothing, change(undefined, one));
    expect(after).toMatchObject({ services: [], revision: nothing.revision });
  });

  // upstream: proxy.TestServiceCacheLeaks
  it("leaves nothing behind when it goes", () => {
    const one = service({});
    expect(updateSnapshot(updateSnapshot(nothing, change(undefined, one)), change(one, undefined)).records.size).toBe(
      0,
    );
  });
});
