import { TestApiServer } from "@kubenetsim/testing/api-server";
import { describe, expect, it } from "vitest";

const maps = "/api/v1/namespaces/default/configmaps";
const pods = "/api/v1/namespaces/default/pods";
const deployments = "/apis/apps/v1/namespaces/default/deployments";

const podSpec = { containers: [{ name: "a", image: "b" }] };
const node = { metadata: { name: "n1" }, spec: { podCIDR: "10.0.1.0/24", podCIDRs: ["10.0.1.0/24"] } };

function withPod(name: string, spec: object): TestApiServer {
  const api = new TestApiServer();
  api.ask("POST", "/api/v1/nodes", node);
  expect(api.ask("POST", pods, { metadata: { name }, spec: { ...podSpec, ...spec } }).code).toBe(201);
  return api;
}

interface Meta {
  readonly metadata: {
    readonly deletionTimestamp?: string;
    readonly deletionGracePeriodSeconds?: number;
    readonly generation?: number;
    readonly finalizers?: readonly string[];
    readonly resourceVersion?: string;
  };
}

/** When it ends, after how long, its generation. */
function ending({ body }: { body: unknown }) {
  const { deletionTimestamp, deletionGracePeriodSeconds, generation } = (body as Meta).metadata;
  return [deletionTimestamp, deletionGracePeriodSeconds, generation];
}

