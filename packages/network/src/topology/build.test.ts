import { addressWords, formatAddress, type IpAddress } from "@kubenetsim/core/net/address";
import { describe, expect, test } from "vitest";
import { node, pod } from "../../test-objects.ts";
import { sourceAddress } from "../walk/source-address.ts";
import { buildTopology } from "./build.ts";
import type { Host } from "./host.ts";

function words(text: string): readonly number[] {
  return addressWords(text as IpAddress);
}

function via(host: Host, destination: string): string {
  const [a] = words(destination) as [number];
  if (host.localDevice(false, a, 0, 0, 0) >= 0) return "local";
  const route = host.route(false, a, 0, 0, 0);
  if (route === undefined) return "none";
  const device = host.devices[route.device]!.name;
  return route.gateway === undefined ? device : `${device} via ${formatAddress(route.gateway)}`;
}

function source(host: Host, destination: string): string | undefined {
  const address = sourceAddress(host, words(destination));
  return address === undefined ? undefined : formatAddress(address);
}

const nodes = [node(1), node(2), node(3)];
const pods = [
  pod("a", "node1", "10.244.1.5", [80]),
  pod("b", "node2", "10.244.2.7"),
  pod("h", "node2", "192.168.10.12", [9100], true),
];

describe("bridge", () => {
  const topology = buildTopology({ nodes, pods });
  const node1 = topology.nodes.get("node1")!;

  test("a node reaches its own Pods by the bridge and others by their nodes", () => {
    expect(via(node1, "10.244.1.5")).toBe("cni0");
    expect(via(node1, "10.244.2.7")).toBe("eth0 via 192.168.10.12");
    expect(via(node1, "192.168.10.13")).toBe("eth0");
    expect(via(node1, "8.8.8.8")).toBe("eth0 via 192.168.10.1");
    expect(via(node1, "10.244.1.1")).toBe("local");
    expect(via(node1, "127.0.0.9")).toBe("local");
  });

  test("a Pod's gateway is the bridge, outside clients route by their node", () => {
    expect(via(topology.pods.get("default/a")!, "10.96.0.1")).toBe("eth0 via 10.244.1.1");
    expect(via(topology.pods.get("default/a")!, "10.244.1.9")).toBe("eth0");
    expect(via(topology.clients.get("ext1")!, "10.96.0.1")).toBe("eth0 via 192.168.10.11");
    expect(via(topology.clients.get("ext2")!, "10.96.0.1")).toBe("eth0 via 192.168.10.12");
  });

  test("a Pod on its node's network stands for the node and listens there", () => {
    expect(topology.pods.get("default/h")).toBe(topology.nodes.get("node2"));
    expect(topology.nodes.get("node2")!.sockets.find(6, 9100)).toBeGreaterThanOrEqual(0);
    expect(topology.nodes.get("node2")!.sockets.find(17, 9100)).toBe(-1);
  });

  test("source addresses are the leaving device's, or the destination where that is local", () => {
    expect(source(node1, "10.244.1.5")).toBe("10.244.1.1");
    expect(source(node1, "10.244.2.7")).toBe("192.168.10.11");
    expect(source(node1, "10.244.1.1")).toBe("10.244.1.1");
    expect(source(node1, "127.0.0.1")).toBe("127.0.0.1");
    expect(source(topology.clients.get("ext1")!, "10.96.0.1")).toBe("192.168.10.100");
  });
});

describe("ptp", () => {
  const topology = buildTopology({ nodes, pods, cni: "ptp" });
  const node1 = topology.nodes.get("node1")!;

  test("each Pod has its own device, which has no address", () => {
    expect(via(node1, "10.244.1.5")).toMatch(/^veth/);
    expect(via(node1, "10.244.1.1")).toBe("eth0 via 192.168.10.1");
    expect(via(node1, "10.244.2.7")).toBe("eth0 via 192.168.10.12");
    expect(source(node1, "10.244.1.5")).toBe("192.168.10.11");
  });
});

test("dummy addresses are the node's own", () => {
  const dummy = "10.96.0.80" as IpAddress;
  const topology = buildTopology({ nodes, pods, nodeSettings: new Map([["node1", { dummyAddresses: [dummy] }]]) });
  const node1 = topology.nodes.get("node1")!;
  expect(via(node1, dummy)).toBe("local");
  expect(source(node1, dummy)).toBe(dummy);
});

test("a Pod outside of its node's podCIDR has routes of its own", () => {
  const topology = buildTopology({ nodes, pods: [pod("stray", "node1", "192.168.10.77")] });
  expect(via(topology.nodes.get("node1")!, "192.168.10.77")).toBe("cni0");
  expect(via(topology.nodes.get("node2")!, "192.168.10.77")).toBe("eth0 via 192.168.10.11");
});

test("the fabric spans the nodes' addresses", () => {
  const far = { ...node(4), status: { addresses: [{ type: "InternalIP" as const, address: "192.168.77.4" }] } };
  const topology = buildTopology({ nodes: [node(1), far], pods: [] });
  expect(via(topology.nodes.get("node1")!, "192.168.77.4")).toBe("eth0");
});

test("nodes with the same list share what kube-ipvs0 has; each finds its own addresses at the device that has them first", () => {
  const both = ["10.96.0.10", "192.168.10.11", "fd00::a"] as IpAddress[];
  const other = ["10.96.0.11"] as IpAddress[];
  const nodeSettings = new Map([
    ["node1", { dummyAddresses: both }],
    ["node2", { dummyAddresses: both }],
    ["node3", { dummyAddresses: other }],
  ]);
  const { nodes: hosts } = buildTopology({ nodes, pods, nodeSettings });
  const deviceOf = (name: string, text: string) => {
    const [a, b = 0, c = 0, d = 0] = words(text) as [number, ...number[]];
    const host = hosts.get(name)!;
    return host.devices[host.localDevice(words(text).length === 4, a, b, c, d)]?.name;
  };
  expect(["node1", "node2", "node3"].map((name) => deviceOf(name, "10.96.0.10"))).toEqual([
    "kube-ipvs0",
    "kube-ipvs0",
    undefined,
  ]);
  expect(["node1", "node2", "node3"].map((name) => deviceOf(name, "10.96.0.11"))).toEqual([
    undefined,
    undefined,
    "kube-ipvs0",
  ]);
  expect(deviceOf("node1", "192.168.10.11")).toBe("eth0");
  expect(deviceOf("node2", "192.168.10.11")).toBe("kube-ipvs0");
  expect(deviceOf("node2", "fd00::a")).toBe("kube-ipvs0");
  expect(deviceOf("node1", "127.1.2.3")).toBe("lo");
  const [one, two] = ["node1", "node2"].map((name) => hosts.get(name)!.devices[2]!.addresses);
  expect(one).toBe(two);
  expect(one!.map(({ words, prefix }) => `${formatAddress(words)}/${prefix}`)).toEqual([
    "10.96.0.10/32",
    "192.168.10.11/32",
    "fd00::a/128",
  ]);
});
