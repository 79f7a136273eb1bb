import type { Service } from "@kubenetsim/core/model/service";
import { describe, expect, it } from "vitest";
import { defaultKubeProxyConfig } from "../config/kube-proxy-config.ts";
import { changedServices } from "./changed-services.ts";
import type { ServiceState } from "./service-state.ts";
import { takeSnapshot, updateSnapshot } from "./snapshot.ts";

const node = { name: "node1", nodeIPs: [], addresses: [], zone: "", podCIDRs: [], nfacct: true };

const service = (name: string, port: number): Service => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name, namespace: "default" },
  spec: { type: "ClusterIP", clusterIP: "10.96.0.1", ports: [{ port, protocol: "TCP" }] },
});

describe("changedServices", () => {
  const first = takeSnapshot({
    family: "IPv4",
    node,
    config: defaultKubeProxyConfig,
    services: [service("b", 80), service("d", 80), service("e", 80)],
    endpointSlices: [],
  });

  it("names what came, changed and went, in order", () => {
    const next = updateSnapshot(first, [
      { kind: "Service", before: service("d", 80), after: service("d", 81) },
      { kind: "Service", before: undefined, after: service("a", 80) },
      { kind: "Service", before: service("e", 80), after: undefined },
      { kind: "Service", before: undefined, after: service("c", 80) },
    ]);
    const changes = [...changedServices(first, next)];
    expect(changes.map(({ key }) => key)).toEqual(["default/a", "default/c", "default/d", "default/e"]);
    const portOf = (state: ServiceState | undefined) => state?.ports[0]?.port.port;
    expect(changes.map(({ before }) => portOf(before))).toEqual([undefined, undefined, 80, 80]);
    expect(changes.map(({ after }) => portOf(after))).toEqual([80, 80, 81, undefined]);
    for (const { key, before } of changes) expect(before).toBe(first.services.find((one) => one.key === key));
  });

  it("is empty between equal snapshots", () => {
    expect([...changedServices(first, first)]).toEqual([]);
    expect([...changedServices(first, { ...first })]).toEqual([]);
  });
});
