import { addressWords, type IpAddress } from "@kubenetsim/core/net/address";
import { seededRandom } from "@kubenetsim/core/runtime/random";
import type { RelayStep } from "@kubenetsim/core/trace/step";
import { hook } from "@kubenetsim/netfilter/engine/hook";
import { verdict } from "@kubenetsim/netfilter/engine/verdict";
import { describe, expect, test } from "vitest";
import { node, pod } from "../../test-objects.ts";
import { outcomeLine } from "../format/outcome.ts";
import { formatTrace } from "../format/text.ts";
import { buildTopology } from "../topology/build.ts";
import type { Process } from "../topology/process.ts";
import { Tracer } from "../trace/tracer.ts";
import type { HostKernel } from "./host-kernel.ts";
import { Walker } from "./walker.ts";

const pods = [
  pod("client", "node1", "10.244.1.200"),
  pod("web-a", "node1", "10.244.1.5", [80]),
  pod("web-b", "node2", "10.244.2.7", [80]),
];
const nodeAddress = "192.168.10.11" as IpAddress;

/** A proxy on node1's port 7000 that dials these in turn, an attempt each; `protocol` of the client's connection. */
function lab(endpoints: readonly string[], protocol: "TCP" | "UDP" = "TCP", kernel?: HostKernel) {
  const refused: number[] = [];
  let turn = 0;
  const proxy: Process = {
    name: "proxy on node1",
    listens: [{ protocol, port: 7000 }],
    relay: {
      servicePort: "default/web",
      dialTimeoutsMs: [250, 500],
      next(_, attempt, dial) {
        const [address, port] = (endpoints[turn++ % endpoints.length] ?? "").split(":");
        if (port === undefined) return false;
        Object.assign(dial, { destination: addressWords(address as IpAddress), destinationPort: Number(port) });
        Object.assign(dial, { sourcePort: 33000 + attempt, position: turn, count: endpoints.length });
        return true;
      },
      refused: (packet) => refused.push(packet.sourcePort),
    },
  };
  const topology = buildTopology({
    nodes: [node(1), node(2)],
    pods,
    nodeSettings: new Map([["node1", { processes: [proxy] }]]),
  });
  const kernels = new Map(kernel === undefined ? [] : [["node2", kernel]]);
  const tracer = new Tracer(new Walker(topology, kernels, seededRandom("relay")), () => undefined, {
    seed: "relay",
    mode: "userspace",
  });
  const from = topology.pods.get("default/client")!;
  const trace = tracer.trace({ from, protocol, destination: nodeAddress, destinationPort: 7000 });
  return { trace, refused, tracer, from };
}

const relays = (trace: ReturnType<typeof lab>["trace"]): RelayStep[] =>
  trace.request.hops.flatMap(({ steps }) => steps.filter((step) => step.kind === "relay"));

describe("a process that passes connections on", () => {
  test("both connections are one way: there, on, and back the same way", () => {
    const { trace } = lab(["10.244.2.7:80"]);
    expect(trace.request.hops.map(({ host }) => host)).toEqual([
      "pod default/client",
      "node node1",
      "node node1",
      "node node2",
      "pod default/web-b",
    ]);
    expect(trace.reply?.hops.map(({ host }) => host)).toEqual([
      "pod default/web-b",
      "node node2",
      "node node1",
      "node node1",
      "pod default/client",
    ]);
    expect(outcomeLine(trace)).toBe("ok default/web-b:80 client=10.244.1.200 seen=192.168.10.11");
    expect(relays(trace)).toEqual([
      {
        kind: "relay",
        process: "proxy on node1",
        servicePort: "default/web",
        endpoint: "10.244.2.7:80",
        by: "round robin",
        position: 1,
        endpoints: 1,
        attempt: 1,
        dialTimeoutMs: 250,
      },
    ]);
    expect(formatTrace(trace)).toContain("proxy on node1 dials 10.244.2.7:80: round robin, 1 of 1");
  });

  test("a Pod on its own node sees the bridge's address", () => {
    expect(outcomeLine(lab(["10.244.1.5:80"]).trace)).toBe("ok default/web-a:80 client=10.244.1.200 seen=10.244.1.1");
  });

  test("an endpoint that refuses is followed by the next", () => {
    const { trace } = lab(["10.244.2.7:81", "10.244.1.5:80"]);
    expect(trace.disposition).toBe("delivered");
    expect(relays(trace).map(({ endpoint, attempt }) => [endpoint, attempt])).toEqual([
      ["10.244.2.7:81", 1],
      ["10.244.1.5:80", 2],
    ]);
    expect(trace.request.hops.map(({ host }) => host).slice(1, 8)).toEqual([
      "node node1",
      "node node1",
      "node node2",
      "pod default/web-b",
      "pod default/web-b",
      "node node2",
      "node node1",
    ]);
    expect(trace.reply?.hops[0]?.host).toBe("pod default/web-a");
  });

  test("an endpoint whose packets are thrown away is given up after a time", () => {
    const dropping: HostKernel = { runHook: (at) => (at === hook.FORWARD ? verdict.drop : verdict.accept) };
    const { trace } = lab(["10.244.2.7:80", "10.244.1.5:80"], "TCP", dropping);
    expect(outcomeLine(trace)).toMatch(/^ok default\/web-a/);
    expect(relays(trace).map(({ dialTimeoutMs }) => dialTimeoutMs)).toEqual([250, 500]);
  });

  test("without endpoints, and when no dial comes through, a connection is accepted and closed", () => {
    for (const endpoints of [[], ["10.244.2.7:81"]]) {
      const { trace } = lab(endpoints);
      expect(outcomeLine(trace)).toBe("closed");
      expect(trace.received).toBeUndefined();
      expect(trace.reply?.hops.at(-1)?.host).toBe("pod default/client");
    }
    expect(lab([]).trace.reason).toBe("proxy on node1 accepted it and closed it again: default/web has no endpoint");
    expect(lab(["10.244.2.7:81"]).trace.reason).toBe(
      "proxy on node1 accepted it and closed it again: no endpoint answered it",
    );
  });

  test("a datagram that cannot be passed on is lost without a word", () => {
    expect(outcomeLine(lab([], "UDP").trace)).toBe("timeout");
    const { trace, refused } = lab(["10.244.2.7:53"], "UDP");
    expect([trace.disposition, refused]).toEqual(["no-reply", [40000]]);
    expect(trace.reason).toBe("nothing listens on 53/udp at pod default/web-b");
  });

  test("the way there alone leads to the endpoint, too", () => {
    const { tracer, from } = lab(["10.244.2.7:80"]);
    tracer.walker.sent.restore(tracer.walker.packet);
    const trace = tracer.requestFrom(from);
    expect(trace.received?.source).toBe(nodeAddress);
    expect(trace.request.cost).toEqual(trace.cost);
  });

  test("a proxy that dials itself does not dial for ever", () => {
    expect(lab(["192.168.10.11:7000"]).trace.disposition).toBe("closed");
  });
});
