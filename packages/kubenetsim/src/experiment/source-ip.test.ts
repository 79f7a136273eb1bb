import { expect, test } from "vitest";
import { builtInExperiments } from "./built-in.ts";
import type { Measured } from "./measures.ts";
import { defaultParameters, type Parameters } from "./parameters.ts";
import { runCell } from "./run-cell.ts";

const { measures } = builtInExperiments["source-ip"];
const kernelModes = ["iptables", "ipvs", "nftables"] as const;

/** To one Service whose endpoint is on the second of two nodes, unless said otherwise. */
function seen(parameters: Partial<Parameters>): Measured {
  const cell = { index: 0, seed: "s", parameters: { ...defaultParameters, services: 1, nodes: 2, ...parameters } };
  return runCell(cell, measures).measured;
}

test.each(kernelModes)("a Pod is seen by its own address, unless masqueradeAll hides it: %s", (mode) => {
  expect(seen({ mode })).toMatchObject({ delivered: 1, sourceKept: 1 });
  expect(seen({ mode, masqueradeAll: true })).toMatchObject({ delivered: 1, sourceKept: 0 });
});

test("userspace mode is a proxy: it sends from itself", () => {
  for (const type of ["ClusterIP", "NodePort", "LoadBalancer"] as const) {
    expect(seen({ mode: "userspace", type, nodes: 1 })).toMatchObject({ delivered: 1, sourceKept: 0 });
  }
});

test.each(kernelModes)("policy Cluster hides a host outside, wherever the endpoint is: %s", (mode) => {
  for (const type of ["NodePort", "LoadBalancer", "ExternalIP"] as const) {
    for (const endpoints of [1, 2]) {
      expect(seen({ mode, type, endpoints, from: "outside" })).toMatchObject({ delivered: 1, sourceKept: 0 });
    }
  }
});

test.each(kernelModes)("policy Local keeps it, where the node has an endpoint: %s", (mode) => {
  const local = { mode, trafficPolicy: "Local", from: "outside" } as const;
  for (const type of ["NodePort", "LoadBalancer", "ExternalIP"] as const) {
    expect(seen({ ...local, type, endpoints: 2 })).toMatchObject({ delivered: 1, sourceKept: 1 });
  }
  // The load balancer asks for health and takes the other node; nobody does that for a node port or an external IP.
  expect(seen({ ...local, type: "LoadBalancer" })).toMatchObject({ delivered: 1, sourceKept: 1 });
  for (const type of ["NodePort", "ExternalIP"] as const) expect(seen({ ...local, type }).delivered).toBe(0);
});

test("source ranges let in whom the last one names: so many rules in iptables mode, one look-up in ipvs mode", () => {
  const asked = { type: "LoadBalancer", from: "outside", services: 1 } as const;
  const cost = (mode: Parameters["mode"], sourceRanges: number) =>
    runCell({ index: 0, seed: "s", parameters: { ...defaultParameters, ...asked, mode, sourceRanges } }, [
      "delivered",
      "rulesCompared",
      "setLookups",
    ]).measured;
  for (const ranges of [1, 10, 200]) {
    expect(cost("iptables", ranges)).toEqual({ delivered: 1, rulesCompared: 20 + ranges, setLookups: 0 });
    expect(cost("ipvs", ranges)).toEqual({ delivered: 1, rulesCompared: 23, setLookups: 9 });
    expect(cost("nftables", ranges)).toEqual({ delivered: 1, rulesCompared: 16, setLookups: ranges === 1 ? 5 : 6 });
  }
});
