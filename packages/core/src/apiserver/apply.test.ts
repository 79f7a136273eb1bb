import { fc, test as propertyTest } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import { virtualClock } from "../runtime/clock.ts";
import { StatusError } from "../runtime/errors.ts";
import { seededRandom } from "../runtime/random.ts";
import { type ApplyResult, applyYaml } from "./apply.ts";
import type { ClusterState } from "./cluster-state.ts";
import { emptyState } from "./empty-state.ts";
import { positionOf } from "./source-position.ts";
import { allocationsOf, restoreState, stateToJson } from "./state-json.ts";
import { deleteObject, putObject, updateObject } from "./write-object.ts";

const context = (seed = "1") => ({ random: seededRandom(seed), clock: virtualClock(5000) });
const apply = (state: ClusterState, text: string): ApplyResult => applyYaml(state, text, "f.yaml", context());
const service = (name: string, spec: string): string =>
  `apiVersion: v1\nkind: Service\nmetadata:\n  name: ${name}\nspec:\n${spec.replace(/^/gm, "  ")}\n`;
const plain = "ports:\n- port: 80";

function refusal(state: ClusterState, text: string): StatusError {
  try {
    apply(state, text);
  } catch (error) {
    if (error instanceof StatusError) return error;
    throw error;
  }
  throw new Error("it was accepted");
}

describe("apply", () => {
  test("creates, defaults and stamps; applying it again changes nothing", () => {
    const { state, changes } = apply(emptyState(), service("web", plain));
    const web = state.tables.Service.get("default/web")!;
    expect(web.spec).toMatchObject({ type: "ClusterIP", sessionAffinity: "None", internalTrafficPolicy: "Cluster" });
    expect(web.metadata).toMatchObject({
      resourceVersion: String(state.revision),
      creationTimestamp: "2026-01-01T00:00:05Z",
    });
    expect(changes).toMatchObject([{ kind: "Service", key: "default/web", before: undefined }]);
    expect(Object.isFrozen(web.spec.ports)).toBe(true);
    const again = apply(state, service("web", plain));
    expect(again.changes).toEqual([]);
    expect(again.state.tables.Service.get("default/web")).toBe(web);
  });

  test("a refused object stops the whole apply and leaves the state as it was", () => {
    const state = apply(emptyState(), service("a", plain)).state;
    const json = JSON.stringify(stateToJson(state));
    const error = refusal(state, `${service("b", plain)}---\n${service("c", "ports:\n- port: 0")}`);
    expect(error.message).toBe(
      'Service "c" is invalid: [spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive, spec.ports[0].targetPort: Invalid value: 0: must be between 1 and 65535, inclusive]',
    );
    expect(error.position).toEqual({ source: "f.yaml", line: 15, column: 5 });
    expect(JSON.stringify(stateToJson(state))).toBe(json);
    expect(state.tables.Service.has("default/b")).toBe(false);
    expect(apply(state, service("b", plain)).state.tables.Service.has("default/b")).toBe(true);
  });

  test("says where in the text an object's field stands", () => {
    const { state } = apply(emptyState(), `# shop\n---\n${service("web", plain)}`);
    expect(positionOf(state, "Service", "default/web", ["spec", "ports", 0, "port"])).toEqual({
      source: "f.yaml",
      line: 9,
      column: 5,
    });
    expect(positionOf(state, "Service", "default/kubernetes", ["spec"])).toBeUndefined();
  });

  test("the same seed gives the same bytes", () => {
    const run = (seed: string): string =>
      JSON.stringify(
        stateToJson(applyYaml(emptyState(), service("web", `type: NodePort\n${plain}`), "f", context(seed)).state),
      );
    expect(run("x")).toBe(run("x"));
    expect(run("x")).not.toBe(run("y"));
  });
});

