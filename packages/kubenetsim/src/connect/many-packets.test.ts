import { fc, test } from "@fast-check/vitest";
import { joinHostPort } from "@kubenetsim/core/net/endpoint-text";
import { ParseError } from "@kubenetsim/core/runtime/errors";
import type { Trace } from "@kubenetsim/core/trace/trace";
import type { SentPackets } from "@kubenetsim/network/trace/many-packets";
import { cluster as clusters, type PacketPlan, packetInto, toYaml } from "@kubenetsim/testing";
import { describe, expect, it } from "vitest";
import { Cluster } from "../cluster/cluster.ts";

const modes = ["iptables", "nftables", "ipvs"] as const;

function connectionOf({ source, destination, port, protocol }: PacketPlan): { from: string; to: string } {
  const from = source.kind === "external" ? `external:${source.address}` : `${source.kind}/${source.name}`;
  return { from, to: `${joinHostPort(destination, port)}/${protocol.toLowerCase()}` };
}

/** What is told of one packet, in the words of a trace. */
function told(sent: SentPackets, packet: number) {
  return {
    disposition: sent.dispositionNames[sent.dispositions[packet]!],
    receiver: sent.receiverNames[sent.receivers[packet]!],
    requestRules: sent.requestRules[packet],
    replyRules: sent.replyRules[packet],
  };
}

function tracedAs({ disposition, receiver, request, reply }: Trace) {
  return {
    disposition,
    receiver,
    requestRules: request.cost.rulesCompared,
    replyRules: reply?.cost.rulesCompared ?? 0,
  };
}

/** What packets leave on the nodes: counters, IPVS connections and schedulers' turns. */
function left(lab: Cluster): string[] {
  return lab.list("Node").map(({ metadata: { name } }) => {
    const node = lab.node(name);
    return ["iptables-save -c", "ip6tables-save -c", "ipvsadm -Lnc", "ipvsadm -Ln --stats", "nft list ruleset"]
      .map((command) => String(node.run(command)))
      .join("\n");
  });
}

