import { readFileSync } from "node:fs";
import { fc, test } from "@fast-check/vitest";
import type { Service } from "@kubenetsim/core/model/service";
import { joinHostPort } from "@kubenetsim/core/net/endpoint-text";
import { outcomeOf } from "@kubenetsim/core/trace/disposition";
import type { Share } from "@kubenetsim/network/shares/shares";
import { cluster as clusters, type PacketPlan, packetInto, toYaml } from "@kubenetsim/testing";
import { describe, expect, it } from "vitest";
import { Cluster } from "./cluster.ts";

const modes = ["iptables", "nftables", "ipvs"] as const;
type OtherMode = Exclude<(typeof modes)[number], "iptables">;

/** What becomes of a packet in two modes: `ok 10.244.1.5:8080`, `refused`, `timeout`, and so on. */
interface Difference {
  readonly mode: OtherMode;
  readonly packet: PacketPlan;
  readonly service: Service | undefined;
  /** A node, or a Pod on a node's network: its packets go through OUTPUT. */
  readonly fromNode: boolean;
  readonly iptables: readonly string[];
  readonly other: readonly string[];
}

interface Exception {
  /** A heading of docs/modes.md. */
  readonly name: string;
  readonly explains: (difference: Difference) => boolean;
}

const same = (one: readonly string[], ...wanted: string[]): boolean => one.join() === wanted.join();
const goesTo = ({ packet }: Difference, what: string): boolean => packet.via.startsWith(what);
const isExternal = (one: Difference): boolean => goesTo(one, "externalIP") || goesTo(one, "load balancer IP");

const exceptions: readonly Exception[] = [
  {
    name: "A port that a cluster IP does not have",
    explains: (one) => goesTo(one, "unused port") && same(one.iptables, "timeout") && same(one.other, "refused"),
  },
  {
    name: "A node asks an external address without endpoints",
    explains: (one) => one.fromNode && isExternal(one) && same(one.iptables, "timeout") && same(one.other, "refused"),
  },
  {
    name: "Source ranges of a load balancer without endpoints",
    explains: (one) =>
      goesTo(one, "load balancer IP") &&
      (one.service?.spec.loadBalancerSourceRanges ?? []).length > 0 &&
      same(one.iptables, "refused") &&
      same(one.other, "timeout"),
  },
  {
    name: "A Pod that comes back to itself through another node",
    explains: (one) => {
      const isSelf = (end: string): boolean => end.includes(` ${one.packet.source.address}:`);
      const rest = one.iptables.filter((end) => !isSelf(end));
      return (
        one.mode === "nftables" &&
        one.packet.source.kind === "pod" &&
        rest.length === one.iptables.length - 1 &&
        same(one.other, ...[...rest, "timeout"].sort())
      );
    },
  },
  {
    name: "Session affinity in ipvs",
    explains: ({ mode, service, iptables, other }) =>
      mode === "ipvs" &&
      service?.spec.sessionAffinity === "ClientIP" &&
      other.length > 0 &&
      other.every((end) => iptables.includes(end)),
  },
  {
    name: "Local policies in ipvs",
    explains: ({ mode, service }) =>
      mode === "ipvs" &&
      (service?.spec.externalTrafficPolicy === "Local" || service?.spec.internalTrafficPolicy === "Local"),
  },
];

function endOf({ disposition, endpoint }: Share): string {
  const outcome = outcomeOf(disposition);
  return endpoint === undefined ? outcome : `${outcome} ${endpoint}`;
}

const mostConnections = 40;

/** All that may become of a packet; where the next choice follows from the last ones, connections are made until they come round. */
function endsOf(lab: Cluster, connection: { from: string; to: string }, wanted: readonly string[]): string[] {
  const ends = new Set(lab.shares(connection).map(endOf));
  const choosesInTurn = lab.proxyMode === "ipvs";
  for (let i = 0; choosesInTurn && i < mostConnections && wanted.some((end) => !ends.has(end)); i++) {
    lab.trace(connection);
    for (const share of lab.shares(connection)) ends.add(endOf(share));
  }
  return [...ends].sort();
}