describe("a deletion", () => {
  it("answers a Status, or the object where the kind answers it", () => {
    const api = new TestApiServer();
    const { uid } = (
      api.ask("POST", maps, { metadata: { name: "c1" } }).body as unknown as { metadata: { uid: string } }
    ).metadata;
    expect(api.ask("DELETE", `${maps}/c1`).body).toEqual({
      kind: "Status",
      apiVersion: "v1",
      metadata: {},
      status: "Success",
      details: { name: "c1", kind: "configmaps", uid },
    });
    expect(api.ask("DELETE", `${maps}/c1`)).toMatchObject({
      code: 404,
      body: { message: 'configmaps "c1" not found' },
    });
    const services = "/api/v1/namespaces/default/services";
    api.ask("POST", services, { metadata: { name: "web" }, spec: { ports: [{ port: 80 }] } });
    expect(api.ask("DELETE", `${services}/web`).body).toMatchObject({
      kind: "Service",
      metadata: { name: "web", resourceVersion: String(api.state.revision) },
    });
  });

  it("gives a Pod that runs its time, which may be shortened and not lengthened", () => {
    const api = withPod("p1", { nodeName: "n1" });
    expect(ending(api.ask("DELETE", `${pods}/p1`))).toEqual(["2026-01-01T00:00:30Z", 30, 2]);
    expect(ending(api.ask("DELETE", `${pods}/p1`, { gracePeriodSeconds: 50 }))).toEqual([
      "2026-01-01T00:00:30Z",
      30,
      2,
    ]);
    expect(ending(api.ask("DELETE", `${pods}/p1?gracePeriodSeconds=5`))).toEqual(["2026-01-01T00:00:05Z", 5, 2]);
    expect(ending(api.ask("DELETE", `${pods}/p1`, { gracePeriodSeconds: 0 }))).toEqual(["2026-01-01T00:00:00Z", 0, 2]);
    expect(api.ask("GET", `${pods}/p1`).code).toBe(404);
  });

  it("lets the kubelet end a Pod when the cluster settles", () => {
    const api = withPod("p1", { nodeName: "n1" });
    const { events } = api.watching(`${pods}?watch=1`);
    api.ask("DELETE", `${pods}/p1`);
    api.settle();
    expect(events.map(({ type }) => type)).toEqual(["ADDED", "MODIFIED", "DELETED"]);
  });

  it("ends a Pod at once that runs nowhere", () => {
    const api = withPod("p1", {});
    expect(ending(api.ask("DELETE", `${pods}/p1`))).toEqual(["2026-01-01T00:00:00Z", 0, 2]);
    expect(api.ask("GET", `${pods}/p1`).code).toBe(404);
  });

  it("waits for finalizers, and is done with the last of them", () => {
    const api = new TestApiServer();
    api.ask("POST", maps, { metadata: { name: "c1", finalizers: ["a.b/c"] } });
    const marked = api.ask("DELETE", `${maps}/c1`).body as unknown as Meta;
    expect(marked.metadata).toMatchObject({ deletionGracePeriodSeconds: 0, finalizers: ["a.b/c"] });
    expect(api.ask("DELETE", `${maps}/c1`).body).toEqual(marked);
    expect(
      api.ask("PUT", `${maps}/c1`, { metadata: { name: "c1", finalizers: ["a.b/c", "d.e/f"] } }).body,
    ).toMatchObject({
      message:
        'ConfigMap "c1" is invalid: metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"d.e/f"}',
    });
    const last = api.ask("PUT", `${maps}/c1`, { metadata: { name: "c1" } }).body as unknown as Meta;
    expect(last.metadata.resourceVersion).toBe(marked.metadata.resourceVersion);
    expect(api.ask("GET", `${maps}/c1`).code).toBe(404);
  });

  it("holds to preconditions", () => {
    const api = new TestApiServer();
    api.ask("POST", maps, { metadata: { name: "c1" } });
    expect(api.ask("DELETE", `${maps}/c1`, { preconditions: { resourceVersion: "1" } })).toMatchObject({
      code: 409,
      body: {
        message: `Operation cannot be fulfilled on ConfigMap "c1": the ResourceVersion in the precondition (1) does not match the ResourceVersion in record (${api.state.revision}). The object might have been modified`,
        details: { name: "c1", kind: "ConfigMap" },
      },
    });
    expect(api.ask("DELETE", `${maps}/c1`, { dryRun: ["All"] }).code).toBe(200);
    expect(api.ask("GET", `${maps}/c1`).code).toBe(200);
  });

  it.each([
    [
      { propagationPolicy: "Foo" },
      'DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Unsupported value: "Foo": supported values: "Foreground", "Background", "Orphan", "nil"',
    ],
    [
      { propagationPolicy: "Orphan", orphanDependents: true },
      'DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Invalid value: "Orphan": orphanDependents and deletionPropagation cannot be both set',
    ],
    [
      { dryRun: ["Foo"] },
      'DeleteOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value: ["Foo"]: supported values: "All"',
    ],
    [
      { kind: "Foo", apiVersion: "v1" },
      'no kind "Foo" is registered for version "v1" in scheme "pkg/runtime/scheme.go:111"',
    ],
    [
      { gracePeriodSeconds: "x" },
      "json: cannot unmarshal string into Go struct field DeleteOptions.gracePeriodSeconds of type int64",
    ],
    [
      "{bad",
      "couldn't get version/kind; json parse error: invalid character 'b' looking for beginning of object key string",
    ],
  ])("refuses %j", (body, message) => {
    const api = new TestApiServer();
    api.ask("POST", maps, { metadata: { name: "c1" } });
    expect(api.ask("DELETE", `${maps}/c1`, body).body).toMatchObject({ message });
    expect(api.ask("GET", `${maps}/c1`).code).toBe(200);
  });
});

describe("a deletion of a collection", () => {
  it("takes what a list would give, and answers it", () => {
    const api = new TestApiServer();
    for (const name of ["c1", "c2", "c3"]) api.ask("POST", maps, { metadata: { name, labels: { n: name } } });
    const { body } = api.ask("DELETE", `${maps}?labelSelector=n!=c2`);
    expect(body).toMatchObject({
      kind: "ConfigMapList",
      items: [{ metadata: { name: "c1" } }, { metadata: { name: "c3" } }],
    });
    expect(api.ask("GET", maps).body).toMatchObject({ items: [{ metadata: { name: "c2" } }] });
    expect(api.ask("DELETE", "/api/v1/configmaps").code).toBe(405);
    expect(api.ask("DELETE", "/api/v1/namespaces").code).toBe(405);
  });
});

