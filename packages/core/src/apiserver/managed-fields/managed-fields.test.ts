import { TestApiServer } from "@kubenetsim/testing/api-server";
import { describe, expect, it } from "vitest";
import type { ObjectMeta } from "../../model/object-meta.ts";
import type { Service } from "../../model/service.ts";
import type { ManagedFieldsEntry } from "./managers.ts";

const maps = "/api/v1/namespaces/default/configmaps";
const services = "/api/v1/namespaces/default/services";
const type = (name: string) => ({ "content-type": `application/${name}` });

// As the real control plane has them.
describe("managers", () => {
  it("are ten that update, and those before them together", () => {
    const api = new TestApiServer();
    api.ask("POST", `${maps}?fieldManager=m00`, { metadata: { name: "c" }, data: { k0: "v" } });
    for (let i = 1; i <= 12; i++) {
      const manager = `m${String(i).padStart(2, "0")}`;
      api.ask("PATCH", `${maps}/c?fieldManager=${manager}`, { data: { [`k${i}`]: "v" } }, type("merge-patch+json"));
      api.clock.advance(1000);
    }
    const { metadata } = api.ask("GET", `${maps}/c`).body as unknown as { metadata: ObjectMeta };
    const entries = metadata.managedFields as readonly ManagedFieldsEntry[];
    expect(entries.map(({ manager }) => manager).sort()).toEqual([
      "ancient-changes",
      ...["m04", "m05", "m06", "m07", "m08", "m09", "m10", "m11", "m12"],
    ]);
    const ancient = entries.find(({ manager }) => manager === "ancient-changes")!;
    expect(Object.keys(ancient.fieldsV1!["f:data"]!)).toEqual([".", "f:k0", "f:k1", "f:k2", "f:k3"]);
  });

  it("take away what they let go, and not what nobody owns beside what others hold", () => {
    const api = new TestApiServer();
    const applied = (manager: string, spec: object) => {
      const body = { apiVersion: "v1", kind: "Service", metadata: { name: "s" }, spec };
      const answer = api.ask("PATCH", `${services}/s?fieldManager=${manager}`, body, type("apply-patch+yaml"));
      expect(answer.code).toBeLessThan(300);
      return answer.body as unknown as Service;
    };
    const patched = (...operations: object[]) =>
      expect(api.ask("PATCH", `${services}/s`, operations, type("json-patch+json")).code).toBe(200);
    const clusterIP = "10.96.77.8";
    const ports = [{ port: 80, protocol: "TCP", name: "a" }];
    applied("m", { clusterIP, ports });
    applied("n", { clusterIP, ports });
    patched({ op: "replace", path: "/spec/ports/0/targetPort", value: 8080 });
    patched({ op: "remove", path: "/metadata/managedFields/2" });
    expect(applied("m", { clusterIP }).spec.ports).toEqual([{ ...ports[0], targetPort: 8080 }]);
  });

  it("own the zeros that Go writes of what they give, such as the times of a condition", () => {
    const api = new TestApiServer();
    const pods = "/api/v1/namespaces/default/pods";
    const spec = { containers: [{ name: "c", image: "i" }] };
    api.ask("POST", pods, { apiVersion: "v1", kind: "Pod", metadata: { name: "p" }, spec });
    const conditions = [{ type: "Ready", status: "True" }];
    const path = `${pods}/p/status?fieldManager=st`;
    const answer = api.ask("PATCH", path, { status: { conditions } }, type("strategic-merge-patch+json"));
    const { metadata } = answer.body as unknown as { metadata: ObjectMeta };
    const entries = metadata.managedFields as readonly ManagedFieldsEntry[];
    expect(entries.find(({ manager }) => manager === "st")!.fieldsV1).toEqual({
      "f:status": {
        "f:conditions": {
          ".": {},
          'k:{"type":"Ready"}': {
            ".": {},
            "f:lastProbeTime": {},
            "f:lastTransitionTime": {},
            "f:status": {},
            "f:type": {},
          },
        },
      },
    });
  });

  it("own lists that storage holds as nulls after an update of others", () => {
    const api = new TestApiServer();
    const slices = "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices";
    const slice = { metadata: { name: "a" }, addressType: "IPv4", endpoints: [], ports: [] };
    api.ask("POST", `${slices}?fieldManager=me`, slice);
    const { ports: _, ...rest } = { ...slice, endpoints: [{ addresses: ["1.2.3.4"] }] };
    const { metadata } = api.ask("PUT", `${slices}/a?fieldManager=pu`, rest).body as unknown as {
      metadata: ObjectMeta;
    };
    const entries = metadata.managedFields as readonly ManagedFieldsEntry[];
    expect(entries.find(({ manager }) => manager === "me")!.fieldsV1).toEqual({
      "f:addressType": {},
      "f:ports": {},
    });
  });

  it("do not own marks of deletion that a POST may not set", () => {
    const api = new TestApiServer();
    const metadata = { name: "d", deletionTimestamp: "2026-01-01T00:00:00Z", deletionGracePeriodSeconds: 5 };
    const answer = api.ask("POST", maps, { metadata });
    expect(answer.code).toBe(201);
    expect((answer.body as unknown as { metadata: ObjectMeta }).metadata.managedFields).toBeUndefined();
  });
});
