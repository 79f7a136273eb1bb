import { fc, test } from "@fast-check/vitest";
import { clusterObjects, cluster as clusters } from "@kubenetsim/testing";
import { expect, it } from "vitest";
import { Cluster } from "./cluster.ts";

/** A text in pieces of these sizes, again and again. */
function* cut(text: string, sizes: readonly number[]): Generator<string> {
  for (let at = 0, i = 0; at < text.length; at += sizes[i++ % sizes.length]!) {
    yield text.slice(at, at + sizes[i % sizes.length]!);
  }
}

const sizes = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 4 });

test.prop([clusters(), sizes], { numRuns: 15 })(
  "a cluster that comes in pieces is the one that comes at once, and one broken object keeps all of it out",
  (generated, pieces) => {
    const text = clusterObjects(generated)
      .map((object) => `${JSON.stringify(object)}\n`)
      .join("");
    const [atOnce, streamed] = [Cluster.create(), Cluster.create()];
    const before = streamed.state;
    for (const flaw of ["{", '{"apiVersion":"v1","kind":"Service","metadata":{"name":"A B"}}\n']) {
      expect(() => streamed.apply(() => cut(text + flaw, pieces))).toThrow();
      expect(streamed.state).toBe(before);
    }
    const changes = atOnce.apply(text).length;
    expect(streamed.apply(() => cut(text, pieces))).toHaveLength(changes);
    atOnce.settle();
    streamed.settle();
    const objectsOf = ({ state }: Cluster) => Object.values(state.tables).map((table) => table.values());
    expect(objectsOf(streamed)).toEqual(objectsOf(atOnce));
    for (const { metadata } of atOnce.list("Node")) {
      const [one, other] = [atOnce, streamed].map((lab) => String(lab.node(metadata.name).run("iptables-save")));
      expect(other).toBe(one);
    }
  },
  120_000,
);

const service = (name: string) =>
  `${JSON.stringify({ apiVersion: "v1", kind: "Service", metadata: { name }, spec: { ports: [{ port: 80 }] } })}\n`;

/** What others depend on comes last: so it is read again to find it, and again to apply it. */
const namespace = `${JSON.stringify({ apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } })}\n`;

it.each([
  ["one less", [service("a"), service("b"), namespace], [service("a"), namespace], "3 objects, then 2"],
  ["one more", [service("a"), namespace], [service("a"), service("b"), namespace], "2 objects, then 3"],
])("an input that gives %s object when it is read again changes nothing", (_, first, second, message) => {
  const lab = Cluster.create();
  const before = lab.state;
  const readings = [first, first, second].values();
  expect(() => lab.apply(() => readings.next().value!)).toThrow(`the input changed while it was read: ${message}`);
  expect(lab.state).toBe(before);
});
