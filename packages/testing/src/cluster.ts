import type { Node } from "@kubenetsim/core/model/node";
import type { Service } from "@kubenetsim/core/model/service";
import * as fc from "fast-check";
import type { GeneratedCluster } from "./generated-cluster.ts";
import { type ServiceKind, type ServiceOptions, type ServicePlan, serviceOf, servicePlan } from "./service-plan.ts";
import { toYaml } from "./to-yaml.ts";
import {
  deploymentOf,
  hasDeployment,
  namespaceNames,
  podsOf,
  type WorkloadPlan,
  workloadLabels,
  workloadPlan,
} from "./workload-plan.ts";

/** How large a cluster may become; it has at least one node. */
export interface ClusterOptions {
  readonly maxNodes?: number;
  /** Deployments, or groups of Pods of one label. */
  readonly maxWorkloads?: number;
  readonly maxPodsPerWorkload?: number;
  readonly maxServices?: number;
  /** The kinds of Services to choose from; all by default. */
  readonly serviceKinds?: readonly ServiceKind[];
}

interface ClusterPlan {
  readonly nodes: number;
  readonly hasZones: boolean;
  readonly workloads: readonly WorkloadPlan[];
  readonly services: readonly ServicePlan[];
}

/**
 * A whole valid cluster: a real API server accepts its YAML as it is. IPv4 only; nodes with podCIDRs, two namespaces,
 * Deployments and bare Pods in every condition, Services of every kind. It prints as YAML and shrinks to fewer Services,
 * Pods and nodes with plainer fields.
 *
 * @example
 * fc.assert(fc.property(cluster({ maxServices: 3 }), (c) => {
 *   applyYaml(emptyState(), toYaml(c), "cluster.yaml", context); // never throws
 * }));
 */
export function cluster(options: ClusterOptions = {}): fc.Arbitrary<GeneratedCluster> {
  const { maxNodes = 3, maxWorkloads = 4, maxPodsPerWorkload = 4, maxServices = 6, serviceKinds } = options;
  const serviceOptions: ServiceOptions = serviceKinds === undefined ? {} : { kinds: serviceKinds };
  const plan: fc.Arbitrary<ClusterPlan> = fc.record({
    nodes: fc.integer({ min: 1, max: maxNodes }),
    hasZones: fc.boolean(),
    workloads: fc.array(workloadPlan(maxPodsPerWorkload), { minLength: 1, maxLength: maxWorkloads, size: "max" }),
    services: fc.array(servicePlan(serviceOptions), { maxLength: maxServices, size: "max" }),
  });
  return plan.map(clusterOf);
}

/**
 * One Service that a real API server accepts, in the namespace `default` with the selector `app: app-0`.
 *
 * @example
 * fc.sample(service({ kinds: ["LoadBalancer"] }), 3);
 */
export function service(options: ServiceOptions = {}): fc.Arbitrary<Service> {
  return servicePlan(options).map((plan) => serviceOf(plan, 0, { namespace: "default", labels: { app: "app-0" } }));
}

/**
 * A cluster that depends on nothing but the seed and the options, for programs that are not property tests. Unlike the
 * arbitrary's first runs it is not kept small.
 *
 * @example
 * const { state } = applyYaml(emptyState(), toYaml(randomCluster("case-17", { maxServices: 20 })), "case-17", context);
 */
export function randomCluster(seed: string, options: ClusterOptions = {}): GeneratedCluster {
  return fc.sample(fc.noBias(cluster(options)), { seed: seedNumber(seed), numRuns: 1 })[0]!;
}

function clusterOf(plan: ClusterPlan): GeneratedCluster {
  const nodes = Array.from({ length: plan.nodes }, (_, index) => nodeOf(index, plan.hasZones));
  const names = nodes.map((node) => node.metadata.name);
  const places = plan.workloads.map((workload, place) => ({ workload, place }));
  const generated: GeneratedCluster = {
    namespaces: namespaceNames.slice(1).map((name) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } })),
    nodes,
    deployments: places
      .filter(({ workload }) => hasDeployment(workload))
      .map(({ workload, place }) => deploymentOf(workload, place)),
    pods: places
      .filter(({ workload }) => !hasDeployment(workload))
      .flatMap(({ workload, place }) => podsOf(workload, place, names)),
    services: plan.services.map((service, number) => {
      const place = service.workload % plan.workloads.length;
      return serviceOf(service, number, workloadLabels(plan.workloads[place]!, place));
    }),
  };
  return printsAsYaml(generated);
}

function nodeOf(index: number, hasZones: boolean): Node {
  const number = index + 1;
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name: `node${number}`,
      ...(hasZones ? { labels: { "topology.kubernetes.io/zone": `zone-${"ab"[index % 2]}` } } : {}),
    },
    spec: { podCIDR: `10.244.${number}.0/24`, podCIDRs: [`10.244.${number}.0/24`] },
    status: { addresses: [{ type: "InternalIP", address: `192.168.10.${10 + number}` }] },
  };
}

/** What fast-check shows when a property fails. */
function printsAsYaml(generated: GeneratedCluster): GeneratedCluster {
  return Object.defineProperty(generated, fc.toStringMethod, { value: () => `\n${toYaml(generated)}` });
}

function seedNumber(seed: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < seed.length; i++) hash = Math.imul(hash ^ seed.charCodeAt(i), 0x01000193);
  return hash;
}
