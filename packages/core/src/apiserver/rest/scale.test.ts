import { TestApiServer } from "@kubenetsim/testing/api-server";
import { beforeEach, describe, expect, it } from "vitest";
import type { Deployment } from "../../model/pod.ts";
import type { ManagedFieldsEntry } from "../managed-fields/managers.ts";

const deployments = "/apis/apps/v1/namespaces/default/deployments";
const scale = `${deployments}/d1/scale`;
const patchType = (type: string) => ({ "content-type": `application/${type}` });
const json = patchType("json-patch+json");
const merge = patchType("merge-patch+json");
const strategic = patchType("strategic-merge-patch+json");
const apply = patchType("apply-patch+yaml");

interface Answer {
  readonly message: string;
  readonly spec: { readonly replicas?: number };
}

// Every answer here is the real control plane's.
describe("a scale", () => {
  let api: TestApiServer;
  const ask = (method: string, url: string, body: unknown, headers = {}) => {
    const { code, body: answer, warnings } = api.ask(method, url, body, { "user-agent": "x", ...headers });
    return { code, warnings, ...(answer as unknown as Answer) };
  };
  const stored = () => api.state.tables.Deployment.get("default/d1") as Deployment;
  const owners = () =>
    ((stored().metadata.managedFields ?? []) as readonly ManagedFieldsEntry[])
      .filter(({ fieldsV1 }) => fieldsV1?.["f:spec"]?.["f:replicas"] !== undefined)
      .map(({ manager, operation, apiVersion, subresource, time }) =>
        [manager, operation, apiVersion, subresource ?? "-", time === undefined ? "timeless" : "timed"].join(" "),
      );

  beforeEach(() => {
    api = new TestApiServer();
    const labels = { a: "b" };
    const template = { metadata: { labels }, spec: { containers: [{ name: "c", image: "i" }] } };
    const spec = { paused: true, replicas: 2, selector: { matchLabels: labels }, template };
    api.ask("POST", deployments, { metadata: { name: "d1" }, spec }, { "user-agent": "x" });
  });

  it("is what a JSON patch sees", () => {
    const generation = stored().metadata.generation;
    expect(ask("PATCH", scale, [{ op: "replace", path: "/spec/template/x", value: "y" }], json).code).toBe(422);
    for (const [path, value] of [
      ["/kind", "Scale"],
      ["/status/selector", "a=b"],
    ]) {
      expect(ask("PATCH", scale, [{ op: "test", path, value }], json).code).toBe(200);
    }
    expect(stored().metadata.generation).toBe(generation);
    expect(ask("PATCH", scale, [{ op: "replace", path: "/spec/replicas", value: 3 }], json).spec.replicas).toBe(3);
  });

  it.each([
    ["merge", merge],
    ["strategic merge", strategic],
  ])("changes by a %s patch in nothing but its replicas", (_, type) => {
    const told = ask("PATCH", scale, { spec: { paused: false, replicas: 4 }, metadata: { labels: { x: "y" } } }, type);
    expect([told.code, told.warnings]).toEqual([200, ['unknown field "spec.paused"']]);
    expect(stored()).toMatchObject({ spec: { paused: true, replicas: 4 } });
    expect(stored().metadata).not.toHaveProperty("labels");
    expect(ask("PATCH", `${scale}?fieldValidation=Strict`, { spec: { paused: false } }, type).code).toBe(422);
    expect(ask("PATCH", scale, { spec: { replicas: -1 } }, type)).toMatchObject({
      code: 422,
      message:
        'Scale.autoscaling "d1" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0',
    });
    expect(stored().spec.replicas).toBe(4);
  });

  it("passes the ownership of the replicas on", () => {
    expect(owners()).toEqual(["x Update apps/v1 - timed"]);
    ask("PUT", `${scale}?fieldManager=me`, { metadata: { name: "d1" }, spec: { replicas: 3 } });
    expect(owners()).toEqual(["me Update apps/v1 scale timeless"]);
    ask("PUT", `${scale}?fieldManager=other`, { metadata: { name: "d1" }, spec: { replicas: 3 } });
    expect(owners()).toEqual(["me Update apps/v1 scale timeless"]);
    ask("PATCH", `${scale}?fieldManager=other`, { spec: { replicas: 0 } }, merge);
    expect(owners()).toEqual([]);
  });

  it("is applied", () => {
    const config = { kind: "Scale", apiVersion: "autoscaling/v1", spec: { replicas: 4 } };
    expect(ask("PATCH", `${scale}?fieldManager=ap`, config, apply)).toMatchObject({
      code: 409,
      message: 'Apply failed with 1 conflict: conflict with "x" using autoscaling/v1: .spec.replicas',
    });
    expect(stored().spec.replicas).toBe(2);
    expect(ask("PATCH", `${scale}?fieldManager=ap&force=true`, config, apply).spec.replicas).toBe(4);
    expect(owners()).toEqual(["ap Apply apps/v1 scale timeless"]);
    expect(ask("PATCH", `${scale}?fieldManager=ap`, { kind: "Deployment", apiVersion: "apps/v1" }, apply).code).toBe(
      400,
    );
  });

  it.each([
    [{ metadata: { name: "d1", uid: "x" } }, 409, /StorageError: invalid object.*UID in precondition: x/],
    [{ metadata: { name: "d1" }, spec: { foo: 1 } }, 400, /strict decoding error: unknown field "spec.foo"$/],
    [{ metadata: { name: "d1" }, spec: { replicas: 1.5 } }, 400, /number 1.5 into Go struct field ScaleSpec.spec.repl/],
    [
      { kind: "Deployment", apiVersion: "apps/v1", metadata: { name: "d1" } },
      400,
      /^Deployment in version "v1" cannot be handled as a Scale: converting \(v1.Deployment\) to \(autoscaling.Scale\)/,
    ],
  ])("refuses to be replaced by %j", (body, code, message) => {
    const told = ask("PUT", `${scale}?fieldValidation=Strict`, body);
    expect([told.code, told.message]).toEqual([code, expect.stringMatching(message)]);
    expect(stored().spec.replicas).toBe(2);
  });

  it("is answered in the form that is asked for, and written in none that there is not", () => {
    const as = (shape: string) => ({ accept: `application/json;as=${shape};g=meta.k8s.io;v=v1` });
    const rows = [{ cells: ["d1", 3, 0, expect.any(String)] }];
    const body = { metadata: { name: "d1" }, spec: { replicas: 3 } };
    expect(ask("PUT", scale, body, as("Table"))).toMatchObject({ kind: "Table", rows });
    const metadata = { name: "d1", namespace: "default", uid: expect.any(String), resourceVersion: expect.any(String) };
    expect(ask("PATCH", scale, {}, { ...merge, ...as("PartialObjectMetadata") })).toMatchObject({
      kind: "PartialObjectMetadata",
      metadata: { ...metadata, creationTimestamp: expect.any(String) },
    });
    expect(ask("PUT", scale, { ...body, spec: { replicas: 9 } }, { accept: "text/html" }).code).toBe(406);
    expect(stored().spec.replicas).toBe(3);
  });
});
