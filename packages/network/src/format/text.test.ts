import type { IpAddress } from "@kubenetsim/core/net/address";
import { virtualClock } from "@kubenetsim/core/runtime/clock";
import { seededRandom } from "@kubenetsim/core/runtime/random";
import type { Trace } from "@kubenetsim/core/trace/trace";
import { Kernel } from "@kubenetsim/netfilter/engine/kernel";
import { parseIptablesSave } from "@kubenetsim/netfilter/text/iptables-parse";
import { describe, expect, test } from "vitest";
import { node, pod } from "../../test-objects.ts";
import { buildTopology } from "../topology/build.ts";
import { kernelDevices } from "../topology/kernel-devices.ts";
import { liveNames } from "../trace/kernel-names.ts";
import { Tracer } from "../trace/tracer.ts";
import { Walker } from "../walk/walker.ts";
import { traceToJson } from "./json.ts";
import { outcomeLine } from "./outcome.ts";
import { formatTrace } from "./text.ts";

const rules = `*filter
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
-A FORWARD -d 10.96.0.9/32 -p tcp -m comment --comment "default/gone has no endpoints" -j REJECT --reject-with icmp-port-unreachable
COMMIT
*nat
:PREROUTING ACCEPT [0:0]
:INPUT ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
:SERVICES - [0:0]
-A PREROUTING -j SERVICES
-A OUTPUT -j SERVICES
-A SERVICES -d 10.96.0.7/32 -p udp -m udp --dport 53 -j DNAT --to-destination 10.244.2.9:53
-A SERVICES -d 10.96.0.80/32 -p tcp -m comment --comment "default/web cluster IP" -m tcp --dport 80 -j DNAT --to-destination 10.244.2.7:80
-A POSTROUTING ! -s 10.244.0.0/16 -d 10.244.0.0/16 -j MASQUERADE
COMMIT
`;

function tracer(): Tracer {
  const pods = [pod("client", "node1", "10.244.1.200"), pod("web", "node2", "10.244.2.7", [80])];
  const topology = buildTopology({ nodes: [node(1), node(2)], pods });
  const random = seededRandom("text");
  const kernels = new Map(
    [...topology.nodes].map(([name, host]) => {
      const kernel = new Kernel({ random: random.fork(name), clock: virtualClock(), devices: kernelDevices(host) });
      kernel.load(parseIptablesSave(rules));
      return [name, kernel];
    }),
  );
  const names = new Map([...topology.nodes].map(([name, host]) => [host, liveNames(kernels.get(name)!)]));
  const walker = new Walker(topology, kernels, random);
  return new Tracer(walker, (host) => names.get(host), { seed: "text", mode: "iptables" });
}

function send(sender: Tracer, from: string, to: string, destinationPort: number): Trace {
  const { pods, nodes, clients } = sender.walker.topology;
  const host = pods.get(from) ?? nodes.get(from) ?? clients.get(from);
  return sender.trace({ from: host!, protocol: "TCP", destination: to as IpAddress, destinationPort });
}

describe("a trace for people", () => {
  test("a Pod to a Service address", () => {
    expect(formatTrace(send(tracer(), "default/client", "10.96.0.80", 80))).toMatchSnapshot();
  });

  test("an outside client, masqueraded, with every step", () => {
    expect(formatTrace(send(tracer(), "ext1", "10.96.0.80", 80), { verbose: true })).toMatchSnapshot();
  });

  test("a rejected packet", () => {
    const trace = send(tracer(), "default/client", "10.96.0.9", 80);
    expect(trace.reason).toBe("at node node1 by rule 1 of FORWARD (table filter): default/gone has no endpoints");
    expect(formatTrace(trace)).toMatchSnapshot();
  });

  test("lines are cut only when a width is given", () => {
    const trace = send(tracer(), "default/client", "10.96.0.80", 80);
    expect(
      Math.max(
        ...formatTrace(trace, { width: 60 })
          .split("\n")
          .map((line) => line.length),
      ),
    ).toBe(60);
    expect(formatTrace(trace)).toContain("--to-destination 10.244.2.7:80");
  });
});

describe("a trace as JSON", () => {
  test.each([
    ["delivered", "default/client", "10.96.0.80", 80],
    ["refused", "ext2", "10.96.0.80", 81],
    ["rejected", "default/client", "10.96.0.9", 80],
    ["no-route", "node1", "10.96.0.55", 80],
  ])("what is read back prints the same: %s", (_, from, to, port) => {
    const trace = send(tracer(), from, to, port);
    const back = JSON.parse(JSON.stringify(traceToJson(trace))) as Trace;
    expect(formatTrace(back, { verbose: true })).toBe(formatTrace(trace, { verbose: true }));
    expect(outcomeLine(back)).toBe(outcomeLine(trace));
  });
});

describe("traces on one tape", () => {
  test("stay as they were while others follow", () => {
    const sender = tracer();
    const first = send(sender, "default/client", "10.96.0.80", 80);
    const text = JSON.stringify(traceToJson(first));
    const second = send(tracer(), "default/client", "10.96.0.80", 80);
    for (let i = 0; i < 500; i++) send(sender, "ext1", "10.96.0.80", 80);
    expect(JSON.stringify(traceToJson(first))).toBe(text);
    expect(JSON.stringify(traceToJson(second))).toBe(text);
  });

  test("costs are the sum of both ways", () => {
    const { cost, request, reply } = send(tracer(), "ext1", "10.96.0.80", 80);
    expect(cost.rulesCompared).toBe(request.cost.rulesCompared + reply!.cost.rulesCompared);
    const compared = request.hops.flatMap(({ steps }) =>
      steps.map((step) => (step.kind === "chain" ? step.rulesCompared : 0)),
    );
    expect(compared.reduce((sum, count) => sum + count, 0)).toBe(request.cost.rulesCompared);
  });
});

test("what a client sees", () => {
  const sender = tracer();
  expect(outcomeLine(send(sender, "ext1", "10.96.0.80", 80))).toBe(
    "ok default/web:80 client=192.168.10.100 seen=10.244.2.1",
  );
  expect(outcomeLine(send(sender, "default/client", "10.96.0.9", 80))).toBe("refused");
  expect(outcomeLine(send(sender, "default/client", "10.96.0.55", 80))).toBe("timeout");
});
