import { readFileSync } from "node:fs";
import { formatAddress, type IpAddress } from "@kubenetsim/core/net/address";
import { virtualClock } from "@kubenetsim/core/runtime/clock";
import { seededRandom } from "@kubenetsim/core/runtime/random";
import { outcomeOf } from "@kubenetsim/core/trace/disposition";
import { Kernel } from "@kubenetsim/netfilter/engine/kernel";
import { parseIptablesSave } from "@kubenetsim/netfilter/text/iptables-parse";
import { printIptablesSave } from "@kubenetsim/netfilter/text/iptables-print";
import { describe, expect, it } from "vitest";
import { node, pod } from "../../test-objects.ts";
import { buildTopology } from "../topology/build.ts";
import { kernelDevices } from "../topology/kernel-devices.ts";
import { liveNames } from "../trace/kernel-names.ts";
import { Tracer } from "../trace/tracer.ts";
import { dispositions } from "./disposition-code.ts";
import { writeRequest } from "./request.ts";
import { Walker } from "./walker.ts";

interface Rejection {
  readonly protocol: "TCP" | "UDP";
  readonly from: "a" | "n1" | "ext";
  readonly to: IpAddress;
  readonly port: number;
  readonly heard: "refused" | "timeout";
  /** Source of the ICMP error that the client's socket was told of. */
  readonly error?: string;
  /** How often the client sent it, if it was more than once. */
  readonly packets?: number;
  readonly node1: readonly string[];
  readonly node2: readonly string[];
}

interface Recorded {
  readonly rules: Readonly<Record<"node1" | "node2", readonly string[]>>;
  readonly cases: readonly Rejection[];
}

const recorded = JSON.parse(readFileSync(new URL("../../test-rejections.json", import.meta.url), "utf8")) as Recorded;

const topology = buildTopology({
  nodes: [node(1), node(2)],
  pods: [pod("a", "node1", "10.244.1.200"), pod("b", "node2", "10.244.2.7", [80])],
});
const senders = {
  a: topology.pods.get("default/a")!,
  n1: topology.nodes.get("node1")!,
  ext: topology.clients.get("ext1")!,
};

function kernelsOf(rules: Recorded["rules"]): Map<string, Kernel> {
  const kernels = new Map<string, Kernel>();
  for (const name of ["node1", "node2"] as const) {
    const devices = kernelDevices(topology.nodes.get(name)!);
    const kernel = new Kernel({ random: seededRandom(name), clock: virtualClock(), devices });
    kernel.load(parseIptablesSave(rules[name].join("\n")));
    kernels.set(name, kernel);
  }
  return kernels;
}

/** `table rule = packets` for every rule that counted some. */
function counted(kernel: Kernel): string[] {
  const rows: string[] = [];
  let table = "";
  for (const line of printIptablesSave(kernel.ruleset("IPv4"), { counters: true }).split("\n")) {
    if (line.startsWith("*")) table = line.slice(1);
    const [, packets, rule] = /^\[(\d+):\d+\] (.*)$/.exec(line) ?? [];
    if (rule !== undefined && packets !== "0") rows.push(`${table} ${rule} = ${packets}`);
  }
  return rows.sort();
}

describe("a packet that is refused raises the same counters as on real nodes, and the client hears the same", () => {
  it.each(recorded.cases)("$protocol from $from to $to:$port", (rejection) => {
    const kernels = kernelsOf(recorded.rules);
    const walker = new Walker(topology, kernels, seededRandom("walk"));
    const from = senders[rejection.from];
    let disposition = 0;
    for (let i = 0; i < (rejection.packets ?? 1); i++) {
      const { protocol, to: destination, port: destinationPort } = rejection;
      writeRequest(walker.packet, { from, protocol, destination, destinationPort });
      disposition = walker.simulate(from, null);
    }
    const { packet } = walker;
    expect(outcomeOf(dispositions[disposition]!)).toBe(rejection.heard);
    expect(packet.icmpError < 0 ? undefined : formatAddress([packet.src0])).toBe(rejection.error);
    expect(counted(kernels.get("node1")!)).toEqual([...rejection.node1].sort());
    expect(counted(kernels.get("node2")!)).toEqual([...rejection.node2].sort());
  });
});

describe("a trace", () => {
  const kernels = kernelsOf(recorded.rules);
  const walker = new Walker(topology, kernels, seededRandom("walk"));
  const names = (host: { name: string }) => {
    const kernel = kernels.get(host.name.slice("node ".length));
    return kernel === undefined ? undefined : liveNames(kernel, undefined);
  };
  const tracer = new Tracer(walker, names, { seed: "walk", mode: "iptables" });

  it("shows the error as it is at every hop, with the packet that it quotes", () => {
    const request = {
      from: senders.a,
      protocol: "UDP" as const,
      destination: "10.96.0.22" as IpAddress,
      destinationPort: 80,
    };
    const { reply, disposition } = tracer.trace(request);
    expect(disposition).toBe("rejected");
    const headers = reply!.hops.map(({ before }) => [
      before.source,
      before.destination,
      before.icmp!.name,
      `${before.icmp!.quoted.destination}:${before.icmp!.quoted.destinationPort}`,
    ]);
    expect(headers).toEqual([
      ["192.168.10.12", "10.244.1.200", "icmp-port-unreachable", "10.244.2.9:80"],
      ["192.168.10.12", "10.244.1.200", "icmp-port-unreachable", "10.244.2.9:80"],
      ["10.96.0.22", "10.244.1.200", "icmp-port-unreachable", "10.96.0.22:80"],
    ]);
    expect(reply!.hops[1]!.steps.map(({ kind }) => kind)).toContain("snat");
    expect(reply!.hops[1]!.steps).toContainEqual({ kind: "conntrack", state: "RELATED", direction: "reply" });
  });
});
