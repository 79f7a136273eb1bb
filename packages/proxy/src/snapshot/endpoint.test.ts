import type { EndpointPort, EndpointSlice, SliceEndpoint } from "@kubenetsim/core/model/endpoint-slice";
import type { Service } from "@kubenetsim/core/model/service";
import { describe, expect, it } from "vitest";
import { defaultKubeProxyConfig } from "../config/kube-proxy-config.ts";
import { endpointsOfSlices, isLocalTo } from "./endpoint.ts";
import { type ProxySnapshot, takeSnapshot, updateSnapshot } from "./snapshot.ts";

const node = { name: "node1", nodeIPs: [], addresses: [], zone: "", podCIDRs: [], nfacct: true };

const tcp = (name: string, port: number): EndpointPort => ({ name, port, protocol: "TCP" });
const at = (address: string, nodeName = "node2"): SliceEndpoint => ({ addresses: [address], nodeName });

function slice(name: string, ports: readonly EndpointPort[], endpoints: readonly SliceEndpoint[]): EndpointSlice {
  return {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: { name, namespace: "ns", labels: { "kubernetes.io/service-name": "web" } },
    addressType: "IPv4",
    ports,
    endpoints,
  };
}

/** `name/PROTOCOL: address:port …`, local ones with a star. */
function list(slices: readonly EndpointSlice[]): string[] {
  return [...endpointsOfSlices(slices)].map(
    ([port, endpoints]) =>
      `${port}: ${endpoints.map((one) => one.text + (isLocalTo("node1", one) ? "*" : "")).join(" ")}`,
  );
}

// upstream: proxy.TestEndpointsMapFromESC, proxy.TestEndpointInfoByServicePort
describe("endpointsOfSlices", () => {
  it("makes an endpoint of each port and address, and knows those on the own node", () => {
    const one = slice("a", [tcp("http", 80), tcp("https", 443)], [at("10.0.1.2"), at("10.0.1.1", "node1")]);
    expect(list([one])).toEqual(["http/TCP: 10.0.1.1:80* 10.0.1.2:80", "https/TCP: 10.0.1.1:443* 10.0.1.2:443"]);
  });

  it("merges slices with the same and with other ports", () => {
    const slices = [
      slice("a", [tcp("http", 80)], [at("10.0.1.3"), at("10.0.1.10")]),
      slice("b", [tcp("http", 8080), { name: "dns", port: 53, protocol: "UDP" }], [at("10.0.1.3"), at("10.0.1.4")]),
      slice("c", [tcp("http", 80)], [at("10.0.1.3"), at("10.0.1.2")]),
    ];
    expect(list(slices)).toEqual([
      "http/TCP: 10.0.1.10:80 10.0.1.2:80 10.0.1.3:80 10.0.1.3:8080 10.0.1.4:8080",
      "dns/UDP: 10.0.1.3:53 10.0.1.4:53",
    ]);
  });

  // upstream: util.TestAppendPortIfNeeded, util.TestIPPart
  it("writes IPv6 addresses in brackets, and only an endpoint's first address", () => {
    const six = {
      ...slice("a", [tcp("", 80)], [{ addresses: ["fd00:0::5", "fd00::6"] }]),
      addressType: "IPv6" as const,
    };
    expect(list([six])).toEqual(["/TCP: [fd00::5]:80"]);
  });

  it("takes missing conditions for an endpoint that is ready, serves and stays", () => {
    const [one] = endpointsOfSlices([slice("a", [tcp("", 80)], [at("10.0.1.1")])]).get("/TCP")!;
    expect(one).toMatchObject({ ready: true, serving: true, terminating: false });
  });
});

const web = (...names: string[]): Service => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "web", namespace: "ns" },
  spec: {
    clusterIP: "10.96.0.1",
    ports: names.map((name, i) => ({
      name,
      protocol: name.startsWith("u") ? ("UDP" as const) : ("TCP" as const),
      port: 80 + i,
    })),
  },
});
const take = (endpointSlices: readonly EndpointSlice[], service: Service = web("p", "q")) =>
  takeSnapshot({ family: "IPv4", node, config: defaultKubeProxyConfig, services: [service], endpointSlices });
