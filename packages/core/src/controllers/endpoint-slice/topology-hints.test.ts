import { describe, expect, it } from "vitest";
import type { EndpointSlice, SliceEndpoint } from "../../model/endpoint-slice.ts";
import type { Node } from "../../model/node.ts";
import { withTopologyHints, zoneShares } from "./topology-hints.ts";

const node = (zone: string, cpu: string, labels: Record<string, string> = {}): Node => ({
  apiVersion: "v1",
  kind: "Node",
  metadata: { name: `${zone}-${cpu}`, labels: { "topology.kubernetes.io/zone": zone, ...labels } },
  status: { allocatable: { cpu }, conditions: [{ type: "Ready", status: "True" }] },
});

const endpoint = (zone: string): SliceEndpoint => ({ addresses: [zone], conditions: { ready: true }, zone });

function hintsOf(zones: readonly string[], nodes: readonly Node[]): (string | undefined)[] {
  const slice: EndpointSlice = {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: { name: "" },
    addressType: "IPv4",
    endpoints: zones.map(endpoint),
  };
  const plan = withTopologyHints({ create: [slice], update: [], remove: [] }, [], zoneShares(nodes));
  return plan.create[0]!.endpoints!.map(({ hints }) => hints?.forZones?.[0]?.name);
}

describe("zone shares", () => {
  it("count CPUs of zones, without control planes", () => {
    const plane = node("c", "64", { "node-role.kubernetes.io/control-plane": "" });
    expect(zoneShares([node("b", "1500m"), node("a", "500m"), plane])).toEqual(
      new Map([
        ["a", 0.25],
        ["b", 0.75],
      ]),
    );
  });

  it("are none with one zone, or a node without CPU", () => {
    expect(zoneShares([node("a", "1")])).toBeUndefined();
    expect(zoneShares([node("a", "1"), node("b", "0")])).toBeUndefined();
  });
});

describe("topology hints", () => {
  it("keep endpoints in their zones while that fits the shares", () => {
    expect(hintsOf(["a", "a", "b", "b"], [node("a", "1"), node("b", "1")])).toEqual(["a", "a", "b", "b"]);
  });

  it("pass endpoints on to the zone that lacks them", () => {
    expect(hintsOf(["a", "a", "a", "b"], [node("a", "1"), node("b", "1")]).sort()).toEqual(["a", "a", "b", "b"]);
  });

  it("are left out with fewer endpoints than zones", () => {
    expect(hintsOf(["a"], [node("a", "1"), node("b", "1")])).toEqual([undefined]);
  });
});
