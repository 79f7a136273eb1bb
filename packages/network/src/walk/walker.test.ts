import type { Pod } from "@kubenetsim/core/model/pod";
import { addressWords, type IpAddress } from "@kubenetsim/core/net/address";
import { ParseError } from "@kubenetsim/core/runtime/errors";
import { seededRandom } from "@kubenetsim/core/runtime/random";
import { hook } from "@kubenetsim/netfilter/engine/hook";
import type { Packet } from "@kubenetsim/netfilter/engine/packet";
import { type Verdict, verdict } from "@kubenetsim/netfilter/engine/verdict";
import { describe, expect, test } from "vitest";
import { node, pod } from "../../test-objects.ts";
import { Balancer } from "../balancer/balancer.ts";
import { buildTopology } from "../topology/build.ts";
import type { Host } from "../topology/host.ts";
import type { TopologyInput } from "../topology/input.ts";
import { dispositions } from "./disposition-code.ts";
import type { HostKernel } from "./host-kernel.ts";
import { reasonCode } from "./reason-code.ts";
import { writeRequest } from "./request.ts";
import { sourceAddress } from "./source-address.ts";
import { Walker } from "./walker.ts";

const nodes = [node(1), node(2)];
const pods: Pod[] = [
  pod("client", "node1", "10.244.1.200"),
  pod("web-a", "node1", "10.244.1.5", [80]),
  pod("web-b", "node2", "10.244.2.7", [80]),
];

function walkerOf(kernels: Record<string, HostKernel> = {}, input: Partial<TopologyInput> = {}): Walker {
  const topology = buildTopology({ nodes, pods, ...input });
  return new Walker(topology, new Map(Object.entries(kernels)), seededRandom("walk"));
}

function send(walker: Walker, from: Host | undefined, to: string, port: number, source?: string): string {
  const { packet } = walker;
  const destination = addressWords(to as IpAddress);
  packet.protocol = 6;
  packet.dst0 = destination[0]!;
  packet.destinationPort = port;
  packet.src0 =
    (source === undefined ? sourceAddress(from!, destination) : addressWords(source as IpAddress))?.[0] ?? 0;
  packet.sourcePort = 40000;
  return dispositions[walker.simulate(from!, null)]!;
}

/** A kernel that does one thing at one hook. */
function kernel(at: number, act: (packet: Packet) => Verdict): HostKernel {
  return { runHook: (number, packet) => (number === at ? act(packet) : verdict.accept) };
}

describe("without rules", () => {
  const walker = walkerOf();
  const { pods: podHosts, nodes: nodeHosts, clients } = walker.topology;
  const client = podHosts.get("default/client");

  test.each([
    ["a Pod on the same node", "10.244.1.5", 80, "delivered", reasonCode.accepted],
    ["a Pod on another node", "10.244.2.7", 80, "delivered", reasonCode.accepted],
    ["a port that is not declared", "10.244.2.7", 81, "refused", reasonCode.noSocket],
    ["itself", "10.244.1.200", 80, "refused", reasonCode.noSocket],
    ["an address that nobody has", "10.244.1.99", 80, "no-route", reasonCode.noNeighbour],
    ["a Service address", "10.96.0.80", 80, "no-route", reasonCode.noRoute],
    ["a node", "192.168.10.12", 22, "refused", reasonCode.noSocket],
  ])("a Pod to %s", (_, to, port, disposition, reason) => {
    expect(send(walker, client, to, port)).toBe(disposition);
    expect(walker.reason).toBe(reason);
  });

  test("nodes and outside clients reach Pods", () => {
    expect(send(walker, nodeHosts.get("node1"), "10.244.1.5", 80)).toBe("delivered");
    expect(send(walker, nodeHosts.get("node1"), "10.244.2.7", 80)).toBe("delivered");
    expect(send(walker, clients.get("ext2"), "10.244.1.5", 80)).toBe("delivered");
    expect(send(walker, nodeHosts.get("node1"), "127.0.0.1", 80)).toBe("refused");
  });

  test("the API server's answers find back to Pods", () => {
    const apiServer = { address: "192.168.10.10" as IpAddress, port: 6443 };
    const withServer = walkerOf({}, { apiServer });
    expect(send(withServer, withServer.topology.pods.get("default/client"), "192.168.10.10", 6443)).toBe("delivered");
    const server = withServer.topology.hosts.find((host) => host.name.includes("kube-apiserver"));
    expect(send(withServer, server, "10.244.2.7", 80)).toBe("delivered");
  });

  test("a packet with the receiver's own address as its source is thrown away", () => {
    expect(send(walker, client, "10.244.2.7", 80, "10.244.2.7")).toBe("dropped");
    expect(walker.reason).toBe(reasonCode.martianSource);
  });
});