describe("what the API server refuses to read", () => {
  test("an unknown field, with a hint", () => {
    const error = refusal(emptyState(), service("web", "prots:\n- port: 80"));
    expect(error).toMatchObject({
      reason: "BadRequest",
      code: 400,
      hint: "did you mean ports?",
      position: { line: 6, column: 3 },
    });
    expect(error.message).toContain('strict decoding error: unknown field "spec.prots"');
  });

  test("a wrong type, with a hint", () => {
    const error = refusal(emptyState(), service("web", 'ports:\n- port: "80"'));
    expect(error.message).toContain(
      "json: cannot unmarshal string into Go struct field ServicePort.spec.ports.port of type int32",
    );
    expect(error).toMatchObject({ hint: "write the number without quotes", position: { line: 7, column: 5 } });
  });

  test("an unknown kind or version", () => {
    expect(refusal(emptyState(), "apiVersion: v1\nkind: Servce\nmetadata: {name: a}\n")).toMatchObject({
      message: 'no matches for kind "Servce" in version "v1"',
      position: { line: 2, column: 1 },
    });
    const old = refusal(emptyState(), "apiVersion: extensions/v1beta1\nkind: Deployment\n");
    expect(old).toMatchObject({
      message: 'no matches for kind "Deployment" in version "extensions/v1beta1"',
      hint: "write apiVersion: apps/v1",
    });
  });
});

describe("warnings", () => {
  test("kinds that are not modelled are said with what that means", () => {
    const yaml = (apiVersion: string, kind: string): string =>
      `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata:\n  name: a\n`;
    const { warnings, changes } = apply(
      emptyState(),
      [
        yaml("networking.k8s.io/v1", "NetworkPolicy"),
        yaml("v1", "LimitRange"),
        yaml("v1", "LimitRange"),
        yaml("kubeproxy.config.k8s.io/v1alpha1", "KubeProxyConfiguration"),
      ].join("---\n"),
    );
    expect(changes).toEqual([]);
    expect(warnings.map((warning) => warning.message)).toEqual([
      "NetworkPolicy is not modelled: traffic is not filtered by it (1 object skipped)",
      "LimitRange is not modelled: 2 objects skipped",
    ]);
    expect(warnings[0]!.position).toEqual({ source: "f.yaml", line: 2, column: 1 });
  });

  test("those of the API server, with the field's place", () => {
    const { warnings } = apply(
      emptyState(),
      service("web", `${plain}\nexternalIPs: [203.0.113.1]\ntrafficDistribution: PreferClose`),
    );
    expect(warnings).toEqual([
      {
        message: "spec.externalIPs is deprecated and may no longer be implemented in some clusters",
        object: "Service default/web",
        position: { source: "f.yaml", line: 8, column: 3 },
      },
      {
        message: 'spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"',
        object: "Service default/web",
        position: { source: "f.yaml", line: 9, column: 3 },
      },
    ]);
  });

  test("a namespace that is not there is made", () => {
    const text = service("web", plain).replace("name: web", "name: web\n  namespace: shop");
    const { state, warnings } = apply(emptyState(), text);
    expect(state.tables.Namespace.has("shop")).toBe(true);
    expect(warnings).toMatchObject([
      { message: 'namespace "shop" is not there; it has been created', position: { line: 5 } },
    ]);
    const declared = `${text}---\napiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n`;
    expect(apply(emptyState(), declared).warnings).toEqual([]);
  });
});