test.prop(
  [clusters(), fc.constantFrom(...modes), fc.integer(), fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 30 })],
  { numRuns: 25 },
)(
  "each packet fares as a connection of its own, and leaves the same",
  (generated, proxyMode, seed, picks) => {
    const lab = Cluster.create({ proxyMode, seed: "many" });
    lab.apply(toYaml(generated));
    lab.settle();
    const ends = fc.sample(packetInto(lab.state), { numRuns: 8, seed }).map(connectionOf);
    const isV6 = (text: string): boolean => /\[|:.*:.*:/.test(text);
    // A packet of one of these connections, or from the sender of one to the destination of another.
    const pairs = picks.map(([a, b]): readonly [number, number] => {
      const [from, to] = [a % ends.length, b % ends.length];
      return isV6(ends[from]!.to) === isV6(ends[to]!.to) ? [from, to] : [from, from];
    });
    const [one, other] = [lab.fork(), lab.fork()];
    const traces = pairs.map(([from, to]) => one.trace({ from: ends[from]!.from, to: ends[to]!.to }));
    const sent = other.sendMany({
      from: ends.map(({ from }) => from),
      to: ends.map(({ to }) => to),
      count: pairs.length,
      sender: (i) => pairs[i]![0],
      destination: (i) => pairs[i]![1],
    });
    expect(pairs.map((_, i) => told(sent, i))).toEqual(traces.map(tracedAs));
    const rules = traces.reduce((sum, { request }) => sum + request.cost.rulesCompared, 0);
    expect(sent.cost.request.rulesCompared).toBe(rules);
    expect(left(other)).toEqual(left(one));
    const [last] = ends;
    expect(tracedAs(other.trace(last!))).toEqual(tracedAs(one.trace(last!)));
  },
  240_000,
);

const web = `
apiVersion: v1
kind: Pod
metadata: { name: client }
spec: { nodeName: n1, containers: [{ name: app, image: curl }] }
---
apiVersion: v1
kind: Pod
metadata: { name: web-0, labels: { app: web } }
spec: { nodeName: n2, containers: [{ name: app, image: nginx, ports: [{ containerPort: 8080 }] }] }
---
apiVersion: v1
kind: Pod
metadata: { name: web-1, labels: { app: web } }
spec: { nodeName: n1, containers: [{ name: app, image: nginx, ports: [{ containerPort: 8080 }] }] }
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { clusterIP: 10.96.0.80, selector: { app: web }, ports: [{ port: 80, targetPort: 8080 }] }
`;

function webLab(): Cluster {
  const lab = Cluster.create({ nodes: ["n1", "n2"], seed: "web" });
  lab.apply(web);
  lab.settle();
  return lab;
}

describe("many packets", () => {
  const plan = { from: ["pod/client", "node/n2"], to: ["svc/default/web", "10.96.0.80:81"], count: 200 };

  it("are drawn by the seed where nobody says who sends what", () => {
    const [one, same, other] = [webLab(), webLab(), webLab()];
    const sent = one.sendMany(plan);
    expect(same.sendMany({ ...plan, seed: "web" })).toEqual(sent);
    expect(other.sendMany({ ...plan, seed: "another" }).requestRules).not.toEqual(sent.requestRules);
    const delivered = sent.dispositions.filter((code) => sent.dispositionNames[code] === "delivered").length;
    expect(delivered).toBeGreaterThan(60);
    expect(delivered).toBeLessThan(140);
    expect([...sent.receiverNames].sort()).toEqual(["pod default/web-0", "pod default/web-1"]);
  });

  it("take their pairs from arrays of numbers, too", () => {
    const sender = Uint8Array.from({ length: 200 }, (_, i) => i % 2);
    const destination = new Uint16Array(200);
    const byArrays = webLab().sendMany({ ...plan, sender, destination });
    expect(webLab().sendMany({ ...plan, sender: (i) => i % 2, destination: () => 0 })).toEqual(byArrays);
    expect(new Set(byArrays.dispositions)).toEqual(new Set([0]));
  });

  it("are told of as one when a source port comes again before its connection has ended", () => {
    const lab = webLab();
    const ports = 28232;
    const sent = lab.sendMany({ from: ["pod/client"], to: ["svc/default/web"], count: ports + 1 });
    expect(sent.requestRules[0]).toBeGreaterThan(10);
    expect(sent.requestRules[ports]).toBeLessThan(sent.requestRules[0]!);
    expect(sent.receivers[ports]).toBe(sent.receivers[0]);
  });

  it.each([
    [{ ...plan, from: ["pod/nobody"] }, "there is no Pod default/nobody"],
    [{ ...plan, to: ["svc/default/nobody"] }, "there is no Service default/nobody"],
    [{ ...plan, to: ["http://web"] }, "names are not looked up"],
    [{ ...plan, from: [] }, "from: must be a list of texts, one at least"],
    [{ ...plan, count: 1e9 }, "count: must be a whole number from 0 to 10000000, not 1000000000"],
    [{ ...plan, count: -1 }, "not -1"],
    [{ ...plan, sender: [0, 1] }, "sender: has 2 indices for 200 packets"],
    [
      { ...plan, destination: (i: number) => (i === 150 ? 2 : 0) },
      "destination of packet 150: must be an index below 2",
    ],
    [{ ...plan, sender: () => Number.NaN }, "sender of packet 0"],
    [{ ...plan, from: ["external:198.51.100.7"], to: ["[fd00::1]:80"] }, "packet 0: its sender's address and"],
  ])("are refused before one is sent: %j", (wrong, message) => {
    const lab = webLab();
    const before = left(lab);
    expect(() => lab.sendMany(wrong)).toThrow(ParseError);
    expect(() => lab.sendMany(wrong)).toThrow(message);
    expect(left(lab)).toEqual(before);
  });
});