describe("with hooks", () => {
  test("a hook that drops is a timeout, one that rejects is answered", () => {
    const dropping = walkerOf({ node1: kernel(hook.FORWARD, () => verdict.drop) });
    expect(send(dropping, dropping.topology.pods.get("default/client"), "10.244.1.5", 80)).toBe("dropped");
    const rejecting = walkerOf({ node1: kernel(hook.FORWARD, () => verdict.reject) });
    expect(send(rejecting, rejecting.topology.pods.get("default/client"), "10.244.1.5", 80)).toBe("rejected");
    expect(send(rejecting, rejecting.topology.nodes.get("node1"), "10.244.1.5", 80)).toBe("delivered");
  });

  test("an answer from another address than the client sent to is none", () => {
    const rewriting = walkerOf({
      node1: kernel(hook.PREROUTING, (packet) => {
        if (packet.destinationPort === 8080) {
          packet.dst0 = addressWords("10.244.2.7" as IpAddress)[0]!;
          packet.destinationPort = 80;
        }
        return verdict.accept;
      }),
    });
    expect(send(rewriting, rewriting.topology.pods.get("default/client"), "10.96.0.1", 8080)).toBe("no-reply");
    expect(rewriting.reason).toBe(reasonCode.foreignAnswer);
    expect(rewriting.receiver.name).toBe("pod default/web-b");
  });

  test("a packet that hooks send round in circles ends", () => {
    const toOther = (to: string): HostKernel =>
      kernel(hook.PREROUTING, (packet) => {
        packet.dst0 = addressWords(to as IpAddress)[0]!;
        return verdict.accept;
      });
    const circling = walkerOf({ node1: toOther("10.244.2.7"), node2: toOther("10.244.1.5") });
    expect(send(circling, circling.topology.clients.get("ext1"), "10.96.0.1", 80)).toBe("dropped");
    expect(circling.reason).toBe(reasonCode.looped);
  });

  test("a node's packet to itself passes all hooks of lo, one from 127.0.0.1 leaves only with route_localnet", () => {
    const seen: number[] = [];
    const redirect: HostKernel = {
      runHook: (number, packet) => {
        seen.push(number);
        if (number === hook.OUTPUT && packet.destinationPort === 30080) {
          packet.dst0 = addressWords("10.244.1.5" as IpAddress)[0]!;
          packet.destinationPort = 80;
          packet.router!.reroute();
        }
        return verdict.accept;
      },
    };
    const strict = walkerOf({ node1: redirect });
    expect(send(strict, strict.topology.nodes.get("node1"), "192.168.10.11", 9)).toBe("refused");
    expect(seen.slice(0, 4)).toEqual([hook.OUTPUT, hook.POSTROUTING, hook.PREROUTING, hook.INPUT]);
    expect(send(strict, strict.topology.nodes.get("node1"), "127.0.0.1", 30080)).toBe("dropped");
    expect(strict.reason).toBe(reasonCode.martianLoopback);
  });

  test("what IPVS takes from INPUT leaves by OUTPUT and POSTROUTING", () => {
    const seen: number[] = [];
    const director: HostKernel = {
      runHook: (number, packet) => {
        seen.push(number);
        if (number !== hook.INPUT || packet.destinationPort !== 8080) return verdict.accept;
        packet.dst0 = addressWords("10.244.2.7" as IpAddress)[0]!;
        packet.destinationPort = 80;
        return verdict.stolen;
      },
    };
    const dummyAddresses = ["10.96.0.80" as IpAddress];
    const walker = walkerOf({ node1: director }, { nodeSettings: new Map([["node1", { dummyAddresses }]]) });
    send(walker, walker.topology.pods.get("default/client"), "10.96.0.80", 8080);
    expect(walker.receiver.name).toBe("pod default/web-b");
    expect(seen.slice(0, 4)).toEqual([hook.PREROUTING, hook.INPUT, hook.OUTPUT, hook.POSTROUTING]);
  });
});

