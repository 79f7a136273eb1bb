import { storedPodOf } from "@kubenetsim/testing/dns-objects";
import { describe, expect, it } from "vitest";
import { isWatchedPod } from "./pod-entry.ts";

describe("the Pods that CoreDNS's watch brings", () => {
  it.each([
    ["Pending", true],
    ["Running", true],
    ["Succeeded", false],
    ["Failed", false],
    ["Unknown", false],
  ] as const)("%s: %s", (phase, isWatched) => {
    const pod = storedPodOf("shop/a", ["10.244.0.1"]);
    expect(isWatchedPod({ ...pod, status: { ...pod.status, phase } })).toBe(isWatched);
  });
});
