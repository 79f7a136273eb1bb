import { TestApiServer } from "@kubenetsim/testing/api-server";
import { describe, expect, it } from "vitest";
import { virtualClock } from "../../runtime/clock.ts";
import { seededRandom } from "../../runtime/random.ts";
import { applyYaml } from "../apply.ts";
import { emptyState } from "../empty-state.ts";

const context = { random: seededRandom("kinds"), clock: virtualClock() };

function applied(text: string): ReturnType<typeof applyYaml> {
  return applyYaml(emptyState(), text, "text.yaml", context);
}

// The refusals are those of a real API server for the same texts.
describe("an Event", () => {
  const event = (fields: string): string => `{apiVersion: v1, kind: Event, metadata: {name: e}, ${fields}}`;

  it("is where its object is", () => {
    expect(() => applied(event("involvedObject: {kind: Pod, name: web-0, namespace: other}"))).toThrow(
      'Event "e" is invalid: involvedObject.namespace: Invalid value: "other": does not match event.namespace',
    );
    expect(applied(event("involvedObject: {kind: Node, name: n1}")).state.tables.Event.size).toBe(1);
  });

  it("is judged before its name", () => {
    expect(() => applied("{apiVersion: v1, kind: Event, metadata: {}, involvedObject: {namespace: other}}")).toThrow(
      'Event "" is invalid: involvedObject.namespace: Invalid value: "other": does not match event.namespace',
    );
    expect(() => applied("{apiVersion: v1, kind: Event, metadata: {}}")).toThrow(/name or generateName is required/);
  });

  it("with a time says more", () => {
    expect(() => applied(event('eventTime: "2026-01-01T00:00:00.123456Z", reportingComponent: a.b/c'))).toThrow(
      'Event "e" is invalid: [reportingInstance: Required value, action: Required value, reason: Required value]',
    );
    expect(() => applied(event('eventTime: "2026-01-01T00:00:00Z"'))).toThrow(/2006-01-02T15:04:05\.000000Z07:00/);
  });
});

describe("a ServiceAccount", () => {
  it("keeps the names of its Secrets alone", () => {
    const { state } = applied(
      "{apiVersion: v1, kind: ServiceAccount, metadata: {name: robot}, secrets: [{name: a, namespace: b}]}",
    );
    expect(state.tables.ServiceAccount.get("default/robot")?.secrets).toEqual([{ name: "a" }]);
  });

  it("warns of an annotation that is to go", () => {
    const annotations = '{kubernetes.io/enforce-mountable-secrets: "true"}';
    const text = `{apiVersion: v1, kind: ServiceAccount, metadata: {name: robot, annotations: ${annotations}}}`;
    expect(applied(text).warnings.map(({ message }) => message)).toEqual([
      "metadata.annotations[kubernetes.io/enforce-mountable-secrets]: deprecated in v1.32+; prefer separate namespaces to isolate access to mounted secrets",
    ]);
  });
});

describe("a Namespace", () => {
  it("is refused without a name", () => {
    const { code, body } = new TestApiServer().ask("POST", "/api/v1/namespaces", {});
    expect([code, (body as { message: string }).message]).toEqual([
      422,
      'Namespace "" is invalid: metadata.name: Required value: name or generateName is required',
    ]);
  });

  it("has its label when it has drawn its name", () => {
    const { body } = new TestApiServer().ask("POST", "/api/v1/namespaces", { metadata: { generateName: "a-" } });
    const { metadata } = body as unknown as { metadata: { name: string; labels: Record<string, string> } };
    expect(metadata.labels).toEqual({ "kubernetes.io/metadata.name": metadata.name });
  });
});
