import { TestApiServer } from "@kubenetsim/testing/api-server";
import { describe, expect, it } from "vitest";

const merge = { "content-type": "application/merge-patch+json" };
const accept = "application/json;as=Table;v=v1;g=meta.k8s.io";
const inDefault = "/api/v1/namespaces/default";

function rowOf(api: TestApiServer, url: string): { readonly cells: readonly unknown[]; readonly object: unknown } {
  const { rows } = api.ask("GET", url, undefined, { accept }).body as unknown as { rows: never[] };
  return rows[0]!;
}

// The cells are the real control plane's.
describe("a row", () => {
  it("of a Service has each address of its load balancer once", () => {
    const api = new TestApiServer();
    const spec = { type: "LoadBalancer", ports: [{ port: 80, nodePort: 30123 }], clusterIP: "10.96.77.7" };
    api.ask("POST", `${inDefault}/services`, { metadata: { name: "lb" }, spec });
    const ports = [{ port: 1, protocol: "TCP" }];
    const ingress = [{ ip: "9.9.9.9" }, { ip: "1.1.1.1" }, { ip: "9.9.9.9", ports }];
    const body = { status: { loadBalancer: { ingress } } };
    expect(api.ask("PATCH", `${inDefault}/services/lb/status`, body, merge).code).toBe(200);
    const cells = ["lb", "LoadBalancer", "10.96.77.7", "1.1.1.1,9.9.9.9", "80:30123/TCP", "0s", "<none>"];
    expect(rowOf(api, `${inDefault}/services/lb`).cells).toEqual(cells);
  });

  it("of a Pod counts the restarts of what runs beside its containers", () => {
    const api = new TestApiServer();
    const initContainers = [{ name: "s", image: "i", restartPolicy: "Always" }];
    const spec = { initContainers, containers: [{ name: "c", image: "i" }] };
    api.ask("POST", `${inDefault}/pods`, { metadata: { name: "p" }, spec });
    const state = { running: { startedAt: "2026-01-01T00:00:00Z" } };
    const ran = { image: "i", imageID: "", ready: true, state, lastState: {} };
    const initContainerStatuses = [{ ...ran, name: "s", started: true, restartCount: 2 }];
    const containerStatuses = [{ ...ran, name: "c", restartCount: 1 }];
    const status = { phase: "Running", initContainerStatuses, containerStatuses };
    expect(api.ask("PATCH", `${inDefault}/pods/p/status`, { status }, merge).code).toBe(200);
    expect(rowOf(api, `${inDefault}/pods/p`).cells.slice(0, 4)).toEqual(["p", "2/2", "Running", "3"]);
  });

  it("without its object has null there", () => {
    const api = new TestApiServer();
    api.ask("POST", `${inDefault}/configmaps`, { metadata: { name: "c" } });
    expect(rowOf(api, `${inDefault}/configmaps?includeObject=None`)).toEqual({ cells: ["c", 0, "0s"], object: null });
  });
});
