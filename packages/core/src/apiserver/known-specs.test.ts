import { fc, test as propertyTest } from "@fast-check/vitest";
import { expect, test } from "vitest";
import type { Pod } from "../model/pod.ts";
import { virtualClock } from "../runtime/clock.ts";
import { StatusError } from "../runtime/errors.ts";
import { seededRandom } from "../runtime/random.ts";
import { applyYaml } from "./apply.ts";
import type { ClusterState } from "./cluster-state.ts";
import { emptyState } from "./empty-state.ts";
import { stateToJson } from "./state-json.ts";

const context = () => ({ random: seededRandom("1"), clock: virtualClock(5000) });

const port = { containerPort: 80 };
const limits = { cpu: "1", memory: "1Gi" };
const container = fc.constantFrom<object>(
  { name: "c", image: "web:1" },
  { image: "web:1", name: "c" },
  { name: "c", image: "web:1", ports: [port], resources: { limits } },
  { name: "c", image: "web:1", ports: [port, port], resources: { limits, requests: { cpu: "0.5" } } },
  { name: "c", image: "web", livenessProbe: { httpGet: { port: 80 } }, volumeMounts: [{ name: "v", mountPath: "/v" }] },
  { name: "C", image: "web:1" },
);
const own = fc.record(
  { nodeName: fc.constantFrom<unknown>("n1", "n2", "", null, "Not A Name", 3) },
  { requiredKeys: [] },
);
const rest = fc.record(
  {
    hostNetwork: fc.constantFrom(true, false),
    volumes: fc.constantFrom<object[]>(
      [{ name: "v" }],
      [
        { name: "v", emptyDir: {} },
        { name: "w", gitRepo: { repository: "r" } },
      ],
      [{ name: "v", ephemeral: { volumeClaimTemplate: { spec: { accessModes: ["ReadWriteOnce"] } } } }],
    ),
    tolerations: fc.constantFrom([], [{ operator: "Exists" }]),
    terminationGracePeriodSeconds: fc.constantFrom(0, 30, -1),
  },
  { requiredKeys: [] },
);
const pod = fc
  .record({
    name: fc.constantFrom("a", "b", "c", "d", "e", "f", "G", `${"long-".repeat(50)}end`),
    annotations: fc.constantFrom<object>({}, { "security.alpha.kubernetes.io/sysctls": "x" }),
    status: fc.constantFrom<object>({}, { podIP: "10.0.0.1" }, { podIPs: [{ ip: "010.0.0.1" }] }),
    container,
    own,
    rest,
    isOwnFirst: fc.boolean(),
  })
  .map(({ name, annotations, status, container: one, own: place, rest: others, isOwnFirst }) => {
    const spec = isOwnFirst ? { ...place, containers: [one], ...others } : { containers: [one], ...others, ...place };
    return JSON.stringify({ apiVersion: "v1", kind: "Pod", metadata: { name, annotations }, status, spec });
  });

/** What becomes of the texts, each of which is applied, until one is refused. */
function outcome(texts: readonly string[]) {
  let state: ClusterState = emptyState();
  const said: unknown[] = [];
  try {
    for (const text of texts) {
      const applied = applyYaml(state, text, "f", context());
      state = applied.state;
      said.push(...applied.warnings.map(({ message, object, position }) => [message, object, position?.column]));
    }
    return { state: JSON.stringify(stateToJson(state)), said, refused: undefined };
  } catch (reason) {
    if (!(reason instanceof StatusError)) throw reason;
    return { state: undefined, said: undefined, refused: [reason.message, reason.position?.column, reason.hint] };
  }
}

propertyTest.prop([fc.array(pod, { maxLength: 8 })], { numRuns: 200 })(
  "Pods that are applied together become what each becomes by itself",
  (texts) => {
    // One that is refused hides the others.
    const taken = texts.filter((text) => outcome([text]).refused === undefined);
    for (const all of [texts, taken]) {
      expect(outcome([all.map((text) => `${text}\n`).join("")])).toEqual(outcome(all));
    }
  },
);

test("Pods of one template share what is stored of it", () => {
  const text = (name: string, nodeName: string, image: string): string =>
    `${JSON.stringify({ apiVersion: "v1", kind: "Pod", metadata: { name }, spec: { nodeName, containers: [{ name: "c", image }] } })}\n`;
  const { state } = applyYaml(
    emptyState(),
    text("a", "n1", "web:1") + text("b", "n2", "web:1") + text("c", "n1", "web:2"),
    "f",
    context(),
  );
  const spec = (name: string): Pod["spec"] => state.tables.Pod.get(`default/${name}`)!.spec;
  expect(spec("b").nodeName).toBe("n2");
  expect(spec("b").containers).toBe(spec("a").containers);
  expect(spec("c").containers).not.toBe(spec("a").containers);
});

test("a specification whose claims are called after the Pod is judged for each", () => {
  const claim = { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } };
  const volumes = [{ name: "v", ephemeral: { volumeClaimTemplate: { spec: claim } } }];
  const text = (name: string): string =>
    `${JSON.stringify({ apiVersion: "v1", kind: "Pod", metadata: { name }, spec: { nodeName: "n", containers: [{ name: "c", image: "web:1" }], volumes } })}\n`;
  const long = `${"long-".repeat(50)}end`;
  const refused = outcome([text(long)]).refused!;
  expect(outcome([text("a")]).refused).toBeUndefined();
  expect(outcome([text("a") + text(long)]).refused?.[0]).toBe(refused[0]);
});

test("what stands side by side shares what it says alike", () => {
  const text = (name: string, podIP: string): string =>
    `${JSON.stringify({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name, labels: { app: "web" } },
      spec: { containers: [{ name, image: "web:1", ports: [port] }] },
      status: { podIP, conditions: [{ type: "Ready", status: "True" }] },
    })}\n`;
  const { state } = applyYaml(emptyState(), text("a", "10.0.0.1") + text("b", "10.0.0.2"), "f", context());
  const [a, b] = state.tables.Pod.values() as [Pod, Pod];
  expect(b.metadata.labels).toBe(a.metadata.labels);
  expect(b.status!.conditions).toBe(a.status!.conditions);
  expect(b.spec.containers[0]!.ports).toBe(a.spec.containers[0]!.ports);
  expect([b.metadata.name, b.status!.podIP, b.spec.containers[0]!.name]).toEqual(["b", "10.0.0.2", "b"]);
});