describe("load balancer", () => {
  test("hands an outside client's packet to one of its nodes with the destination unchanged", () => {
    const targets = ["node2", "node1"].map((name) => ({
      name,
      addresses: [addressWords(`192.168.10.1${name.at(-1)}` as IpAddress)],
    }));
    const listeners = [{ protocol: "TCP", port: 80, targetPort: 80, targets, algorithm: "random" }] as const;
    const loadBalancers = [
      new Balancer({ name: "lb", addresses: ["203.0.113.10" as IpAddress], mode: "vip", listeners }),
    ];
    const arrivals = new Set<string>();
    const walker = walkerOf(
      {
        node1: kernel(hook.PREROUTING, () => verdict.drop),
        node2: kernel(hook.PREROUTING, () => verdict.drop),
      },
      { loadBalancers },
    );
    for (let i = 0; i < 30; i++) {
      expect(send(walker, walker.topology.clients.get("ext1"), "203.0.113.10", 80)).toBe("dropped");
      arrivals.add(walker.receiver.name);
    }
    expect([...arrivals].sort()).toEqual(["node node1", "node node2"]);
  });
});

describe("IPv6", () => {
  const dual = (index: number) => {
    const one = node(index);
    return {
      ...one,
      spec: { podCIDRs: [`10.244.${index}.0/24`, `fd00:244:${index}::/64`] },
      status: {
        addresses: [...one.status!.addresses!, { type: "InternalIP" as const, address: `fd00:10::1${index}` }],
      },
    };
  };
  const dualPod = (name: string, nodeName: string, ip: string, ports: number[] = []) => {
    const one = pod(name, nodeName, ip, ports);
    return { ...one, status: { ...one.status!, podIPs: [{ ip }] } };
  };
  const topology = buildTopology({
    nodes: [dual(1), dual(2)],
    pods: [dualPod("a", "node1", "fd00:244:1::5"), dualPod("b", "node2", "fd00:244:2::7", [80])],
  });
  const walker = new Walker(topology, new Map(), seededRandom("v6"));
  const outcome = (from: Host, destination: string, destinationPort = 80): string => {
    writeRequest(walker.packet, { from, protocol: "TCP", destination: destination as IpAddress, destinationPort });
    return dispositions[walker.simulate(from, null)]!;
  };

  test("Pods, nodes and outside clients reach Pods", () => {
    expect(outcome(topology.pods.get("default/a")!, "fd00:244:2::7")).toBe("delivered");
    expect(outcome(topology.nodes.get("node1")!, "fd00:244:2::7")).toBe("delivered");
    expect(outcome(topology.clients.get("ext1")!, "fd00:244:2::7")).toBe("delivered");
    expect(outcome(topology.pods.get("default/a")!, "fd00:244:2::7", 81)).toBe("refused");
    expect(outcome(topology.pods.get("default/a")!, "fd00:96::1")).toBe("no-route");
    expect(outcome(topology.nodes.get("node1")!, "::1")).toBe("refused");
  });

  test("a packet to which OUTPUT gives a destination without a route ends there, as one that nobody can route", () => {
    const [a, b, c, d] = addressWords("fd00:96::1" as IpAddress);
    const away = kernel(hook.OUTPUT, (packet) => {
      Object.assign(packet, { dst0: a, dst1: b, dst2: c, dst3: d });
      return packet.router!.reroute() ? verdict.accept : verdict.drop;
    });
    const rewriting = walkerOf({ node1: away });
    const from = rewriting.topology.nodes.get("node1")!;
    const destination = "::1" as IpAddress;
    writeRequest(rewriting.packet, { from, protocol: "TCP", destination, destinationPort: 80 });
    expect(dispositions[rewriting.simulate(from, null)]).toBe("no-route");
    expect(rewriting.reason).toBe(reasonCode.noRoute);
    expect(rewriting.receiver.name).toBe("node node1");
  });
});

describe("a request", () => {
  test("is refused when it is no address, or of two families", () => {
    const walker = walkerOf();
    const from = walker.topology.pods.get("default/client")!;
    const request = { from, protocol: "TCP" as const, destinationPort: 80 };
    expect(() => writeRequest(walker.packet, { ...request, destination: "web" as IpAddress })).toThrow(ParseError);
    const source = "fd00::1" as IpAddress;
    expect(() => writeRequest(walker.packet, { ...request, destination: "10.0.0.1" as IpAddress, source })).toThrow(
      ParseError,
    );
  });
});
