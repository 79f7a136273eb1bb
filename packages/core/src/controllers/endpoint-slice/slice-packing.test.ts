import { fc, test } from "@fast-check/vitest";
import { expect } from "vitest";
import type { EndpointSlice, SliceEndpoint } from "../../model/endpoint-slice.ts";
import { packEndpoints } from "./slice-packing.ts";

const endpoint = (number: number, ready: boolean): SliceEndpoint => ({
  addresses: [`10.0.0.${number}`],
  conditions: { ready, serving: ready, terminating: false },
});

const slice = (name: string, endpoints: readonly SliceEndpoint[]): EndpointSlice => ({
  apiVersion: "discovery.k8s.io/v1",
  kind: "EndpointSlice",
  metadata: { name },
  addressType: "IPv4",
  endpoints,
});

const numbers = fc.uniqueArray(fc.integer({ min: 1, max: 40 }), { maxLength: 30 });
const max = fc.integer({ min: 1, max: 8 });

const inputs = fc.record({ before: numbers, desired: numbers, max, ready: fc.boolean() });

function standing(before: readonly number[], limit: number): EndpointSlice[] {
  const slices: EndpointSlice[] = [];
  for (let i = 0; i < before.length; i += limit) {
    slices.push(
      slice(
        `s${i}`,
        before.slice(i, i + limit).map((number) => endpoint(number, true)),
      ),
    );
  }
  return slices;
}

test.prop([inputs])(
  "every endpoint stands once, none moves, no slice is too full",
  ({ before, desired, max, ready }) => {
    const existing = standing(before, max);
    const plan = packEndpoints({
      existing,
      desired: desired.map((number) => endpoint(number, ready)),
      max,
      emptySlice: () => slice("", []),
      relabel: (same) => same,
    });
    const written = new Set([...plan.update, ...plan.remove].map(({ metadata }) => metadata.name));
    const kept = existing.filter(({ metadata }) => !written.has(metadata.name));
    const after = [...kept, ...plan.update, ...plan.create];
    expect(after.flatMap(addressesOf).sort()).toEqual(desired.map((number) => `10.0.0.${number}`).sort());
    for (const one of after) expect(one.endpoints!.length).toBeLessThanOrEqual(max);
    for (const one of [...plan.update, ...plan.create]) {
      expect(one.endpoints!.length).toBeGreaterThan(0);
      for (const { conditions } of one.endpoints!) expect(conditions!.ready).toBe(ready);
    }
    for (const old of existing) {
      const now = after.find(({ metadata }) => metadata.name === old.metadata.name);
      const stay = addressesOf(old).filter((address) => desired.includes(Number(address.slice("10.0.0.".length))));
      expect(addressesOf(now).slice(0, stay.length)).toEqual(stay);
    }
  },
);

function addressesOf(one: EndpointSlice | undefined): string[] {
  return (one?.endpoints ?? []).map(({ addresses }) => addresses[0]!);
}
