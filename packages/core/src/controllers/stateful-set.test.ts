import { describe, expect, it } from "vitest";
import { applyYaml } from "../apiserver/apply.ts";
import type { Change, ClusterState } from "../apiserver/cluster-state.ts";
import { emptyState } from "../apiserver/empty-state.ts";
import { deleteObject, updateObject } from "../apiserver/write-object.ts";
import type { StatefulSet } from "../model/stateful-set.ts";
import { virtualClock } from "../runtime/clock.ts";
import { seededRandom } from "../runtime/random.ts";
import { revisionLabel } from "./revision-history.ts";
import { type SettleResult, settle } from "./settle.ts";

const context = { random: seededRandom("sets"), clock: virtualClock() };

const nodes = [1, 2].map((number) =>
  JSON.stringify({
    apiVersion: "v1",
    kind: "Node",
    metadata: { name: `n${number}` },
    spec: { podCIDR: `10.244.${number}.0/24`, podCIDRs: [`10.244.${number}.0/24`] },
    status: { addresses: [{ type: "InternalIP", address: `192.168.10.1${number}` }] },
  }),
);

function setText(spec: string): string {
  return `
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: web}
spec:
  serviceName: web
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: c, image: "nginx:1"}]}
${spec}`;
}

function applied(state: ClusterState, ...texts: readonly string[]): ClusterState {
  return texts.reduce((before, text) => applyYaml(before, text, "set.yaml", context).state, state);
}

function started(spec = ""): SettleResult {
  return settle(applied(emptyState(), ...nodes, setText(spec)), context);
}

function changed({ state }: SettleResult, change: (set: StatefulSet) => Partial<StatefulSet["spec"]>): SettleResult {
  const next = updateObject(state, "StatefulSet", "default/web", (draft) => {
    Object.assign(draft.spec, change(draft as StatefulSet));
  })!;
  return settle(next.state, context);
}

/** What is written of Pods: `+web-0`, `-web-0`. */
function podSteps(changes: readonly Change[]): string[] {
  return changes
    .filter(({ kind, before, after }) => kind === "Pod" && (before === undefined || after === undefined))
    .map(({ key, before }) => `${before === undefined ? "+" : "-"}${key.split("/")[1]}`);
}

const withImage = (image: string) => (set: StatefulSet) => {
  const { template } = set.spec;
  const containers = template.spec.containers.map((container) => ({ ...container, image }));
  return { template: { ...template, spec: { ...template.spec, containers } } };
};

function imagesOf({ state }: SettleResult): string[] {
  return state.tables.Pod.values()
    .map(({ metadata, spec }) => `${metadata.name} ${spec.containers[0]!.image}`)
    .sort();
}

