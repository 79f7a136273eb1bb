import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import type { ClusterState } from "../apiserver/cluster-state.ts";
import { emptyState } from "../apiserver/empty-state.ts";
import { deleteObject, putObject } from "../apiserver/write-object.ts";
import type { ApiObject } from "../model/api-object.ts";
import type { Node } from "../model/node.ts";
import type { Deployment, Pod } from "../model/pod.ts";
import type { Service } from "../model/service.ts";
import { virtualClock } from "../runtime/clock.ts";
import { InvariantError } from "../runtime/errors.ts";
import { seededRandom } from "../runtime/random.ts";
import { ClusterIndex } from "./cluster-index.ts";
import { type SettleResult, settle } from "./settle.ts";
import { waitingPods } from "./waiting-pods.ts";

const context = { random: seededRandom("settle"), clock: virtualClock() };

function stateOf(...objects: readonly ApiObject[]): ClusterState {
  return objects.reduce((state, object) => putObject(state, object, context.clock).state, emptyState());
}

function node(number: number, spec: Node["spec"] = {}): Node {
  const podCIDR = `10.244.${number}.0/24`;
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: { name: `node${number}` },
    spec: { podCIDR, podCIDRs: [podCIDR], ...spec },
    status: { addresses: [{ type: "InternalIP", address: `192.168.10.1${number}` }] },
  };
}

function pod(name: string, spec: Partial<Pod["spec"]> = {}, status?: Pod["status"]): Pod {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: "default", labels: { app: "web" } },
    spec: { containers: [{ name: "app" }], ...spec },
    ...(status === undefined ? {} : { status }),
  };
}

function deployment(replicas: number, image = "web:1", spec: Partial<Deployment["spec"]> = {}): Deployment {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web", namespace: "default" },
    spec: {
      replicas,
      selector: { matchLabels: { app: "web" } },
      template: { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "app", image }] } },
      ...spec,
    },
  };
}

function service(spec: Partial<Service["spec"]> = {}): Service {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "web", namespace: "default" },
    spec: {
      clusterIP: "10.96.0.10",
      ipFamilies: ["IPv4"],
      selector: { app: "web" },
      ports: [{ port: 80, targetPort: 8080, protocol: "TCP" }],
      ...spec,
    },
  };
}

function settled(...objects: readonly ApiObject[]): SettleResult {
  return settle(stateOf(...objects), context);
}

function podNamed({ state }: SettleResult, name: string): Pod {
  return state.tables.Pod.get(`default/${name}`)!;
}

function endpointsOf({ state }: SettleResult): string[] {
  const slices = state.tables.EndpointSlice.values().filter((slice) => slice.metadata.generateName === "web-");
  return slices.flatMap((slice) => (slice.endpoints ?? []).map(({ addresses }) => addresses[0]!)).sort();
}

