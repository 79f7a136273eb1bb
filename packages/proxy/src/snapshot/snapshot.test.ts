import type { EndpointSlice } from "@kubenetsim/core/model/endpoint-slice";
import type { Service } from "@kubenetsim/core/model/service";
import { describe, expect, it } from "vitest";
import { defaultKubeProxyConfig } from "../config/kube-proxy-config.ts";
import { type ProxySnapshot, takeSnapshot, updateNode, updateSnapshot } from "./snapshot.ts";

const node = { name: "node1", nodeIPs: [], addresses: [], zone: "", podCIDRs: [], nfacct: true };

const service = (name: string, parts: Partial<Service["spec"]> = {}): Service => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name, namespace: "default" },
  spec: { type: "ClusterIP", clusterIP: "10.96.0.1", ports: [{ port: 80, protocol: "TCP" }], ...parts },
});

const slice = (name: string, of: string, parts: Partial<EndpointSlice> = {}): EndpointSlice => ({
  apiVersion: "discovery.k8s.io/v1",
  kind: "EndpointSlice",
  metadata: { name, namespace: "default", labels: { "kubernetes.io/service-name": of } },
  addressType: "IPv4",
  ports: [{ name: "", port: 8080, protocol: "TCP" }],
  endpoints: [{ addresses: ["10.244.1.9"] }, { addresses: ["10.244.1.10"] }],
  ...parts,
});

const take = (services: Service[], endpointSlices: EndpointSlice[] = [], family: "IPv4" | "IPv6" = "IPv4") =>
  takeSnapshot({ family, node, config: defaultKubeProxyConfig, services, endpointSlices });

const endpoints = (snapshot: ProxySnapshot): string[] =>
  snapshot.services.flatMap((one) => one.ports.flatMap((port) => port.endpoints.map((endpoint) => endpoint.text)));

describe("takeSnapshot", () => {
  // upstream: util.TestShouldSkipService
  it("passes over Services that kube-proxy does not serve", () => {
    const foreign = service("b");
    const labels = { "service.kubernetes.io/service-proxy-name": "other" };
    const skipped = [
      service("a", { clusterIP: "None" }),
      { ...foreign, metadata: { ...foreign.metadata, labels } },
      service("c", { type: "ExternalName" }),
      service("d", { clusterIP: "" }),
      service("e", { ipFamilies: ["IPv6"], clusterIPs: ["fd00::1"] }),
    ];
    expect(take(skipped).services).toEqual([]);
    expect(take(skipped, [], "IPv6").services.map((one) => one.key)).toEqual(["default/e"]);
  });

  it("sorts endpoints by their text", () => {
    const snapshot = take([service("web")], [slice("web-1", "web")]);
    expect(endpoints(snapshot)).toEqual(["10.244.1.10:8080", "10.244.1.9:8080"]);
    expect(snapshot.endpointCount).toBe(2);
  });

  it("passes over slices of another family or a headless Service, and ports without name or number", () => {
    const headless = { "kubernetes.io/service-name": "web", "service.kubernetes.io/headless": "" };
    const snapshot = take(
      [service("web")],
      [
        slice("a", "web", { addressType: "IPv6", endpoints: [{ addresses: ["fd00::1"] }] }),
        slice("b", "web", { metadata: { name: "b", namespace: "default", labels: headless } }),
        slice("c", "web", { ports: [{ port: 80, protocol: "TCP" }] }),
        slice("d", "web", { ports: [{ name: "", protocol: "TCP" }] }),
      ],
    );
    expect(endpoints(snapshot)).toEqual([]);
  });

  it("prefers, of two endpoints with one address, the one that does not terminate", () => {
    const gone = { addresses: ["10.244.1.9"], conditions: { ready: false, serving: true, terminating: true } };
    const here = { addresses: ["10.244.1.9"], nodeName: "node1" };
    for (const order of [
      [gone, here],
      [here, gone],
    ]) {
      const snapshot = take([service("web")], [slice("web-1", "web", { endpoints: order })]);
      expect(snapshot.services[0]!.ports[0]!.endpoints).toMatchObject([{ terminating: false, nodeName: "node1" }]);
    }
  });

  it("takes source ranges with /0 for none, and load balancers of mode Proxy for nobody's", () => {
    const balanced: Service = {
      ...service("web", { type: "LoadBalancer", loadBalancerSourceRanges: [" 10.0.0.0/8 ", "0.0.0.0/0"] }),
      status: { loadBalancer: { ingress: [{ ip: "1.2.3.4", ipMode: "Proxy" }, { ip: "1.2.3.5" }, { ip: "fd00::1" }] } },
    };
    const { port } = take([balanced]).services[0]!.ports[0]!;
    expect(port).toMatchObject({ sourceRanges: [], loadBalancerVIPs: ["1.2.3.5"] });
  });
});

