import { type ProxyCase, randomProxyCase } from "@kubenetsim/testing";
import { describe, expect, it } from "vitest";
import { type Removable, shrink } from "./shrink.ts";

const may: Removable = {
  lists: new Set(["steps", "services", "endpointSlices", "ports"]),
  fields: new Set(["sessionAffinity"]),
};

const udpPorts = (one: ProxyCase): number =>
  [one, ...one.steps]
    .flatMap((step) => step.services ?? [])
    .flatMap((service) => service.spec.ports ?? [])
    .filter((port) => port.protocol === "UDP").length;

describe("shrink", () => {
  it("leaves nothing that the failure does not need", async () => {
    const start = Array.from({ length: 50 }, (_, seed) => randomProxyCase(seed, { mode: "iptables" })).find(
      (one) => udpPorts(one) > 3,
    )!;
    const small = await shrink(start, may, async (cases) => cases.map((one) => udpPorts(one) > 0));
    const services = [small, ...small.steps].flatMap((step) => step.services ?? []);
    expect(services).toHaveLength(1);
    expect(services[0]!.spec.ports).toMatchObject([{ protocol: "UDP" }]);
    expect(services[0]!.spec).not.toHaveProperty("sessionAffinity");
    expect([small, ...small.steps].flatMap((step) => step.endpointSlices ?? [])).toEqual([]);
    expect(small.steps.length).toBeLessThanOrEqual(1);
  });

  it("gives back what cannot be smaller", async () => {
    const start = randomProxyCase(1, { mode: "nftables" });
    expect(await shrink(start, may, async (cases) => cases.map(() => false))).toBe(start);
  });
});
