import type { IpAddress } from "@kubenetsim/core/net/address";
import { describe, expect, it } from "vitest";
import type { Endpoint } from "./endpoint.ts";
import type { ServicePort } from "./service-port.ts";
import { categorizeEndpoints } from "./topology.ts";

const base: ServicePort = {
  service: "default/web",
  name: "default/web",
  portName: "",
  protocol: "TCP",
  clusterIP: "10.96.0.1" as IpAddress,
  port: 80,
  nodePort: 0,
  externalIPs: [],
  hasExternalIPs: false,
  loadBalancerVIPs: [],
  sourceRanges: [],
  affinitySeconds: undefined,
  externalPolicyLocal: false,
  internalPolicyLocal: false,
  healthCheckNodePort: 0,
};
const nodePortLocal: ServicePort = { ...base, nodePort: 30080, externalPolicyLocal: true };

function endpoint(text: string, parts: Partial<Endpoint> = {}): Endpoint {
  const address = text as IpAddress;
  const state = { nodeName: "", ready: true, serving: true, terminating: false, zoneHints: [], nodeHints: [] };
  return { text, address, words: [0], port: 80, ...state, ...parts };
}

function categorize(port: ServicePort, ...endpoints: Endpoint[]) {
  const { cluster, local, reachable, any } = categorizeEndpoints(endpoints, port, "node1", "zone-a");
  const names = (list: readonly Endpoint[]): string => list.map((one) => one.text).join(" ");
  return { cluster: names(cluster), local: names(local), reachable: names(reachable), any };
}

const dying = { ready: false, terminating: true };

// Situations of kube-proxy's TestCategorizeEndpoints (pkg/proxy/topology_test.go).
// upstream: proxy.TestCategorizeEndpoints
describe("categorizeEndpoints", () => {
  it("uses every ready endpoint for traffic policy Cluster", () => {
    const all = [endpoint("a"), endpoint("b", { ready: false }), endpoint("c", { nodeName: "node1" })];
    expect(categorize(base, ...all)).toEqual({ cluster: "a c", local: "", reachable: "a c", any: true });
  });

  it("heeds zone hints when all ready endpoints have some and one is for this zone", () => {
    const here = endpoint("a", { zoneHints: ["zone-a", "zone-b"] });
    const there = endpoint("b", { zoneHints: ["zone-c"] });
    expect(categorize(base, here, there).cluster).toBe("a");
    expect(categorize(base, here, endpoint("c")).cluster).toBe("a c");
    expect(categorize(base, there).cluster).toBe("b");
  });

  it("prefers node hints to zone hints", () => {
    const mine = endpoint("a", { nodeHints: ["node1"], zoneHints: ["zone-b"] });
    const neighbour = endpoint("b", { nodeHints: ["node2"], zoneHints: ["zone-a"] });
    expect(categorize(base, mine, neighbour).cluster).toBe("a");
    expect(categorize(base, endpoint("c", { nodeHints: ["node3"], zoneHints: ["zone-b"] }), neighbour).cluster).toBe(
      "b",
    );
  });

  it("falls back to terminating endpoints that serve, hints or not", () => {
    const all = [endpoint("a", { ...dying, zoneHints: ["zone-b"] }), endpoint("b", { ...dying, serving: false })];
    expect(categorize(base, ...all)).toEqual({ cluster: "a", local: "", reachable: "a", any: true });
  });

  it("falls back for each traffic policy on its own", () => {
    const all = [endpoint("a"), endpoint("b", { ...dying, nodeName: "node1" })];
    expect(categorize(nodePortLocal, ...all)).toEqual({ cluster: "a", local: "b", reachable: "a b", any: true });
  });

  it("knows that a Local Service has endpoints elsewhere", () => {
    const internal = { ...base, internalPolicyLocal: true };
    expect(categorize(internal, endpoint("a"))).toEqual({ cluster: "", local: "", reachable: "", any: true });
    expect(categorize(internal)).toEqual({ cluster: "", local: "", reachable: "", any: false });
  });

  it("reaches local endpoints that hints would leave out", () => {
    const all = [endpoint("a", { zoneHints: ["zone-a"] }), endpoint("b", { nodeName: "node1", zoneHints: ["zone-b"] })];
    expect(categorize(nodePortLocal, ...all)).toEqual({ cluster: "a", local: "b", reachable: "a b", any: true });
  });
});