describe("updateSnapshot", () => {
  const web = service("web");
  const first = take([web, service("other", { clusterIP: "10.96.0.2" })], [slice("web-1", "web")]);

  it("keeps what is the same", () => {
    const after = { ...web, metadata: { ...web.metadata, annotations: { note: "new" } } };
    const next = updateSnapshot(first, [{ kind: "Service", before: web, after }]);
    expect(next.services).toBe(first.services);
    expect(updateSnapshot(first, [{ kind: "Pod", before: undefined, after: {} }])).toBe(first);
  });

  it("reads again only the Service that changed, and of it only the port that did", () => {
    const ports = [
      { name: "a", port: 80, protocol: "TCP" as const },
      { name: "b", port: 81, protocol: "TCP" as const },
    ];
    const two = service("two", { ports });
    const start = updateSnapshot(first, [{ kind: "Service", before: undefined, after: two }]);
    const changed = service("two", { ports: [ports[0]!, { ...ports[1]!, port: 82 }] });
    const next = updateSnapshot(start, [{ kind: "Service", before: two, after: changed }]);
    expect(next.services.map((one, i) => one === start.services[i])).toEqual([true, false, true]);
    expect(next.services[1]!.ports[0]).toBe(start.services[1]!.ports[0]);
    expect(next.services[1]!.ports[1]!.port.port).toBe(82);
  });

  it("counts a Service as changed when a slice of it is another, though nothing follows from it", () => {
    const before = slice("web-1", "web");
    const after = slice("web-1", "web", { endpoints: [...before.endpoints!].reverse() });
    const next = updateSnapshot(first, [{ kind: "EndpointSlice", before, after }]);
    expect(next.services.map((one, i) => one === first.services[i])).toEqual([true, false]);
    expect(next.services).toEqual(first.services);
    expect(next.services[1]!.ports[0]).toBe(first.services[1]!.ports[0]);
    const again = updateSnapshot(next, [{ kind: "EndpointSlice", before: after, after: structuredClone(after) }]);
    expect(again.services[1]).toBe(next.services[1]);
  });

  it("waits with a slice for its Service", () => {
    const early = slice("late-1", "late");
    const waiting = updateSnapshot(first, [{ kind: "EndpointSlice", before: undefined, after: early }]);
    expect(waiting.services).toBe(first.services);
    const late = service("late", { clusterIP: "10.96.0.3" });
    const next = updateSnapshot(waiting, [{ kind: "Service", before: undefined, after: late }]);
    expect(next.services.find((one) => one.key === "default/late")!.endpointCount).toBe(2);
  });

  it("makes a Service new whose slices changed, though its endpoints did not", () => {
    const start = take([service("api"), service("web")], [slice("web-1", "web")]);
    const empty = slice("web-2", "web", { endpoints: [] });
    const next = updateSnapshot(start, [{ kind: "EndpointSlice", before: undefined, after: empty }]);
    expect(next.services.map((one, i) => one === start.services[i])).toEqual([true, false]);
    expect(next.services[1]!.ports[0]).toBe(start.services[1]!.ports[0]);
    const again = updateSnapshot(next, [{ kind: "EndpointSlice", before: empty, after: structuredClone(empty) }]);
    expect(again.services[1]).toBe(next.services[1]);
  });
});

// upstream: config.TestNewServiceCIDRsMultipleHandlersAddRemoveSetAndNotified
describe("serviceCIDRs", () => {
  const serviceCIDR = (name: string, ...cidrs: string[]) => ({
    apiVersion: "networking.k8s.io/v1" as const,
    kind: "ServiceCIDR" as const,
    metadata: { name },
    spec: { cidrs },
  });
  const first = serviceCIDR("kubernetes", "10.96.0.0/12", "fd00:10:96::/112");
  const second = serviceCIDR("more", "10.96.0.0/12", "10.200.0.0/16");
  const basis = { family: "IPv4" as const, node, config: defaultKubeProxyConfig, services: [], endpointSlices: [] };

  it("follow the objects; one that goes takes its CIDRs away from the others", () => {
    const snapshot = takeSnapshot({ ...basis, serviceCIDRs: [first, second] });
    expect([...snapshot.serviceCIDRs]).toEqual(["10.96.0.0/12", "fd00:10:96::/112", "10.200.0.0/16"]);
    const rest = updateSnapshot(snapshot, [{ kind: "ServiceCIDR", before: second, after: undefined }]);
    expect([...rest.serviceCIDRs]).toEqual(["fd00:10:96::/112"]);
    expect(rest.services).toBe(snapshot.services);
  });

  it("stay the same set when an object says what is known", () => {
    const snapshot = takeSnapshot({ ...basis, serviceCIDRs: [first] });
    expect(updateSnapshot(snapshot, [{ kind: "ServiceCIDR", before: first, after: { ...first } }])).toBe(snapshot);
  });
});

describe("a slice whose labels change", () => {
  const web = slice("s-1", "web");
  const relabelled = (labels: Record<string, string>): EndpointSlice => ({
    ...web,
    metadata: { ...web.metadata, labels },
  });
  const change = (before: EndpointSlice, after?: EndpointSlice) => [{ kind: "EndpointSlice", before, after }];
  const start = take([service("web"), service("api", { clusterIP: "10.96.0.2" })], [web]);
  const both = ["10.244.1.10:8080", "10.244.1.9:8080"];

  it("stays with the Service that it named, even when it goes", () => {
    const nameless = relabelled({});
    const after = updateSnapshot(start, change(web, nameless));
    expect(endpoints(after)).toEqual(both);
    expect(endpoints(updateSnapshot(after, change(nameless)))).toEqual(both);
  });

  it("counts for two Services once it has named two", () => {
    const api = relabelled({ "kubernetes.io/service-name": "api" });
    const after = updateSnapshot(start, change(web, api));
    expect(endpoints(after)).toEqual([...both, ...both]);
    expect(endpoints(updateSnapshot(after, change(api)))).toEqual(both);
  });

  it("is gone once it is a headless Service's", () => {
    const headless = relabelled({ "kubernetes.io/service-name": "web", "service.kubernetes.io/headless": "" });
    expect(endpoints(updateSnapshot(start, change(web, headless)))).toEqual([]);
  });

  it("is remembered when the Node's labels change", () => {
    const after = updateNode(updateSnapshot(start, change(web, relabelled({}))), { ...node, zone: "zone-a" });
    expect(endpoints(after)).toEqual(both);
    expect(after.basis.node.zone).toBe("zone-a");
  });
});