describe("allocation", () => {
  test("a small range fills up, the upper band first, and says so", () => {
    let state = emptyState({ serviceCIDRs: ["10.0.0.0/27"] });
    const addresses: number[] = [];
    for (let i = 0; i < 29; i++) {
      state = apply(state, service(`s${i}`, plain)).state;
      addresses.push(Number(state.tables.Service.get(`default/s${i}`)!.spec.clusterIP!.split(".")[3]));
    }
    expect(new Set(addresses).size).toBe(29);
    expect(Math.min(...addresses.slice(0, 14))).toBe(17);
    expect(refusal(state, service("more", plain))).toMatchObject({
      reason: "InternalError",
      message: 'Internal error occurred: failed to allocate a serviceIP for Service "more": range is full',
    });
    const less = deleteObject(state, "Service", "default/s3")!.state;
    expect(apply(less, service("more", plain)).state.tables.Service.has("default/more")).toBe(true);
  });

  test("more ranges may be added", () => {
    const full = emptyState({ serviceCIDRs: ["10.0.0.0/30"] });
    const one = apply(full, service("a", plain)).state;
    const extra =
      "apiVersion: networking.k8s.io/v1\nkind: ServiceCIDR\nmetadata: {name: extra}\nspec: {cidrs: [10.1.0.0/24]}\n";
    const { state } = apply(one, `${service("b", plain)}---\n${extra}`);
    expect(state.tables.Service.get("default/b")!.spec.clusterIP).toMatch(/^10\.1\.0\./);
  });

  test("the ServiceCIDR kubernetes of a manifest is what the API server was started with", () => {
    const cidr =
      "apiVersion: networking.k8s.io/v1\nkind: ServiceCIDR\nmetadata: {name: kubernetes}\nspec: {cidrs: [10.43.0.0/16]}\n";
    const { state } = apply(emptyState(), `${service("web", `clusterIP: 10.43.7.7\n${plain}`)}---\n${cidr}`);
    expect(state.tables.Service.get("default/kubernetes")!.spec.clusterIP).toBe("10.43.0.1");
    expect(state.tables.ServiceCIDR.get("kubernetes")!.metadata.finalizers).toEqual([
      "networking.k8s.io/service-cidr-finalizer",
    ]);
    expect(apply(state, cidr).changes).toEqual([]);
    expect(refusal(state, cidr.replace("43", "44")).message).toContain(
      'spec.cidrs[0]: Invalid value: "10.44.0.0/16": field is immutable',
    );
    expect(refusal(state, cidr.replace("10.43.0.0/16", "zz")).message).toContain(
      'spec.cidrs[0]: Invalid value: "zz": must be a valid CIDR value',
    );
  });

  test("node ports: TCP and UDP of one number share one; two Services cannot", () => {
    const dns = "type: NodePort\nports:\n- {name: a, port: 53}\n- {name: b, port: 53, protocol: UDP}";
    const { state } = apply(emptyState(), service("dns", dns));
    const [tcp, udp] = state.tables.Service.get("default/dns")!.spec.ports!;
    expect(tcp!.nodePort).toBe(udp!.nodePort);
    expect(tcp!.nodePort).toBeGreaterThanOrEqual(30086);
    const taken = refusal(state, service("b", `type: NodePort\nports:\n- {port: 80, nodePort: ${tcp!.nodePort}}`));
    expect(taken.message).toBe(
      `Service "b" is invalid: spec.ports[0].nodePort: Invalid value: ${tcp!.nodePort}: provided port is already allocated`,
    );
  });

  test("a range that is full is said with the place of the Service, and what helps", () => {
    const state = emptyState({ nodePortRange: { first: 30000, last: 30001 } });
    const port = (name: string): string => service(name, "type: NodePort\nports:\n- port: 80");
    expect(refusal(state, `${port("a")}---\n${port("b")}---\n${port("c")}`)).toMatchObject({
      reason: "InternalError",
      message: "Internal error occurred: failed to allocate a nodePort: range is full",
      position: { source: "f.yaml", line: 22, column: 3 },
      hint: expect.stringContaining("all 2 node ports of 30000-30001 are taken: delete"),
    });
    expect(refusal(emptyState({ serviceCIDRs: ["10.0.0.0/30"] }), `${port("a")}---\n${port("b")}`)).toMatchObject({
      position: { source: "f.yaml", line: 13 },
      hint: expect.stringContaining("add a ServiceCIDR"),
    });
  });

  test("dual-stack is refused where the cluster has one family", () => {
    const error = refusal(emptyState(), service("web", `ipFamilyPolicy: RequireDualStack\n${plain}`));
    expect(error.message).toBe(
      'Service "web" is invalid: spec.ipFamilyPolicy: Invalid value: "RequireDualStack": this cluster is not configured for dual-stack services',
    );
  });
});

