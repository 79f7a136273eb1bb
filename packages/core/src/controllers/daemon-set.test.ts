import { describe, expect, it } from "vitest";
import { applyYaml } from "../apiserver/apply.ts";
import type { ClusterState } from "../apiserver/cluster-state.ts";
import { emptyState } from "../apiserver/empty-state.ts";
import { deleteObject } from "../apiserver/write-object.ts";
import { virtualClock } from "../runtime/clock.ts";
import { seededRandom } from "../runtime/random.ts";
import { type SettleResult, settle } from "./settle.ts";

const context = { random: seededRandom("daemons"), clock: virtualClock() };

function nodeText(name: string, spec: object = {}): string {
  const podCIDR = `10.244.${name.slice(1)}.0/24`;
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Node",
    metadata: { name, labels: { zone: name } },
    spec: { podCIDR, podCIDRs: [podCIDR], ...spec },
    status: { addresses: [{ type: "InternalIP", address: `192.168.10.1${name.slice(1)}` }] },
  });
}

function setText(podSpec = "", spec = "", image = "agent:1"): string {
  return `
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec:
  selector: {matchLabels: {app: agent}}
  template:
    metadata: {labels: {app: agent}}
    spec: {containers: [{name: c, image: "${image}"}]${podSpec}}
${spec}`;
}

function settled(state: ClusterState, ...texts: readonly string[]): SettleResult {
  return settle(
    texts.reduce((before, text) => applyYaml(before, text, "set.yaml", context).state, state),
    context,
  );
}

function places({ state }: SettleResult): string[] {
  return state.tables.Pod.values()
    .map(({ spec }) => `${spec.nodeName} ${spec.containers[0]!.image}`)
    .sort();
}

const nodes = ["n1", "n2", "n3"].map((name) => nodeText(name));

describe("a DaemonSet", () => {
  it("has a Pod on each node, on new ones too", () => {
    const first = settled(emptyState(), ...nodes, setText());
    expect(places(first)).toEqual(["n1 agent:1", "n2 agent:1", "n3 agent:1"]);
    expect(places(settled(first.state, nodeText("n4")))).toHaveLength(4);
    expect(first.state.tables.DaemonSet.get("default/agent")!.status).toEqual({
      currentNumberScheduled: 3,
      desiredNumberScheduled: 3,
      numberAvailable: 3,
      numberMisscheduled: 0,
      numberReady: 3,
      observedGeneration: 1,
      updatedNumberScheduled: 3,
    });
  });

  it("goes to cordoned nodes, and not where it tolerates no taint", () => {
    const taints = [{ key: "gpu", effect: "NoSchedule" }];
    const odd = [nodeText("n1", { unschedulable: true }), nodeText("n2", { taints }), nodeText("n3")];
    expect(places(settled(emptyState(), ...odd, setText()))).toEqual(["n1 agent:1", "n3 agent:1"]);
    const tolerant = setText(", tolerations: [{operator: Exists}]");
    expect(places(settled(emptyState(), ...odd, tolerant))).toHaveLength(3);
  });

  it("leaves a Pod where a node's taint came later, unless it says NoExecute", () => {
    const first = settled(emptyState(), ...nodes, setText());
    const repelled = (effect: string) => settled(first.state, nodeText("n2", { taints: [{ key: "gpu", effect }] }));
    expect(places(repelled("NoSchedule"))).toHaveLength(3);
    expect(repelled("NoSchedule").state.tables.DaemonSet.get("default/agent")!.status?.numberMisscheduled).toBe(1);
    expect(places(repelled("NoExecute"))).toEqual(["n1 agent:1", "n3 agent:1"]);
  });

  it("heeds nodeSelector and node affinity", () => {
    expect(places(settled(emptyState(), ...nodes, setText(", nodeSelector: {zone: n2}")))).toEqual(["n2 agent:1"]);
    const affinity = `, affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution:
      {nodeSelectorTerms: [{matchExpressions: [{key: zone, operator: NotIn, values: [n2]}]}]}}}`;
    expect(places(settled(emptyState(), ...nodes, setText(affinity)))).toEqual(["n1 agent:1", "n3 agent:1"]);
  });

  it("gives its Pods the labels, tolerations and affinity of a daemon", () => {
    const { state } = settled(emptyState(), nodes[0]!, setText(", hostNetwork: true"));
    const [pod] = state.tables.Pod.values();
    const { labels } = pod!.metadata;
    expect(labels).toMatchObject({ app: "agent", "pod-template-generation": "1" });
    expect(state.tables.ControllerRevision.has(`default/agent-${labels?.["controller-revision-hash"]}`)).toBe(true);
    expect(pod!.spec.tolerations?.map(({ key, effect }) => `${key?.split("/")[1]} ${effect}`)).toEqual([
      "not-ready NoExecute",
      "unreachable NoExecute",
      "disk-pressure NoSchedule",
      "memory-pressure NoSchedule",
      "pid-pressure NoSchedule",
      "unschedulable NoSchedule",
      "network-unavailable NoSchedule",
    ]);
    const [term] = pod!.spec.affinity!.nodeAffinity!.requiredDuringSchedulingIgnoredDuringExecution!.nodeSelectorTerms!;
    expect(term).toEqual({ matchFields: [{ key: "metadata.name", operator: "In", values: ["n1"] }] });
  });

  it.each([
    ["one at a time", "", -1],
    ["all at once", "  updateStrategy: {rollingUpdate: {maxUnavailable: 100%}}", -3],
    ["with a surge", "  updateStrategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}", 0],
  ])("replaces Pods of an older template, %s", (_how, strategy, deepest) => {
    const first = settled(emptyState(), ...nodes, setText("", strategy));
    const after = settled(first.state, setText("", strategy, "agent:2"));
    expect(places(after)).toEqual(["n1 agent:2", "n2 agent:2", "n3 agent:2"]);
    let ready = 0;
    let least = 0;
    const isReady = (object: unknown): number =>
      (object as { status?: { phase?: string } } | undefined)?.status?.phase === "Running" ? 1 : 0;
    for (const { kind, before, after: now } of after.changes) {
      if (kind === "Pod") ready += isReady(now) - isReady(before);
      least = Math.min(least, ready);
    }
    expect([least, ready]).toEqual([deepest, 0]);
    expect(after.state.tables.DaemonSet.get("default/agent")!.metadata.annotations).toEqual({
      "deprecated.daemonset.template.generation": "2",
    });
  });

  it("replaces nothing by itself with OnDelete", () => {
    const onDelete = "  updateStrategy: {type: OnDelete}";
    const first = settled(emptyState(), ...nodes, setText("", onDelete));
    const after = settled(first.state, setText("", onDelete, "agent:2"));
    expect(places(after)).toEqual(places(first));
    const [pod] = after.state.tables.Pod.values();
    const gone = deleteObject(after.state, "Pod", `default/${pod!.metadata.name}`)!;
    expect(places(settle(gone.state, context)).filter((place) => place.endsWith("agent:2"))).toHaveLength(1);
  });
});