describe("Deployments", () => {
  it("make a ReplicaSet with the template's hash, and this its Pods", () => {
    const { state } = settled(node(1), node(2), deployment(3));
    const [replicaSet] = state.tables.ReplicaSet.values();
    const hash = replicaSet!.metadata.labels!["pod-template-hash"];
    expect(replicaSet!.metadata.name).toBe(`web-${hash}`);
    expect(replicaSet!.status).toMatchObject({ replicas: 3, readyReplicas: 3 });
    const pods = state.tables.Pod.values();
    expect(pods).toHaveLength(3);
    for (const { metadata, status } of pods) {
      expect(metadata.name).toMatch(new RegExp(`^web-${hash}-[bcdfghjklmnpqrstvwxz2456789]{5}$`));
      expect(metadata.labels).toEqual({ app: "web", "pod-template-hash": hash });
      expect(status?.phase).toBe("Running");
    }
    expect(state.tables.Deployment.get("default/web")!.status).toMatchObject({ replicas: 3, availableReplicas: 3 });
  });

  it.each(["RollingUpdate", "Recreate"])("roll a new template out by %s", (type) => {
    const before = settled(node(1), deployment(10, "web:1", { strategy: { type } }), service());
    const write = putObject(before.state, deployment(10, "web:2", { strategy: { type } }), context.clock);
    const after = settle(write.state, context, { since: { result: before, changes: [write.change] } });
    const pods = after.state.tables.Pod.values();
    expect(pods.map(({ spec }) => spec.containers[0]!.image)).toEqual(Array(10).fill("web:2"));
    expect(after.state.tables.ReplicaSet.values().map(({ spec }) => spec.replicas)).toEqual([0, 10]);
    expect(endpointsOf(after)).toEqual(pods.map(({ status }) => status!.podIP!).sort());
  });

  it("keep within surge and unavailability on the way", () => {
    const before = settled(node(1), deployment(10));
    const write = putObject(before.state, deployment(10, "web:2"), context.clock);
    const after = settle(write.state, context, { since: { result: before, changes: [write.change] } });
    let pods = 10;
    const counts = after.changes
      .filter(({ kind, before, after }) => kind === "Pod" && (before === undefined || after === undefined))
      .map((change) => (pods += change.after === undefined ? -1 : 1));
    expect(Math.max(...counts)).toBeLessThanOrEqual(13);
    expect(Math.min(...counts)).toBeGreaterThanOrEqual(8);
  });

  it("stop a rollout whose new Pods do not become ready", () => {
    const gated = deployment(4, "web:2");
    const spec = { ...gated.spec.template.spec, readinessGates: [{ conditionType: "example.com/gate" }] };
    const before = settled(node(1), deployment(4));
    const broken = { ...gated, spec: { ...gated.spec, template: { ...gated.spec.template, spec } } };
    const write = putObject(before.state, broken, context.clock);
    const { state } = settle(write.state, context, { since: { result: before, changes: [write.change] } });
    const images = state.tables.Pod.values().map(({ spec }) => spec.containers[0]!.image);
    expect(images.filter((image) => image === "web:1")).toHaveLength(3);
    expect(images.filter((image) => image === "web:2")).toHaveLength(2);
  });

  it("scale down to the Pods that were ready the longest, and take all with them when they go", () => {
    const before = settled(node(1), deployment(3));
    const down = putObject(before.state, deployment(1), context.clock);
    const one = settle(down.state, context, { since: { result: before, changes: [down.change] } });
    expect(one.state.tables.Pod.size).toBe(1);
    const gone = deleteObject(one.state, "Deployment", "default/web")!;
    const none = settle(gone.state, context, { since: { result: one, changes: [gone.change] } });
    expect(none.state.tables.Pod.size).toBe(0);
    expect(none.state.tables.ReplicaSet.size).toBe(0);
  });
});

describe("a dump of a cluster", () => {
  const source = settled(node(1), node(2), deployment(3), service());
  const objects = Object.values(source.state.tables).flatMap((table): readonly ApiObject[] => table.values());

  it("is at rest as it is", () => {
    expect(settled(...objects).changes).toEqual([]);
  });

  it("without ReplicaSets keeps its Pods and makes no others", () => {
    const after = settled(...objects.filter(({ kind }) => kind !== "ReplicaSet"));
    const names = (result: SettleResult): string[] =>
      result.state.tables.Pod.values().map(({ metadata }) => metadata.name);
    expect(names(after)).toEqual(names(source));
    expect(after.state.tables.ReplicaSet.keys()).toEqual(source.state.tables.ReplicaSet.keys());
  });
});

describe("the scheduler", () => {
  it("gives Pods to the node with the fewest, then to the first by name", () => {
    const result = settled(node(2), node(1), pod("a"), pod("b"), pod("c", { nodeName: "node1" }), pod("d"));
    const nodes = ["a", "b", "c", "d"].map((name) => podNamed(result, name).spec.nodeName);
    expect(nodes).toEqual(["node2", "node1", "node1", "node2"]);
  });

  it("honours selectors, taints and cordons, and leaves waiting what fits nowhere", () => {
    const tainted = node(1, { taints: [{ key: "gpu", effect: "NoSchedule" }] });
    const labelled: Node = { ...node(2), metadata: { name: "node2", labels: { disk: "ssd" } } };
    const result = settled(
      tainted,
      labelled,
      node(3, { unschedulable: true }),
      pod("plain"),
      pod("tolerant", { tolerations: [{ key: "gpu", operator: "Exists" }] }),
      pod("picky", { nodeSelector: { disk: "tape" } }),
    );
    expect(podNamed(result, "plain").spec.nodeName).toBe("node2");
    expect(podNamed(result, "tolerant").spec.nodeName).toBe("node1");
    expect(podNamed(result, "picky").spec.nodeName).toBeUndefined();
  });

  it("places a waiting Pod once a node comes", () => {
    const before = settled(pod("a"));
    const write = putObject(before.state, node(1), context.clock);
    const after = settle(write.state, context, { since: { result: before, changes: [write.change] } });
    expect(podNamed(after, "a").status?.podIP).toBe("10.244.1.2");
  });
});

