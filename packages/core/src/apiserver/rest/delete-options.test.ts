import { TestApiServer } from "@kubenetsim/testing/api-server";
import { describe, expect, it } from "vitest";

const maps = "/api/v1/namespaces/default/configmaps";
const pods = "/api/v1/namespaces/default/pods";
const node = { metadata: { name: "n1" }, spec: { podCIDR: "10.0.1.0/24", podCIDRs: ["10.0.1.0/24"] } };
const unsafe = "ignoreStoreReadErrorWithClusterBreakingPotential";
const into = "json: cannot unmarshal";

function withPod(): TestApiServer {
  const api = new TestApiServer();
  api.ask("POST", "/api/v1/nodes", node);
  const spec = { nodeName: "n1", containers: [{ name: "a", image: "b" }] };
  expect(api.ask("POST", pods, { metadata: { name: "p" }, spec }).code).toBe(201);
  return api;
}

// The answers are the real control plane's.
describe("options of a deletion", () => {
  it.each([
    ['{"dryRun":"All"}', 400, `${into} string into Go struct field DeleteOptions.dryRun of type []string`],
    ['{"dryRun":{}}', 400, `${into} object into Go struct field DeleteOptions.dryRun of type []string`],
    ['{"dryRun":[1]}', 400, `${into} number into Go struct field DeleteOptions.dryRun of type string`],
    ['{"preconditions":"x"}', 400, `${into} string into Go struct field DeleteOptions.preconditions of type v1.Precon`],
    [
      '{"preconditions":{"uid":5}}',
      400,
      `${into} number into Go struct field Preconditions.preconditions.uid of type t`,
    ],
    [
      '{"preconditions":{"resourceVersion":7}}',
      400,
      `${into} number into Go struct field Preconditions.preconditions.r`,
    ],
    [
      "[]",
      400,
      "couldn't get version/kind; json parse error: json: cannot unmarshal array into Go value of type struct",
    ],
    [
      "3",
      400,
      "couldn't get version/kind; json parse error: json: cannot unmarshal number into Go value of type struct",
    ],
    [
      '{"gracePeriodSeconds":1.5}',
      400,
      `${into} number 1.5 into Go struct field DeleteOptions.gracePeriodSeconds of ty`,
    ],
    ['{"gracePeriodSeconds":1e30}', 400, `${into} number 1e`],
    [`{"${unsafe}":"x"}`, 400, `${into} string into Go struct field DeleteOptions.${unsafe} of type bool`],
    [`{"gracePeriodSeconds":1,"${unsafe}":true}`, 422, "cannot be set together with .gracePeriodSeconds"],
    ['{"kind":"Foo"}', 400, 'no kind "Foo" is registered for version "meta.k8s.io/v1"'],
  ])("that are none delete nothing: %s", (body, code, message) => {
    const api = new TestApiServer();
    api.ask("POST", maps, { metadata: { name: "c", labels: { a: "b" } } });
    for (const url of [`${maps}/c`, `${maps}?labelSelector=a`]) {
      const told = api.ask("DELETE", url, body);
      expect([told.code, (told.body as unknown as { message: string }).message]).toEqual([
        code,
        expect.stringContaining(message),
      ]);
    }
    expect(api.state.tables.ConfigMap.has("default/c")).toBe(true);
  });

  it("let nobody delete what can be read as if it could not", () => {
    const api = new TestApiServer();
    api.ask("POST", maps, { metadata: { name: "c" } });
    for (const one of [
      api.ask("DELETE", `${maps}/c`, { [unsafe]: true }),
      api.ask("DELETE", `${maps}/c?${unsafe}=1`),
    ]) {
      expect(one).toMatchObject({
        code: 409,
        body: {
          message: expect.stringMatching(/unsafe deletion is not allowed because the object is decodable from st/),
        },
      });
    }
    expect(api.ask("DELETE", maps, { [unsafe]: true })).toMatchObject({
      code: 422,
      body: {
        message: expect.stringMatching(/is not allowed with DELETECOLLECTION, try again after removing the option$/),
      },
    });
    expect(api.state.tables.ConfigMap.has("default/c")).toBe(true);
  });

  it("may be of any group, and have fields that there are not", () => {
    for (const body of ['{"apiVersion":"apps/v2","kind":"DeleteOptions"}', '{"foo":1}', '{"metadata":{}}', "null"]) {
      const api = new TestApiServer();
      api.ask("POST", maps, { metadata: { name: "c" } });
      expect(api.ask("DELETE", `${maps}/c`, body).code).toBe(200);
    }
  });
});

