import { describe, expect, test } from "vitest";
import { virtualClock } from "../../runtime/clock.ts";
import { StatusError } from "../../runtime/errors.ts";
import { seededRandom } from "../../runtime/random.ts";
import { applyYaml } from "../apply.ts";
import type { ClusterState } from "../cluster-state.ts";
import { emptyState } from "../empty-state.ts";

const context = () => ({ random: seededRandom("1"), clock: virtualClock() });
const service = (name: string, spec: string): string =>
  `apiVersion: v1\nkind: Service\nmetadata:\n  name: ${name}\nspec:\n${spec.replace(/^/gm, "  ")}\n`;
const plain = "ports:\n- port: 80";

function refusal(state: ClusterState, text: string): StatusError {
  try {
    applyYaml(state, text, "f.yaml", context());
  } catch (error) {
    if (error instanceof StatusError) return error;
    throw error;
  }
  throw new Error("it was accepted");
}

describe("a refusal of a field that was filled in points at the field that it came from", () => {
  const taken = applyYaml(emptyState(), service("a", `clusterIP: 10.96.0.50\n${plain}`), "a.yaml", context()).state;
  test.each([
    [`clusterIP: 10.96.0.50\n${plain}`, "spec.clusterIPs: ", 6],
    [`sessionAffinity: None\nclusterIPs: [10.96.0.50]\n${plain}`, "spec.clusterIPs: ", 7],
    [`clusterIP: nonsense\n${plain}`, "spec.clusterIPs", 6],
  ])("%j", (spec, message, line) => {
    const error = refusal(taken, service("b", spec));
    expect(error.message).toContain(message);
    expect(error.position).toEqual({ source: "f.yaml", line, column: 3 });
  });
});
