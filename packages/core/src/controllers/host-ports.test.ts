import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { applyYaml } from "../apiserver/apply.ts";
import type { ClusterState } from "../apiserver/cluster-state.ts";
import { emptyState } from "../apiserver/empty-state.ts";
import type { ContainerPort, Pod } from "../model/pod.ts";
import { virtualClock } from "../runtime/clock.ts";
import { seededRandom } from "../runtime/random.ts";
import { hasTaken, hostPortsOf } from "./host-ports.ts";
import { settle } from "./settle.ts";
import { waitingPods } from "./waiting-pods.ts";

const context = { random: seededRandom("host-ports"), clock: virtualClock() };

function settledCluster(nodes: number, text: string): ClusterState {
  const made = Array.from({ length: nodes }, (_, i) => {
    const metadata = { name: `n${i + 1}` };
    const status = { addresses: [{ type: "InternalIP", address: `192.168.10.1${i + 1}` }] };
    return JSON.stringify({ apiVersion: "v1", kind: "Node", metadata, spec: { podCIDR: `10.244.${i}.0/24` }, status });
  });
  const { state } = applyYaml(emptyState(), [text, ...made].join("\n---\n"), "hosts.yaml", context);
  return settle(state, context).state;
}

const onTheHost = (replicas: number): string => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: default }
spec:
  replicas: ${replicas}
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      hostNetwork: true
      containers: [{ name: web, image: web, ports: [{ containerPort: 80 }, { containerPort: 443 }] }]
`;

describe("host ports", () => {
  it("let one Pod of a kind run on a node, and tell the others why they wait", () => {
    const state = settledCluster(2, onTheHost(3));
    const nodes = state.tables.Pod.values().map(({ spec }) => spec.nodeName);
    expect(nodes.filter((name) => name !== undefined).sort()).toEqual(["n1", "n2"]);
    expect(waitingPods(state).map(({ reason }) => reason)).toEqual([
      "no node fits its nodeSelector and tolerations and has room and its host ports free (TCP 80, TCP 443)",
    ]);
  });

  const port = fc.record(
    {
      containerPort: fc.constant(80),
      hostPort: fc.constantFrom(0, 80, 443),
      protocol: fc.constantFrom("TCP" as const, "UDP" as const),
      hostIP: fc.constantFrom("", "0.0.0.0", "192.168.10.11", "192.168.10.12"),
    },
    { requiredKeys: ["containerPort"] },
  );
  const podWith = (ports: readonly ContainerPort[]): Pod => ({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "p" },
    spec: { containers: [{ name: "c", ports }] },
  });

  test.prop([fc.array(port), fc.array(port)])(
    "are taken from both sides, and never where one asks for none",
    (a, b) => {
      const [one, other] = [podWith(a), podWith(b)];
      expect(hasTaken(hostPortsOf(one), [other])).toBe(hasTaken(hostPortsOf(other), [one]));
      if (hostPortsOf(one).length === 0) expect(hasTaken(hostPortsOf(one), [other])).toBe(false);
      else expect(hasTaken(hostPortsOf(one), [one])).toBe(true);
    },
  );
});