describe("an eviction", () => {
  it.each([
    [
      { metadata: { name: "p" }, deleteOptions: { dryRun: "All" } },
      400,
      /^Eviction in version "v1" cannot be handled as/,
    ],
    [
      { metadata: { name: "p" }, deleteOptions: 5 },
      400,
      /into Go struct field Eviction.deleteOptions of type v1.DeleteOpt/,
    ],
    [{ metadata: { name: "p" }, deleteOptions: { [unsafe]: true } }, 422, /can not be set for pod eviction/],
    [{ metadata: { name: "p", namespace: "x" } }, 400, /^the namespace of the provided object does not match/],
    [{ metadata: { name: "q" } }, 400, /^name in URL does not match name in Eviction object$/],
    [{ kind: "Pod", apiVersion: "v1", metadata: { name: "p" } }, 400, /converting \(v1.Pod\) to \(policy.Eviction\)/],
  ])("that is none leaves the Pod: %j", (body, code, message) => {
    const api = withPod();
    const { revision } = api.state;
    const told = api.ask("POST", `${pods}/p/eviction`, body);
    expect([told.code, (told.body as unknown as { message: string }).message]).toEqual([
      code,
      expect.stringMatching(message),
    ]);
    expect(api.state.revision).toBe(revision);
  });

  it("that is tried only leaves the Pod, too", () => {
    const api = withPod();
    const { revision } = api.state;
    const body = { metadata: { name: "p" } };
    expect(api.ask("POST", `${pods}/p/eviction?dryRun=All`, body).code).toBe(201);
    expect(api.ask("POST", `${pods}/p/eviction`, { ...body, deleteOptions: { dryRun: ["All"] } }).code).toBe(201);
    expect(api.state.revision).toBe(revision);
    const unknown = api.ask("POST", `${pods}/p/eviction`, { ...body, apiVersion: "policy/v1beta1", foo: 1 });
    expect([unknown.code, unknown.warnings]).toEqual([201, ['unknown field "foo"']]);
    expect(api.state.tables.Pod.get("default/p")?.metadata.deletionTimestamp).toBeDefined();
  });
});

describe("a Pod that has ended", () => {
  it.each(["Failed", "Succeeded"])("is given no time when it is deleted: %s", (phase) => {
    const api = withPod();
    const merge = { "content-type": "application/merge-patch+json" };
    expect(api.ask("PATCH", `${pods}/p/status`, { status: { phase } }, merge).code).toBe(200);
    expect(api.ask("DELETE", `${pods}/p`).code).toBe(200);
    expect(api.state.tables.Pod.has("default/p")).toBe(false);
  });
});

describe("propagation", () => {
  it("takes the place of what an earlier deletion asked for", () => {
    const api = new TestApiServer();
    const finalizers = ["example.com/held"];
    api.ask("POST", maps, { metadata: { name: "c", finalizers } });
    const remaining = (propagationPolicy: string): unknown => {
      api.ask("DELETE", `${maps}/c`, { propagationPolicy });
      return api.state.tables.ConfigMap.get("default/c")?.metadata.finalizers;
    };
    expect(remaining("Orphan")).toEqual([...finalizers, "orphan"]);
    expect(remaining("Foreground")).toEqual([...finalizers, "foregroundDeletion"]);
    expect(remaining("Background")).toEqual(finalizers);
  });
});