describe("updates", () => {
  const lab = (): ClusterState =>
    apply(emptyState(), service("web", "type: NodePort\nclusterIP: 10.96.0.9\nports:\n- {port: 80, nodePort: 30100}"))
      .state;

  test("keep what was allocated and is left out", () => {
    const { state } = apply(lab(), service("web", `type: NodePort\n${plain}`));
    expect(state.tables.Service.get("default/web")!.spec).toMatchObject({
      clusterIP: "10.96.0.9",
      ports: [{ nodePort: 30100 }],
    });
  });

  test("give node ports back with the type", () => {
    const { state } = apply(lab(), service("web", "type: ClusterIP\nports:\n- {port: 80, nodePort: 30100}"));
    expect(state.tables.Service.get("default/web")!.spec.ports![0]!.nodePort).toBeUndefined();
    expect(state.allocations.nodePorts.has("30100")).toBe(false);
    expect(state.allocations.addresses.get("10.96.0.9")).toBe("default/web");
  });

  test("cannot change the address", () => {
    expect(refusal(lab(), service("web", `clusterIP: 10.96.0.10\n${plain}`)).message).toBe(
      'Service "web" is invalid: spec.clusterIPs[0]: Invalid value: ["10.96.0.10"]: may not change once set',
    );
  });

  test("by a recipe touch one object only", () => {
    const state = lab();
    const written = updateObject(state, "Service", "default/web", (web) => {
      web.spec.externalTrafficPolicy = "Local";
    })!;
    expect(written.change.before).toBe(state.tables.Service.get("default/web"));
    expect(written.state.tables.Service.get("default/web")!.spec.externalTrafficPolicy).toBe("Local");
    expect(written.state.tables.Pod).toBe(state.tables.Pod);
    expect(updateObject(state, "Service", "default/web", () => {})).toBeUndefined();
  });
});

const spec = fc.oneof(
  fc.constantFrom(
    plain,
    `type: NodePort\n${plain}`,
    `clusterIP: None\n${plain}`,
    "type: ExternalName\nexternalName: a.b",
    `type: LoadBalancer\nexternalTrafficPolicy: Local\n${plain}`,
    `type: NodePort\nports:\n- {port: 80, nodePort: 30001}`,
    `clusterIP: 10.96.0.200\n${plain}`,
    "ports: []",
  ),
);
const documents = fc.array(fc.tuple(fc.constantFrom("a", "b", "c", "d"), spec), { maxLength: 25 });

propertyTest.prop([documents])(
  "allocations kept up are those counted from nothing, and a state survives JSON",
  (steps) => {
    let state = emptyState();
    for (const [name, text] of steps) {
      const before = JSON.stringify(stateToJson(state));
      try {
        state = apply(state, service(name, text)).state;
      } catch (error) {
        expect(error).toBeInstanceOf(StatusError);
        expect(JSON.stringify(stateToJson(state))).toBe(before);
      }
      const fresh = allocationsOf(state.tables.Service.values());
      for (const table of ["addresses", "nodePorts"] as const) {
        expect(
          Object.fromEntries(state.allocations[table].keys().map((key) => [key, state.allocations[table].get(key)])),
        ).toEqual(Object.fromEntries(fresh[table].keys().map((key) => [key, fresh[table].get(key)])));
      }
    }
    const json = JSON.stringify(stateToJson(state));
    expect(JSON.stringify(stateToJson(restoreState(JSON.parse(json))))).toBe(json);
  },
);

propertyTest.prop([fc.shuffledSubarray(["a", "b", "c", "d", "e"], { minLength: 5 })])(
  "independent documents give the same objects in any order, less what their revision gives them",
  (names) => {
    const run = (order: readonly string[]): unknown =>
      Object.fromEntries(
        apply(emptyState(), order.map((name) => service(name, `type: NodePort\n${plain}`)).join("---\n"))
          .state.tables.Service.values()
          .map((object) => [object.metadata.name, { ...object, metadata: { name: object.metadata.name } }]),
      );
    expect(run(names)).toEqual(run(["a", "b", "c", "d", "e"]));
  },
);

test("controllers write without being checked, and get their stamps", () => {
  const { state, change } = putObject(emptyState(), {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "Not A Name", namespace: "default" },
  });
  expect(change.after!.metadata.uid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(deleteObject(state, "ConfigMap", "default/Not A Name")!.change.after).toBeUndefined();
  expect(deleteObject(state, "ConfigMap", "absent")).toBeUndefined();
});