describe("a StatefulSet", () => {
  it("makes Pods one after the other, with names that last", () => {
    const { state, changes } = started();
    expect(podSteps(changes)).toEqual(["+web-0", "+web-1", "+web-2"]);
    const first = changes.findIndex(({ key, after }) => key === "default/web-1" && after !== undefined);
    const ready = changes.findLastIndex(({ key }) => key === "default/web-0");
    expect(ready).toBeLessThan(first);
    const { metadata, spec } = state.tables.Pod.get("default/web-1")!;
    expect([spec.hostname, spec.subdomain, metadata.generateName]).toEqual(["web-1", "web", "web-"]);
    const [revision] = state.tables.ControllerRevision.values();
    expect(metadata.labels).toEqual({
      app: "web",
      "apps.kubernetes.io/pod-index": "1",
      "statefulset.kubernetes.io/pod-name": "web-1",
      [revisionLabel]: revision!.metadata.name,
    });
    expect(state.tables.StatefulSet.get("default/web")!.status).toEqual({
      observedGeneration: 1,
      replicas: 3,
      readyReplicas: 3,
      currentReplicas: 3,
      updatedReplicas: 3,
      availableReplicas: 3,
      collisionCount: 0,
      currentRevision: revision!.metadata.name,
      updateRevision: revision!.metadata.name,
    });
  });

  it("waits for a Pod that is not ready, but not when it is parallel", () => {
    const gate = `
    spec: {containers: [{name: c, image: "nginx:1"}], readinessGates: [{conditionType: never}]}`;
    const text = setText("").replace(/\n {4}spec: .*\n/, `${gate}\n`);
    const ordered = settle(applied(emptyState(), ...nodes, text), context);
    expect(podSteps(ordered.changes)).toEqual(["+web-0"]);
    const parallel = settle(applied(emptyState(), ...nodes, `${text}  podManagementPolicy: Parallel`), context);
    expect(podSteps(parallel.changes)).toEqual(["+web-0", "+web-1", "+web-2"]);
  });

  it("comes down from the last Pod", () => {
    expect(podSteps(changed(started(), () => ({ replicas: 1 })).changes)).toEqual(["-web-2", "-web-1"]);
    expect(podSteps(changed(started(), () => ({ ordinals: { start: 2 } })).changes)).toEqual([
      "+web-3",
      "+web-4",
      "-web-1",
      "-web-0",
    ]);
  });

  it("brings a deleted Pod back under its name", () => {
    const before = started();
    const gone = deleteObject(before.state, "Pod", "default/web-1")!;
    const after = settle(gone.state, context, { since: { result: before, changes: [gone.change] } });
    expect(podSteps(after.changes)).toEqual(["+web-1"]);
  });

  it("rolls a new template out from the last Pod, and an old one back", () => {
    const after = changed(started(), withImage("nginx:2"));
    expect(podSteps(after.changes)).toEqual(["-web-2", "+web-2", "-web-1", "+web-1", "-web-0", "+web-0"]);
    const { status } = after.state.tables.StatefulSet.get("default/web")!;
    expect(status?.currentRevision).toBe(status?.updateRevision);
    const back = changed(after, withImage("nginx:1"));
    expect(imagesOf(back)).toEqual(["web-0 nginx:1", "web-1 nginx:1", "web-2 nginx:1"]);
    const revisions = back.state.tables.ControllerRevision.values().map(({ revision }) => revision);
    expect(revisions.sort()).toEqual([2, 3]);
  });

  it("leaves Pods below the partition as they are, and those that come back", () => {
    const rolling = "  updateStrategy: {type: RollingUpdate, rollingUpdate: {partition: 2}}";
    const after = changed(started(rolling), withImage("nginx:2"));
    const mixed = ["web-0 nginx:1", "web-1 nginx:1", "web-2 nginx:2"];
    expect(imagesOf(after)).toEqual(mixed);
    expect(imagesOf(settle(deleteObject(after.state, "Pod", "default/web-0")!.state, context))).toEqual(mixed);
  });

  it("replaces Pods only when they are deleted, if it is told so", () => {
    const after = changed(started("  updateStrategy: {type: OnDelete}"), withImage("nginx:2"));
    expect(podSteps(after.changes)).toEqual([]);
    const replaced = settle(deleteObject(after.state, "Pod", "default/web-1")!.state, context);
    expect(imagesOf(replaced)).toEqual(["web-0 nginx:1", "web-1 nginx:2", "web-2 nginx:1"]);
  });

  it("keeps as many revisions as it is told to", () => {
    let result = started("  revisionHistoryLimit: 1");
    for (const tag of [2, 3, 4]) result = changed(result, withImage(`nginx:${tag}`));
    expect(result.state.tables.ControllerRevision.values().map(({ revision }) => revision)).toEqual([3, 4]);
  });

  it("gives each Pod the volumes of its claims", () => {
    const claims = `
  volumeClaimTemplates:
  - {metadata: {name: data}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}`;
    const { volumes } = started(claims).state.tables.Pod.get("default/web-1")!.spec as { volumes?: unknown };
    expect(volumes).toEqual([{ name: "data", persistentVolumeClaim: { claimName: "data-web-1" } }]);
  });

  it("finds its Pods of a dump that leaves revisions out", () => {
    const { state } = started();
    const objects = [...state.tables.StatefulSet.values(), ...state.tables.Pod.values()];
    const dump = objects.map((object) => JSON.stringify(object).replaceAll(/web-[0-9a-z]{8,10}"/g, 'web-7d5f"'));
    const again = settle(applied(emptyState(), ...nodes, ...dump), context);
    expect(podSteps(again.changes)).toEqual([]);
    expect(again.state.tables.ControllerRevision.has("default/web-7d5f")).toBe(true);
  });

  it("takes what it has made along", () => {
    const { state, index } = started();
    const gone = deleteObject(state, "StatefulSet", "default/web")!;
    const after = settle(gone.state, context, { changes: [gone.change] });
    expect([after.state.tables.Pod.size, after.state.tables.ControllerRevision.size]).toEqual([0, 0]);
    expect(index.tables).not.toBe(after.index.tables);
  });
});
