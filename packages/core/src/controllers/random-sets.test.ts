import { fc, test } from "@fast-check/vitest";
import { expect } from "vitest";
import { applyYaml } from "../apiserver/apply.ts";
import type { Change, ClusterState } from "../apiserver/cluster-state.ts";
import { emptyState } from "../apiserver/empty-state.ts";
import { deleteObject } from "../apiserver/write-object.ts";
import type { Kind } from "../model/api-object.ts";
import { objectKey } from "../model/api-object.ts";
import { virtualClock } from "../runtime/clock.ts";
import { seededRandom } from "../runtime/random.ts";
import { ClusterIndex } from "./cluster-index.ts";
import { settle } from "./settle.ts";

const context = { random: seededRandom("random sets"), clock: virtualClock() };

interface Written {
  readonly state: ClusterState;
  readonly changes: readonly Change[];
}

type Step = (state: ClusterState) => Written;

const applied =
  (object: object): Step =>
  (state) =>
    applyYaml(state, JSON.stringify(object), "step.yaml", context);

const removed =
  (kind: Kind, n: number): Step =>
  (state) => {
    const objects = state.tables[kind].list("default");
    const victim = kind === "Node" ? state.tables.Node.values()[n] : objects[n % Math.max(1, objects.length)];
    const result = victim === undefined ? undefined : deleteObject(state, kind, objectKey(victim));
    return result === undefined ? { state, changes: [] } : { state: result.state, changes: [result.change] };
  };

const image = fc.constantFrom("web:1", "web:2", "web:3");
const template = (app: string, name: string): object => ({
  metadata: { labels: { app } },
  spec: { containers: [{ name: "c", image: name }] },
});

const statefulSet: fc.Arbitrary<Step> = fc
  .record({
    image,
    replicas: fc.nat({ max: 4 }),
    start: fc.nat({ max: 2 }),
    partition: fc.nat({ max: 3 }),
    maxUnavailable: fc.integer({ min: 1, max: 3 }),
    onDelete: fc.boolean(),
  })
  .map(({ image: name, replicas, start, partition, maxUnavailable, onDelete }) =>
    applied({
      apiVersion: "apps/v1",
      kind: "StatefulSet",
      metadata: { name: "web" },
      spec: {
        replicas,
        ordinals: { start },
        selector: { matchLabels: { app: "web" } },
        updateStrategy: onDelete ? { type: "OnDelete" } : { rollingUpdate: { partition, maxUnavailable } },
        template: template("web", name),
      },
    }),
  );

const daemonSet: fc.Arbitrary<Step> = fc
  .record({ image, surge: fc.boolean(), count: fc.integer({ min: 1, max: 3 }) })
  .map(({ image: name, surge, count }) =>
    applied({
      apiVersion: "apps/v1",
      kind: "DaemonSet",
      metadata: { name: "agent" },
      spec: {
        selector: { matchLabels: { app: "agent" } },
        updateStrategy: {
          rollingUpdate: surge ? { maxSurge: count, maxUnavailable: 0 } : { maxUnavailable: count },
        },
        template: template("agent", name),
      },
    }),
  );

const node: fc.Arbitrary<Step> = fc
  .record({ n: fc.nat({ max: 3 }), effect: fc.constantFrom(undefined, "NoSchedule", "NoExecute") })
  .map(({ n, effect }) =>
    applied({
      apiVersion: "v1",
      kind: "Node",
      metadata: { name: `n${n}` },
      spec: {
        podCIDR: `10.244.${n}.0/24`,
        podCIDRs: [`10.244.${n}.0/24`],
        ...(effect === undefined ? {} : { taints: [{ key: "k", effect }] }),
      },
      status: { addresses: [{ type: "InternalIP", address: `192.168.0.1${n}` }] },
    }),
  );

const removal: fc.Arbitrary<Step> = fc
  .tuple(fc.constantFrom<Kind>("Pod", "Pod", "ControllerRevision", "StatefulSet", "DaemonSet"), fc.nat({ max: 9 }))
  .map(([kind, n]) => removed(kind, n));

const steps = fc.array(fc.oneof(statefulSet, daemonSet, node, removal), { maxLength: 14 });

test.prop([steps])("StatefulSets and DaemonSets rest where a cold start would rest", (list) => {
  let result = settle(emptyState(), context);
  for (const step of list) {
    const { state, changes } = step(result.state);
    result = settle(state, context, { since: { result, changes } });
  }
  const { state, index } = result;
  const cold = ClusterIndex.of(state);
  for (const name of ["podsByController", "revisionsByController"] as const) {
    expect(index.tables[name].entries()).toEqual(cold[name].entries());
  }
  expect(settle(state, context).changes).toEqual([]);
});

test.prop([steps])("a DaemonSet has one Pod on each node that it fits, a StatefulSet its ordinals", (list) => {
  let result = settle(emptyState(), context);
  for (const step of list) {
    const { state, changes } = step(result.state);
    result = settle(state, context, { since: { result, changes } });
  }
  const { tables } = result.state;
  const ownedBy = (kind: string) =>
    tables.Pod.values().filter(({ metadata }) => metadata.ownerReferences?.[0]?.kind === kind);
  const fitting = tables.Node.values().filter(({ spec }) => (spec?.taints ?? []).length === 0);
  const places = ownedBy("DaemonSet").map(({ spec }) => spec.nodeName!);
  expect(new Set(places).size).toBe(places.length);
  const missing = fitting.filter(({ metadata }) => !places.includes(metadata.name));
  expect(missing).toHaveLength(tables.DaemonSet.size === 0 ? fitting.length : 0);
  const set = tables.StatefulSet.get("default/web");
  const names = ownedBy("StatefulSet").map(({ metadata }) => metadata.name);
  const { replicas = 0, ordinals } = set?.spec ?? {};
  const wanted = Array.from({ length: replicas }, (_, i) => `web-${(ordinals?.start ?? 0) + i}`);
  // One that finds no node holds up those after it, and those that are to go.
  const isStuck = ownedBy("StatefulSet").some(({ status }) => status?.phase !== "Running");
  if (!isStuck) expect(names.sort()).toEqual(wanted);
});
