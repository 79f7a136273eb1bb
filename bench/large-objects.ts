import type { Pod } from "@kubenetsim/core/model/pod";
import type { Service } from "@kubenetsim/core/model/service";
import { addToAddress, formatAddress } from "@kubenetsim/core/net/address";

const podNetwork = [(10 << 24) | (128 << 16)];

/** What is large is spread over so many namespaces. */
const namespaces = 50;
/** For each Service so many Pods, */
export const podsPerService = 15;
/** of which so many have its labels. */
const endpointsPerService = 10;

/** A Pod that runs and is ready. */
export function podObject(i: number): Pod {
  const group = Math.floor(i / podsPerService);
  const ip = formatAddress(addToAddress(podNetwork, i));
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: `pod-${i}`,
      namespace: `team-${group % namespaces}`,
      labels: {
        app: `${i % podsPerService < endpointsPerService ? "app" : "job"}-${group}`,
        tier: i % 2 === 0 ? "front" : "back",
        "pod-template-hash": "5d4f9c7b6d",
      },
    },
    spec: { nodeName: `n${i % 2}`, containers: [{ name: "app", image: "web:1", ports: [{ containerPort: 8080 }] }] },
    status: {
      phase: "Running",
      conditions: [{ type: "Ready", status: "True" }],
      podIP: ip,
      podIPs: [{ ip }],
    },
  } as Pod;
}

/** The Service of that group of Pods. */
export function selectingService(group: number): Service {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: `app-${group}`, namespace: `team-${group % namespaces}`, labels: { app: `app-${group}` } },
    spec: {
      selector: { app: `app-${group}` },
      ports: [{ name: "http", port: 80, targetPort: 8080 }],
    },
  } as Service;
}
