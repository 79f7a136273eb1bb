import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { applyYaml } from "../apiserver/apply.ts";
import { emptyState } from "../apiserver/empty-state.ts";
import { virtualClock } from "../runtime/clock.ts";
import { seededRandom } from "../runtime/random.ts";
import { settle } from "./settle.ts";

setFlagsFromString("--allow-natives-syntax");
const haveSameShape = runInNewContext("(a, b) => %HaveSameMap(a, b)") as (a: object, b: object) => boolean;
// It is compiled when it is called first.
haveSameShape({}, {});
setFlagsFromString("--no-allow-natives-syntax");

const context = { random: seededRandom("1"), clock: virtualClock() };

function objectsOf(i: number): object[] {
  const metadata = { name: `web-${i}`, uid: `uid-${i}`, labels: { app: `web-${i}` } };
  const conditions = [{ type: "Ready", status: "True" }];
  return [
    { apiVersion: "v1", kind: "Node", metadata: { name: `n${i}` }, status: { conditions } },
    { apiVersion: "v1", kind: "Service", metadata, spec: { selector: metadata.labels, ports: [{ port: 80 }] } },
    {
      apiVersion: "v1",
      kind: "Pod",
      metadata,
      spec: { nodeName: `n${i}`, containers: [{ name: "c", image: `web:${i}` }] },
      status: { phase: "Running", podIP: `10.0.0.${i}`, podIPs: [{ ip: `10.0.0.${i}` }], conditions },
    },
  ];
}

/** Where two objects are of different hidden classes, all the way down. */
function differences(a: unknown, b: unknown, path: string): string[] {
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return [];
  const own = haveSameShape(a, b) ? [] : [path];
  const below = Object.entries(b).flatMap(([key, value]) =>
    differences((a as Record<string, unknown>)[key], value, `${path}.${key}`),
  );
  return [...own, ...below];
}

test("stored objects of a kind have one hidden class, not each its own", () => {
  const text = Array.from({ length: 40 }, (_, i) => objectsOf(i + 1))
    .flat()
    .map((object) => `${JSON.stringify(object)}\n`)
    .join("");
  const { state } = settle(applyYaml(emptyState(), text, "f", context).state, context);
  for (const kind of ["Node", "Service", "Pod", "Endpoints", "EndpointSlice"] as const) {
    const [one, other] = (state.tables[kind].values() as readonly object[]).slice(-2);
    expect(differences(one, other, kind)).toEqual([]);
  }
});
