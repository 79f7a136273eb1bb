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

/** What packets leave on the nodes: counters, connections of conntrack and IPVS, and schedulers' turns. */
function left(lab: Cluster): string[] {
  const commands = ["iptables-save -c", "ip6tables-save -c", "ipvsadm -Lnc", "ipvsadm -Ln --stats", "nft list ruleset"];
  return lab.list("Node").map(({ metadata: { name } }) => {
    const node = lab.node(name);
    return [...commands.map((command) => String(node.run(command))), node.sh("conntrack -L").stdout].join("\n");
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

/** What happens between packets. */
const event = fc.constantFrom("read", "wait", "trace", "answers", "delete", "restart");
type Event = typeof event extends fc.Arbitrary<infer T> ? T : never;

/** Carries it out among those who send; what it shows. */
function befall(lab: Cluster, what: Event, ends: readonly { from: string; to: string }[]): unknown {
  const { from, to } = ends[0]!;
  const idle = lab.list("Pod").find(({ metadata: { namespace = "default", name } }) => {
    return !ends.some(({ from: sender }) => sender === `pod/${namespace}/${name}`);
  });
  if (what === "wait") lab.clock.advance(100_000);
  else if (what === "restart") lab.restartKubeProxy();
  else if (what === "delete" && idle !== undefined) {
    lab.kubectl(`delete pod ${idle.metadata.name} -n ${idle.metadata.namespace ?? "default"}`);
    lab.settle();
  } else if (what === "trace") return tracedAs(lab.trace({ from, to }));
  else if (what === "answers") return told(lab.sendMany({ from: [from], to: [to], count: 1 }), 0);
  return left(lab);
}

const batch = fc.tuple(
  fc.array(fc.tuple(fc.nat({ max: 2 }), fc.nat({ max: 3 })), { minLength: 1, maxLength: 12 }),
  event,
);

test.prop(
  [clusters(), fc.constantFrom(...modes), fc.boolean(), fc.integer(), fc.array(batch, { minLength: 2, maxLength: 4 })],
  {
    numRuns: 30,
  },
)(
  "packets without answers fare on ways that are remembered as on ways that none has gone before",
  (generated, proxyMode, conntrack, seed, batches) => {
    const lab = Cluster.create({ proxyMode, seed: "ways" });
    lab.apply(toYaml(generated));
    lab.settle();
    const isV6 = (text: string): boolean => /\[|:.*:.*:/.test(text);
    const ends = fc.sample(packetInto(lab.state), { numRuns: 12, seed }).map(connectionOf);
    const plain = ends.filter(({ to, from }) => !isV6(to) && !isV6(from));
    if (plain.length === 0) return;
    const one = lab.fork();
    let other = lab.fork();
    for (const [pairs, what] of batches) {
      const plan = { from: plain.map(({ from }) => from), to: plain.map(({ to }) => to), replies: false, conntrack };
      const indices = pairs.map(([from, to]) => [from % plain.length, to % plain.length] as const);
      const sent = one.sendMany({
        ...plan,
        count: 3 * pairs.length,
        sender: (i) => indices[i % pairs.length]![0],
        destination: (i) => indices[i % pairs.length]![1],
      });
      for (let i = 0; i < sent.count; i++) {
        // A copy of a cluster remembers nothing.
        other = other.fork();
        const [sender, destination] = indices[i % pairs.length]!;
        const alone = other.sendMany({ ...plan, count: 1, sender: [sender], destination: [destination] });
        expect(told(sent, i)).toEqual(told(alone, 0));
      }
      expect(befall(one, what, plain)).toEqual(befall(other, what, plain));
    }
    expect(left(one)).toEqual(left(other));
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

  it.each([{}, { replies: false }, { replies: false, conntrack: false }])(
    "have traces that tell the same: %j",
    (how) => {
      const [numbers, traced] = [webLab(), webLab()];
      const sent = traced.sendMany({ ...plan, ...how, traces: true });
      expect({ ...sent, traces: [] }).toEqual(numbers.sendMany({ ...plan, ...how }));
      const tells = sent.traces.map(({ disposition, receiver, request, reply }) => ({
        disposition,
        receiver,
        requestRules: request.cost.rulesCompared,
        replyRules: reply?.cost.rulesCompared ?? 0,
      }));
      expect(tells).toEqual(Array.from({ length: 200 }, (_, i) => told(sent, i)));
      expect(sent.traces.every(({ request }) => request.hops.length > 0)).toBe(true);
      expect(left(traced)).toEqual(left(numbers));
    },
  );

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
    [{ ...plan, count: 100_001, traces: true }, "count: must be a whole number from 0 to 100000, not 100001"],
    [{ ...plan, conntrack: false }, "conntrack: answers find their way back by it"],
    [{ ...plan, replies: "no" as never }, "replies: must be true or false, not no"],
    [{ ...plan, traces: 1 as never }, "traces: must be true or false, not 1"],
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