describe("the kubelet", () => {
  it("gives out the lowest free address from .2 on, around those that are given", () => {
    const given = pod("given", { nodeName: "node1" }, { podIP: "10.244.1.2", podIPs: [{ ip: "10.244.1.2" }] });
    const result = settled(node(1), given, pod("a", { nodeName: "node1" }), pod("b", { nodeName: "node1" }));
    expect(["given", "a", "b"].map((name) => podNamed(result, name).status?.podIP)).toEqual([
      "10.244.1.2",
      "10.244.1.3",
      "10.244.1.4",
    ]);
  });

  it("uses an address again that came free", () => {
    const before = settled(node(1), pod("a"), pod("b"));
    const gone = deleteObject(before.state, "Pod", "default/a")!;
    const next = putObject(gone.state, pod("c"), context.clock);
    const changes = [gone.change, next.change];
    expect(podNamed(settle(next.state, context, { since: { result: before, changes } }), "c").status?.podIP).toBe(
      "10.244.1.2",
    );
  });

  it("lets a Pod wait when its node's range is used up", () => {
    const small = node(1, { podCIDR: "10.244.1.0/30", podCIDRs: ["10.244.1.0/30"] });
    const result = settled(small, pod("a"), pod("b"));
    expect(podNamed(result, "a").status?.podIP).toBe("10.244.1.2");
    expect(podNamed(result, "b").status?.podIP).toBeUndefined();
  });

  it("gives host network Pods their node's address and both families where the node has both", () => {
    const dual = node(1, { podCIDRs: ["10.244.1.0/24", "fd00:10:244:1::/64"] });
    const result = settled(dual, pod("host", { hostNetwork: true }), pod("dual"));
    expect(podNamed(result, "host").status?.podIPs).toEqual([{ ip: "192.168.10.11" }]);
    expect(podNamed(result, "dual").status?.podIPs).toEqual([{ ip: "10.244.1.2" }, { ip: "fd00:10:244:1::2" }]);
  });

  it("keeps what the status says: unready stays unready", () => {
    const unready = pod("a", {}, { conditions: [{ type: "Ready", status: "False" }] });
    const { status } = podNamed(settled(node(1), unready), "a");
    expect(status?.phase).toBe("Running");
    expect(status?.conditions?.find(({ type }) => type === "Ready")?.status).toBe("False");
  });

  it("leaves a dump's Pending and ended Pods alone", () => {
    const pending = pod(
      "p",
      { nodeName: "node1" },
      { phase: "Pending", conditions: [{ type: "PodScheduled", status: "True" }] },
    );
    const done = pod("d", { nodeName: "node1" }, { phase: "Succeeded" });
    expect(settled(node(1), pending, done).changes).toEqual([]);
  });
});

it("says what Pods wait for", () => {
  const small = node(1, { podCIDR: "10.244.1.0/30", podCIDRs: ["10.244.1.0/30"] });
  const bare: Node = { apiVersion: "v1", kind: "Node", metadata: { name: "bare" } };
  const { state } = settled(
    small,
    bare,
    pod("runs", { nodeName: "node1" }),
    pod("full", { nodeName: "node1" }),
    pod("picky", { nodeSelector: { disk: "tape" } }),
    pod("lost", { nodeName: "node9" }),
    pod("rangeless", { nodeName: "bare" }),
    pod("addressless", { nodeName: "bare", hostNetwork: true }),
  );
  expect(waitingPods(state)).toEqual([
    { key: "default/full", reason: "no address is free in 10.244.1.0/30 of node node1" },
    { key: "default/picky", reason: "no node fits its nodeSelector and tolerations and has room" },
    { key: "default/lost", reason: "node node9 does not exist" },
    { key: "default/rangeless", reason: "node bare has no podCIDR" },
    { key: "default/addressless", reason: "node bare has no InternalIP" },
  ]);
});