const put = (before: EndpointSlice | undefined, after: EndpointSlice | undefined) => [
  { kind: "EndpointSlice", before, after },
];
const texts = (snapshot: ProxySnapshot): string[] =>
  snapshot.services.flatMap(({ ports }) =>
    ports.map(({ port, endpoints }) => `${port.portName}: ${endpoints.map((one) => one.text).join(" ")}`),
  );

// upstream: proxy.TestUpdateEndpointsMap, iptables.TestUpdateEndpointsMap, nftables.TestUpdateEndpointsMap,
// ipvs.Test_updateEndpointsMap, proxy.TestCheckoutChanges, proxy.TestEndpointSliceUpdate
describe("a slice that changes", () => {
  const one = slice("a", [tcp("p", 11)], [at("1.1.1.1")]);

  it.each<[string, EndpointSlice | undefined, EndpointSlice | undefined, string[]]>([
    ["comes", undefined, one, ["p: 1.1.1.1:11", "q: "]],
    ["goes", one, undefined, ["p: ", "q: "]],
    [
      "gets an address",
      one,
      slice("a", [tcp("p", 11)], [at("1.1.1.2"), at("1.1.1.1")]),
      ["p: 1.1.1.1:11 1.1.1.2:11", "q: "],
    ],
    ["loses its addresses", one, slice("a", [tcp("p", 11)], []), ["p: ", "q: "]],
    ["gets a port", one, slice("a", [tcp("p", 11), tcp("q", 12)], [at("1.1.1.1")]), ["p: 1.1.1.1:11", "q: 1.1.1.1:12"]],
    ["loses its ports", one, { ...one, ports: null }, ["p: ", "q: "]],
    ["renames its port", one, slice("a", [tcp("q", 11)], [at("1.1.1.1")]), ["p: ", "q: 1.1.1.1:11"]],
    ["renumbers its port", one, slice("a", [tcp("p", 22)], [at("1.1.1.1")]), ["p: 1.1.1.1:22", "q: "]],
    [
      "changes the protocol",
      one,
      slice("a", [{ name: "p", port: 11, protocol: "UDP" }], [at("1.1.1.1")]),
      ["p: ", "q: "],
    ],
  ])("%s: the endpoints follow, at once and step by step", (_, before, after, expected) => {
    const start = take(before === undefined ? [] : [before]);
    const next = updateSnapshot(start, put(before, after));
    expect(texts(next)).toEqual(expected);
    expect(texts(take(after === undefined ? [] : [after]))).toEqual(expected);
    expect(next.revision).toBeGreaterThan(start.revision);
  });

  // upstream: proxy.TestEsDataChanged
  it("asks for no sync when it is the same again, or goes without having been there", () => {
    const start = take([one]);
    expect(updateSnapshot(start, put(one, structuredClone(one))).revision).toBe(start.revision);
    expect(updateSnapshot(start, put(slice("b", [], []), undefined)).revision).toBe(start.revision);
    expect(updateSnapshot(start, put(one, { ...one, endpoints: [at("1.1.1.1", "node3")] })).revision).not.toBe(
      start.revision,
    );
  });

  // upstream: metaproxier.TestMetaProxier_EndpointSlice_RoutesByAddressType,
  // metaproxier.TestMetaProxier_EndpointSlice_UnsupportedAddressType_NoDownstreamCalls
  it("of another family or with names for addresses is passed over", () => {
    const start = take([]);
    for (const addressType of ["IPv6", "FQDN"] as const) {
      const after = updateSnapshot(start, put(undefined, { ...one, addressType }));
      expect(after.revision).toBe(start.revision);
      expect(after.records.size).toBe(start.records.size);
    }
  });

  // upstream: proxy.TestEndpointSliceCacheClearedCorrectly,
  // proxy.TestSameServiceEndpointSliceCacheClearedCorrectly
  it("leaves nothing behind when it goes with its Service, one of several slices or not", () => {
    const two = slice("b", [tcp("p", 11)], [at("1.1.1.2")]);
    const start = take([one, two]);
    const half = updateSnapshot(start, put(one, undefined));
    expect(texts(half)).toEqual(["p: 1.1.1.2:11", "q: "]);
    const service = { kind: "Service", before: web("p", "q"), after: undefined };
    expect(updateSnapshot(half, [service, ...put(two, undefined)]).records.size).toBe(0);
  });
});