describe("what belongs to what is deleted", () => {
  const selector = { matchLabels: { app: "web" } };
  const template = { metadata: { labels: { app: "web" } }, spec: podSpec };
  const counts = (api: TestApiServer): number[] => [
    api.state.tables.Deployment.size,
    api.state.tables.ReplicaSet.size,
    api.state.tables.Pod.size,
  ];

  function deployed(): TestApiServer {
    const api = new TestApiServer();
    api.ask("POST", "/api/v1/nodes", node);
    api.ask("POST", deployments, { metadata: { name: "web" }, spec: { replicas: 2, selector, template } });
    api.settle();
    expect(counts(api)).toEqual([1, 1, 2]);
    return api;
  }

  it("follows it", () => {
    const api = deployed();
    api.ask("DELETE", `${deployments}/web`);
    expect(counts(api)).toEqual([0, 1, 2]);
    api.settle();
    expect(counts(api)).toEqual([0, 0, 0]);
  });

  it("goes before it", () => {
    const api = deployed();
    const { body } = api.ask("DELETE", `${deployments}/web?propagationPolicy=Foreground`);
    expect(body).toMatchObject({ metadata: { finalizers: ["foregroundDeletion"] } });
    const order: string[] = [];
    api.watch(({ kind, after }) => after === undefined && order.push(kind));
    api.settle();
    expect(counts(api)).toEqual([0, 0, 0]);
    expect(order.indexOf("ReplicaSet")).toBeLessThan(order.indexOf("Deployment"));
  });

  it("is left to itself", () => {
    const api = deployed();
    api.ask("DELETE", `${deployments}/web`, { propagationPolicy: "Orphan" });
    api.settle();
    expect(counts(api)).toEqual([0, 1, 2]);
    expect(api.state.tables.ReplicaSet.values()[0]!.metadata.ownerReferences).toBeUndefined();
  });

  it("goes with the last of its owners, whatever their kind", () => {
    const api = new TestApiServer();
    const owner = (name: string) => {
      const made = api.ask("POST", maps, { metadata: { name } }).body as unknown as { metadata: { uid: string } };
      return { apiVersion: "v1", kind: "ConfigMap", name, uid: made.metadata.uid };
    };
    const ownerReferences = [owner("c1"), owner("c2")];
    api.ask("POST", "/api/v1/namespaces/default/secrets", { metadata: { name: "s", ownerReferences } });
    api.settle();
    api.ask("DELETE", `${maps}/c1`);
    api.settle();
    expect(api.state.tables.Secret.get("default/s")?.metadata.ownerReferences).toEqual([ownerReferences[1]]);
    api.ask("DELETE", `${maps}/c2`);
    api.settle();
    expect(api.state.tables.Secret.size).toBe(0);
  });
});

describe("a Namespace", () => {
  it("is closed when it is deleted, emptied when the cluster settles, and gone when nothing holds it", () => {
    const api = new TestApiServer();
    api.ask("POST", "/api/v1/namespaces", { metadata: { name: "t1" } });
    const inside = "/api/v1/namespaces/t1/configmaps";
    api.ask("POST", inside, { metadata: { name: "held", finalizers: ["a.b/c"] } });
    api.ask("POST", inside, { metadata: { name: "free" } });
    const deleted = api.ask("DELETE", "/api/v1/namespaces/t1").body;
    expect(deleted).toMatchObject({ spec: { finalizers: ["kubernetes"] }, status: { phase: "Terminating" } });
    expect(ending({ body: deleted })).toEqual(["2026-01-01T00:00:00Z", undefined, undefined]);
    expect(api.ask("POST", inside, { metadata: { name: "late" } })).toMatchObject({
      code: 403,
      body: {
        message:
          'configmaps "late" is forbidden: unable to create new content in namespace t1 because it is being terminated',
        details: { causes: [{ reason: "NamespaceTerminating", field: "metadata.namespace" }] },
      },
    });
    api.settle();
    expect(api.ask("GET", inside).body).toMatchObject({ items: [{ metadata: { name: "held" } }] });
    api.ask("PUT", `${inside}/held`, { metadata: { name: "held" } });
    api.settle();
    expect(api.ask("GET", "/api/v1/namespaces/t1").code).toBe(404);
    expect(api.ask("DELETE", "/api/v1/namespaces/default").body).toMatchObject({
      message: 'namespaces "default" is forbidden: this namespace may not be deleted',
    });
  });
});
