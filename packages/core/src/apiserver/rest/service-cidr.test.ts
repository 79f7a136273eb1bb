import { TestApiServer } from "@kubenetsim/testing/api-server";
import { describe, expect, it } from "vitest";
import type { PlainObject } from "../manifest/manifest-document.ts";

const path = "/apis/networking.k8s.io/v1/servicecidrs/kubernetes";
const services = "/api/v1/namespaces/default/services";

// As the real control plane has it.
describe("the ServiceCIDR of the cluster", () => {
  it("is held by its finalizer when it is deleted, and gives no addresses from then on", () => {
    const api = new TestApiServer();
    const { code, body } = api.ask("DELETE", path);
    expect(code).toBe(200);
    expect((body as PlainObject).metadata).toMatchObject({
      deletionGracePeriodSeconds: 0,
      finalizers: ["networking.k8s.io/service-cidr-finalizer"],
    });
    expect(api.ask("GET", path).code).toBe(200);
    const drawn = api.ask("POST", services, { metadata: { name: "x1" }, spec: { ports: [{ port: 80 }] } });
    expect([drawn.code, (drawn.body as PlainObject).message]).toEqual([
      500,
      'Internal error occurred: failed to allocate a serviceIP for Service "x1": range is full',
    ]);
    const spec = { clusterIP: "10.96.5.5", ports: [{ port: 80 }] };
    const asked = api.ask("POST", services, { metadata: { name: "x2" }, spec });
    expect([asked.code, (asked.body as PlainObject).message]).toEqual([
      422,
      'Service "x2" is invalid: spec.clusterIPs: Invalid value: ["10.96.5.5"]: failed to allocate IP 10.96.5.5: the provided network does not match the current range',
    ]);
  });
});