function labOf(proxyMode: (typeof modes)[number], yaml: string): Cluster {
  const lab = Cluster.create({ proxyMode, seed: "modes" });
  lab.apply(yaml);
  lab.settle();
  return lab;
}

function connectionOf({ source, destination, port, protocol }: PacketPlan): { from: string; to: string } {
  const from = source.kind === "external" ? `external:${source.address}` : `${source.kind}/${source.name}`;
  return { from, to: `${joinHostPort(destination, port)}/${protocol.toLowerCase()}` };
}

test.prop([clusters(), fc.integer()], { numRuns: 25 })(
  "every mode reaches the same endpoints, but for what is named",
  (generated, seed) => {
    const yaml = toYaml(generated);
    const labs = modes.map((mode) => labOf(mode, yaml));
    const [reference, ...others] = labs as [Cluster, ...Cluster[]];
    for (const packet of fc.sample(packetInto(reference.state), { numRuns: 8, seed })) {
      const connection = connectionOf(packet);
      const iptables = endsOf(reference, connection, []);
      const key = / of (\S+)$/.exec(packet.via)?.[1];
      const service = key === undefined ? undefined : reference.get("Service", key as `${string}/${string}`);
      const pod =
        packet.source.kind === "pod" ? reference.get("Pod", packet.source.name as `${string}/${string}`) : undefined;
      const fromNode = packet.source.kind === "node" || pod?.spec.hostNetwork === true;
      for (const lab of others) {
        const other = endsOf(lab, connection, iptables);
        const difference = { mode: lab.proxyMode as OtherMode, packet, service, fromNode, iptables, other };
        if (same(other, ...iptables) || exceptions.some(({ explains }) => explains(difference))) continue;
        expect({ ...connection, via: packet.via, mode: lab.proxyMode, ends: other }).toEqual({
          ...connection,
          via: packet.via,
          mode: lab.proxyMode,
          ends: iptables,
        });
      }
    }
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
metadata: { name: web, labels: { app: web } }
spec: { nodeName: n2, containers: [{ name: app, image: nginx, ports: [{ containerPort: 8080 }] }] }
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  type: NodePort
  clusterIP: 10.96.0.80
  selector: { app: web }
  ports: [{ port: 80, targetPort: 8080, nodePort: 30080 }]
`;

describe("what the modes do differently by design", () => {
  const nodes = ["n1", "n2"].map(
    (name, i) => `
apiVersion: v1
kind: Node
metadata: { name: ${name} }
spec: { podCIDR: 10.244.${i + 1}.0/24, podCIDRs: [10.244.${i + 1}.0/24] }
status: { addresses: [{ type: InternalIP, address: 192.168.10.1${i + 1} }] }
`,
  );
  const labs = modes.map((mode) => labOf(mode, [...nodes, web].join("---\n")));

  it.each([
    ["A node port on localhost", "node/n1", "127.0.0.1:30080", ["ok", "refused", "refused"]],
    ["A node port on another address of the node", "pod/client", "10.244.1.1:30080", ["ok", "refused", "ok"]],
    ["A port that a cluster IP does not have", "pod/client", "10.96.0.80:81", ["timeout", "refused", "refused"]],
    ["A cluster IP of no Service", "pod/client", "10.96.0.99:80", ["timeout", "timeout", "timeout"]],
  ] as const)("%s", (_name, from, to, outcomes) => {
    expect(labs.map((lab) => outcomeOf(lab.trace({ from, to }).disposition))).toEqual(outcomes);
  });

  it("stands in docs/modes.md", () => {
    const text = readFileSync(new URL("../../../../docs/modes.md", import.meta.url), "utf8");
    for (const { name } of exceptions) expect(text).toContain(`\n## ${name}\n`);
  });
});
