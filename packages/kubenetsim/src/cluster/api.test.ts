import type { RestAnswer } from "@kubenetsim/core/apiserver/rest/request";
import { describe, expect, it } from "vitest";
import { Cluster } from "./cluster.ts";

const services = "/api/v1/namespaces/default/services";
const web = { apiVersion: "v1", kind: "Service", metadata: { name: "web" }, spec: { ports: [{ port: 80 }] } };

function ask(lab: Cluster, method: string, path: string, body?: unknown): RestAnswer {
  const query = new Map<string, string>();
  const request = { method, path, query, headers: {}, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  return lab.api.handle(request) as RestAnswer;
}

describe("the API server of a cluster", () => {
  it("creates, shows, lists and deletes, as apply would", () => {
    const lab = Cluster.create();
    const made = ask(lab, "POST", services, web);
    expect(made).toMatchObject({ code: 201, body: { spec: { type: "ClusterIP", sessionAffinity: "None" } } });
    expect(lab.get("Service", "default/web")?.spec.clusterIP).toMatch(/^10\./);
    expect(ask(lab, "GET", `${services}/web`).body).toEqual(made.body);
    expect(ask(lab, "GET", services).body).toMatchObject({ kind: "ServiceList", items: [{}, {}] });
    expect(ask(lab, "DELETE", `${services}/web`).code).toBe(200);
    expect(lab.get("Service", "default/web")).toBeUndefined();
  });

  it("refuses in a Status and changes nothing", () => {
    const lab = Cluster.create();
    const { revision } = lab.state;
    expect(ask(lab, "POST", services, { ...web, spec: { ports: [{ port: 0 }] } })).toMatchObject({
      code: 422,
      body: { kind: "Status", reason: "Invalid", details: { name: "web", kind: "Service" } },
    });
    expect(ask(lab, "GET", `${services}/nosuch`).body).toEqual({
      kind: "Status",
      apiVersion: "v1",
      metadata: {},
      status: "Failure",
      message: 'services "nosuch" not found',
      reason: "NotFound",
      details: { name: "nosuch", kind: "services" },
      code: 404,
    });
    expect(ask(lab, "POST", "/api/v1/namespaces/none/services", web)).toMatchObject({
      code: 404,
      body: { message: 'namespaces "none" not found' },
    });
    expect(lab.state.revision).toBe(revision);
  });

  it("refuses a write over another's", () => {
    const lab = Cluster.create();
    const first = ask(lab, "POST", services, web).body as { metadata: object };
    ask(lab, "PUT", `${services}/web`, { ...first, metadata: { ...first.metadata, labels: { a: "b" } } });
    expect(ask(lab, "PUT", `${services}/web`, first)).toMatchObject({ code: 409, body: { reason: "Conflict" } });
  });

  it("configures kube-proxy by its ConfigMap, for those that start from then on", () => {
    const lab = Cluster.create({ nodes: ["n1"] });
    lab.settle();
    const data = {
      "config.conf": "apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nmode: ipvs\n",
    };
    const map = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "kube-proxy" }, data };
    expect(ask(lab, "POST", "/api/v1/namespaces/kube-system/configmaps", map).code).toBe(201);
    lab.settle();
    expect([lab.proxyMode, lab.node("n1").proxyMode]).toEqual(["ipvs", "iptables"]);
    lab.restartKubeProxy();
    expect(lab.node("n1").proxyMode).toBe("ipvs");
  });

  it("ends watches when it is restored: what they were told is another history", () => {
    const lab = Cluster.create();
    const snapshot = lab.snapshot();
    ask(lab, "POST", services, web);
    const query = new Map([["watch", "1"]]);
    const watch = lab.api.handle({ method: "GET", path: services, query, headers: {} });
    if (watch.kind !== "watch") throw new Error("no watch");
    const events: string[] = [];
    watch.start(({ type }) => events.push(type));
    const { revision } = lab.state;
    lab.restore(snapshot);
    const since = new Map([...query, ["resourceVersion", String(revision - 1)]]);
    ask(lab, "POST", services, { ...web, metadata: { name: "other" } });
    expect(events).toEqual(["ADDED", "ADDED", "ERROR"]);
    const again = lab.api.handle({ method: "GET", path: services, query: since, headers: {} });
    if (again.kind !== "watch") throw new Error("no watch");
    const told: string[] = [];
    again.start(({ object }) => told.push((object.metadata as { name: string }).name));
    expect(told).toEqual(["other"]);
  });
});
