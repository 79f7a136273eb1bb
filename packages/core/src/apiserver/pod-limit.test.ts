import { describe, expect, test } from "vitest";
import { virtualClock } from "../runtime/clock.ts";
import { UnsupportedError } from "../runtime/errors.ts";
import { seededRandom } from "../runtime/random.ts";
import { type ApplyResult, applyYaml } from "./apply.ts";
import type { ClusterState } from "./cluster-state.ts";
import { emptyState } from "./empty-state.ts";
import { podLimit } from "./pod-limit.ts";

const apply = (state: ClusterState, text: string): ApplyResult =>
  applyYaml(state, text, "f.yaml", { random: seededRandom("1"), clock: virtualClock() });

describe("replicas", () => {
  const workload = (kind: string, name: string, replicas: number): string =>
    `apiVersion: apps/v1\nkind: ${kind}\nmetadata: {name: ${name}}\nspec:\n  selector: {matchLabels: {app: a}}\n` +
    `  replicas: ${replicas}\n  template: {metadata: {labels: {app: a}}, spec: {containers: [{name: c, image: i}]}}\n---\n`;
  const unsupported = (state: ClusterState, text: string): UnsupportedError => {
    try {
      apply(state, text);
    } catch (error) {
      if (error instanceof UnsupportedError) return error;
      throw error;
    }
    throw new Error("it was accepted");
  };

  test.each(["Deployment", "ReplicaSet"])("of a %s beyond what a cluster holds are refused at once", (kind) => {
    const error = unsupported(emptyState(), workload(kind, "small", 3) + workload(kind, "big", 2_000_000_000));
    expect(error.message).toContain(`${kind} default/big with 2000000000 replicas is not modelled`);
    expect(error.message).toContain(String(podLimit));
    expect(error.position).toEqual({ source: "f.yaml", line: 14, column: 3 });
  });

  test("count together; a ReplicaSet of a Deployment that is there counts with it", () => {
    const { state } = apply(emptyState(), workload("Deployment", "a", podLimit - 1) + workload("ReplicaSet", "b", 1));
    expect(unsupported(state, workload("ReplicaSet", "b", 2)).message).toContain(`${podLimit + 1} are asked for`);
    const owner = "[{apiVersion: apps/v1, kind: Deployment, name: a, uid: u, controller: true}]";
    const owned = workload("ReplicaSet", "a-1", 5).replace("{name: a-1}", `{name: a-1, ownerReferences: ${owner}}`);
    expect(apply(state, owned).state.tables.ReplicaSet.size).toBe(2);
    expect(unsupported(state, owned.replace(" 5", " 2000000000")).message).toContain("ReplicaSet default/a-1");
  });
});