describe("EndpointSlices", () => {
  it("of a dump without its Pods stay as they are, and are taken over when a Pod comes", () => {
    const source = settled(node(1), pod("a"), service());
    const [slice] = source.state.tables.EndpointSlice.values().filter((s) => s.metadata.generateName === "web-");
    const dump = settled(node(1), slice!, service());
    expect(dump.changes).toEqual([]);
    const write = putObject(dump.state, pod("b"), context.clock);
    const after = settle(write.state, context, { since: { result: dump, changes: [write.change] } });
    expect(
      after.state.tables.EndpointSlice.get(`default/${slice!.metadata.name}`)!.endpoints![0]!.targetRef!.name,
    ).toBe("b");
  });

  it("become a placeholder when the last Pod goes, and go with their Service", () => {
    const before = settled(node(1), pod("a"), service());
    const gone = deleteObject(before.state, "Pod", "default/a")!;
    const empty = settle(gone.state, context, { since: { result: before, changes: [gone.change] } });
    const [slice] = empty.state.tables.EndpointSlice.values().filter((s) => s.metadata.generateName === "web-");
    expect(slice).toMatchObject({ endpoints: [], ports: [] });
    const removed = deleteObject(empty.state, "Service", "default/web")!;
    const none = settle(removed.state, context, { since: { result: empty, changes: [removed.change] } });
    expect(none.state.tables.EndpointSlice.values().map(({ metadata }) => metadata.name)).toEqual(["kubernetes"]);
  });

  it("hold so many endpoints and stay in place when some go", () => {
    const pods = Array.from({ length: 25 }, (_, i) => pod(`p${String(i).padStart(2, "0")}`));
    const before = settle(stateOf(node(1), ...pods, service()), context, { maxEndpointsPerSlice: 10 });
    const sizes = (result: SettleResult): number[] =>
      result.state.tables.EndpointSlice.values()
        .filter((s) => s.metadata.generateName === "web-")
        .map((s) => s.endpoints!.length);
    expect(sizes(before)).toEqual([10, 10, 5]);
    const gone = deleteObject(before.state, "Pod", "default/p03")!;
    const options = { maxEndpointsPerSlice: 10, since: { result: before, changes: [gone.change] } };
    const after = settle(gone.state, context, options);
    expect(sizes(after)).toEqual([9, 10, 5]);
    expect(after.changes.filter(({ kind }) => kind === "EndpointSlice")).toHaveLength(1);
  });

  it("refuse a limit out of 1–1000", () => {
    expect(() => settle(emptyState(), context, { maxEndpointsPerSlice: 0 })).toThrow(RangeError);
  });
});

it("ends with an error that names the seed when the rounds run out", () => {
  const run = (): SettleResult => settle(stateOf(node(1), deployment(2)), context, { maxRounds: 1 });
  expect(run).toThrow(InvariantError);
  expect(run).toThrow(/settle\/controllers/);
});

type Step =
  | { readonly what: "deploy"; readonly replicas: number }
  | { readonly what: "pod" | "delete" | "relabel" | "service" | "node"; readonly n: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ what: fc.constant("deploy" as const), replicas: fc.nat({ max: 5 }) }),
  fc.record({
    what: fc.constantFrom("pod" as const, "delete" as const, "relabel" as const, "service" as const, "node" as const),
    n: fc.nat({ max: 3 }),
  }),
);

function apply(state: ClusterState, step: Step): ReturnType<typeof deleteObject> {
  if (step.what === "deploy")
    return putObject(state, deployment(step.replicas, `web:${step.replicas % 2}`), context.clock);
  if (step.what === "pod") return putObject(state, pod(`p${step.n}`), context.clock);
  if (step.what === "service")
    return putObject(
      state,
      service({ ports: [{ port: 80, targetPort: 8080 + step.n, protocol: "TCP" }] }),
      context.clock,
    );
  if (step.what === "node") return putObject(state, node(step.n + 1), context.clock);
  const [victim] = state.tables.Pod.values().slice(step.n);
  if (victim === undefined) return undefined;
  if (step.what === "delete") return deleteObject(state, "Pod", `default/${victim.metadata.name}`);
  return putObject(state, { ...victim, metadata: { ...victim.metadata, labels: { app: "other" } } }, context.clock);
}

test.prop([fc.array(step, { maxLength: 12 })])("following the changes rests where a cold start would rest", (steps) => {
  let result = settle(emptyState(), context);
  for (const one of steps) {
    const write = apply(result.state, one);
    if (write !== undefined) result = settle(write.state, context, { since: { result, changes: [write.change] } });
  }
  const { tables } = result.index;
  const cold = ClusterIndex.of(result.state);
  for (const name of [
    "podsByController",
    "replicaSetsByController",
    "slicesByService",
    "podsByNode",
    "podsByAddress",
  ] as const) {
    expect(tables[name].entries()).toEqual(cold[name].entries());
  }
  for (const labels of [{ app: "web" }, { app: "other" }]) {
    expect(tables.podsByLabel.matching("default", labels)).toEqual(cold.podsByLabel.matching("default", labels));
    expect(tables.servicesBySelector.matching("default", labels)).toEqual(
      cold.servicesBySelector.matching("default", labels),
    );
  }
  expect(settle(result.state, context).changes).toEqual([]);
});
