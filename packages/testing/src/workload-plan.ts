import type { Deployment, Pod, PodSpec } from "@kubenetsim/core/model/pod";
import * as fc from "fast-check";

/** One application: Pods of one label. Numbers are places in lists, taken modulo their length. */
export interface WorkloadPlan {
  readonly namespace: number;
  readonly isDeployment: boolean;
  readonly pods: readonly PodPlan[];
  readonly hostNetwork: boolean;
}

export interface PodPlan {
  readonly node: number;
  readonly condition: "ready" | "unready" | "terminating" | "terminating-unready";
  /** Which number the named port `http` has: Pods of one application may differ. */
  readonly httpPort: 8080 | 9090;
  readonly hasHttp: boolean;
}

export const namespaceNames = ["default", "team-a"] as const;

export function workloadPlan(maxPods: number): fc.Arbitrary<WorkloadPlan> {
  return fc.record({
    namespace: fc.nat({ max: namespaceNames.length - 1 }),
    isDeployment: fc.boolean(),
    hostNetwork: weighted(9, false, true),
    pods: fc.array(podPlan(), { minLength: 0, maxLength: maxPods, size: "max" }),
  });
}

/** The namespace and labels of an application's Pods. */
export function workloadLabels(plan: WorkloadPlan, place: number): { namespace: string; labels: { app: string } } {
  return { namespace: namespaceNames[plan.namespace % namespaceNames.length]!, labels: { app: `app-${place}` } };
}

/** The Deployment of an application: as many replicas as there are Pods, all like the first. */
export function deploymentOf(plan: WorkloadPlan, place: number): Deployment {
  const { namespace, labels } = workloadLabels(plan, place);
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: `app-${place}`, namespace },
    spec: {
      replicas: plan.pods.length,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: podSpec(plan, plan.pods[0]) },
    },
  };
}

/** Whether a Deployment makes the Pods. Not on the host network: there each needs a node of its own. */
export function hasDeployment(plan: WorkloadPlan): boolean {
  return plan.isDeployment && !plan.hostNetwork;
}

/**
 * The Pods of an application without a Deployment, each on its node and in its condition. On the host network there is
 * at most one a node: two would listen on the same ports of one address.
 */
export function podsOf(plan: WorkloadPlan, place: number, nodeNames: readonly string[]): readonly Pod[] {
  const { namespace, labels } = workloadLabels(plan, place);
  const isFirstOnNode = (pod: PodPlan, index: number): boolean =>
    plan.pods.findIndex((other) => other.node % nodeNames.length === pod.node % nodeNames.length) === index;
  const pods = plan.hostNetwork ? plan.pods.filter(isFirstOnNode) : plan.pods;
  return pods.map((pod, index) => ({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: `app-${place}-${index}`, namespace, labels, ...terminating(pod) },
    spec: { nodeName: nodeNames[pod.node % nodeNames.length]!, ...podSpec(plan, pod) },
    ...unready(pod),
  }));
}

function podPlan(): fc.Arbitrary<PodPlan> {
  return fc.record({
    node: fc.nat({ max: 99 }),
    condition: fc.oneof(
      { weight: 7, arbitrary: fc.constant("ready" as const) },
      { weight: 1, arbitrary: fc.constant("unready" as const) },
      { weight: 1, arbitrary: fc.constant("terminating" as const) },
      { weight: 1, arbitrary: fc.constant("terminating-unready" as const) },
    ),
    httpPort: weighted<8080 | 9090>(4, 8080, 9090),
    hasHttp: weighted(9, true, false),
  });
}

function podSpec(plan: WorkloadPlan, pod: PodPlan | undefined): PodSpec {
  const http = { name: "http", containerPort: pod?.httpPort ?? 8080 };
  const dns = { name: "dns", containerPort: 5353, protocol: "UDP" as const };
  return {
    ...(plan.hostNetwork ? { hostNetwork: true } : {}),
    containers: [{ name: "app", image: "app:1", ports: pod?.hasHttp === false ? [dns] : [http, dns] }],
  };
}

function terminating(pod: PodPlan): Partial<Pod["metadata"]> {
  if (!pod.condition.startsWith("terminating")) return {};
  return { deletionTimestamp: "2026-01-01T00:00:00Z", deletionGracePeriodSeconds: 30 };
}

function unready(pod: PodPlan): Pick<Pod, "status"> {
  if (!pod.condition.endsWith("unready")) return {};
  return { status: { phase: "Running", conditions: [{ type: "Ready", status: "False" }] } };
}

function weighted<T>(weight: number, usual: T, rare: T): fc.Arbitrary<T> {
  return fc.oneof({ weight, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constant(rare) });
}
