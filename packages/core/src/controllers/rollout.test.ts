import { fc, test } from "@fast-check/vitest";
import { expect, it } from "vitest";
import type { Deployment } from "../model/pod.ts";
import { newReplicas, oldReplicas, type RolloutPart, rolloutLimits } from "./rollout.ts";

const limitsOf = (replicas: number, rollingUpdate: Record<string, unknown>): ReturnType<typeof rolloutLimits> =>
  rolloutLimits({ spec: { replicas, strategy: { rollingUpdate } } } as unknown as Deployment);

it.each([
  [10, {}, 3, 2],
  [10, { maxSurge: 1, maxUnavailable: 0 }, 1, 0],
  [1, { maxSurge: 0, maxUnavailable: "10%" }, 0, 1],
  [3, { maxSurge: "50%", maxUnavailable: "50%" }, 2, 1],
])("a Deployment of %i with %j surges %i and lacks %i", (replicas, rolling, maxSurge, maxUnavailable) => {
  expect(limitsOf(replicas, rolling)).toEqual({ replicas, maxSurge, maxUnavailable });
});

const part: fc.Arbitrary<RolloutPart> = fc
  .tuple(fc.nat({ max: 12 }), fc.nat({ max: 12 }))
  .map(([a, b]) => ({ replicas: Math.max(a, b), available: Math.min(a, b) }));
const limits = fc
  .tuple(fc.integer({ min: 1, max: 12 }), fc.nat({ max: 5 }), fc.nat({ max: 5 }))
  .map(([replicas, maxSurge, maxUnavailable]) => limitsOf(replicas, { maxSurge, maxUnavailable }));

test.prop([limits, part, fc.array(part, { maxLength: 3 })])("never grows past the surge", (bounds, current, old) => {
  const total = (size: number): number => old.reduce((sum, { replicas }) => sum + replicas, size);
  const next = newReplicas(bounds, current, old);
  expect(next).toBeGreaterThanOrEqual(current.replicas);
  if (next > current.replicas) expect(total(next)).toBeLessThanOrEqual(bounds.replicas + bounds.maxSurge);
});

test.prop([limits, part, fc.array(part, { maxLength: 3 })])(
  "never takes more than may be missing",
  (bounds, current, old) => {
    const sizes = oldReplicas(bounds, current, old);
    const lost = old.reduce((sum, { available }, index) => sum + Math.max(0, available - sizes[index]!), 0);
    const available = old.reduce((sum, one) => sum + one.available, current.available);
    expect(lost).toBeLessThanOrEqual(Math.max(0, available - (bounds.replicas - bounds.maxUnavailable)));
    for (const [index, size] of sizes.entries()) {
      expect(size).toBeGreaterThanOrEqual(0);
      expect(size).toBeLessThanOrEqual(old[index]!.replicas);
    }
  },
);
