import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { proxyCase, randomProxyCase } from "./proxy-case.ts";

describe("proxyCase", () => {
  test.prop([proxyCase({ mode: "nftables", minSteps: 2, maxSteps: 3 })], { numRuns: 40 })(
    "gives Services addresses and node ports of their own, and steps that name an object once",
    (one) => {
      for (const { services = [], endpointSlices = [], delete: gone = [] } of [one, ...one.steps]) {
        const ports = services.flatMap(({ spec }) => (spec.ports ?? []).flatMap((port) => port.nodePort ?? []));
        const addresses = services.flatMap(({ spec }) => spec.clusterIPs ?? []).filter((address) => address !== "None");
        const names = [...services, ...endpointSlices].map(
          ({ kind, metadata }) => `${kind}/${metadata.namespace}/${metadata.name}`,
        );
        for (const list of [ports.map(String), addresses, [...names, ...gone]])
          expect(new Set(list).size).toBe(list.length);
      }
      expect(one.steps.length).toBeGreaterThanOrEqual(2);
      expect(JSON.parse(JSON.stringify(one))).toEqual(one);
    },
  );

  test.prop([fc.integer()], { numRuns: 10 })("depends on nothing but its seed", (seed) => {
    expect(randomProxyCase(seed, { mode: "iptables" })).toEqual(randomProxyCase(seed, { mode: "iptables" }));
  });
});
