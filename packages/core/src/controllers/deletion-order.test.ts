import { expect, it } from "vitest";
import type { Pod } from "../model/pod.ts";
import { inDeletionOrder } from "./deletion-order.ts";

function pod(name: string, nodeName: string | undefined, ready: boolean, metadata: Partial<Pod["metadata"]> = {}): Pod {
  const since = "2026-01-01T00:00:00Z";
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, creationTimestamp: since, ...metadata },
    spec: { containers: [], ...(nodeName === undefined ? {} : { nodeName }) },
    status: {
      phase: nodeName === undefined ? "Pending" : "Running",
      conditions: [{ type: "Ready", status: ready ? "True" : "False", lastTransitionTime: since }],
    },
  };
}

it("gives up what serves least first", () => {
  const cheap = pod("cheap", "n3", true, { annotations: { "controller.kubernetes.io/pod-deletion-cost": "-5" } });
  const pods = [
    pod("alone", "n2", true),
    pod("crowded-1", "n1", true),
    pod("crowded-2", "n1", true),
    cheap,
    pod("unready", "n2", false),
    pod("waiting", undefined, false),
    pod("young", "n4", true, { creationTimestamp: "2026-01-02T00:00:00Z" }),
  ];
  expect(inDeletionOrder(pods, pods).map(({ metadata }) => metadata.name)).toEqual([
    "waiting",
    "unready",
    "cheap",
    "crowded-2",
    "crowded-1",
    "young",
    "alone",
  ]);
});
