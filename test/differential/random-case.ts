import { applyYaml } from "@kubenetsim/core/apiserver/apply";
import type { Change, ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import { emptyState } from "@kubenetsim/core/apiserver/empty-state";
import { deleteObject, putObject, type WriteResult } from "@kubenetsim/core/apiserver/write-object";
import { settle } from "@kubenetsim/core/controllers/settle";
import type { Kind } from "@kubenetsim/core/model/api-object";
import type { Node } from "@kubenetsim/core/model/node";
import type { Pod } from "@kubenetsim/core/model/pod";
import type { IpAddress } from "@kubenetsim/core/net/address";
import { virtualClock } from "@kubenetsim/core/runtime/clock";
import { type Random, seededRandom } from "@kubenetsim/core/runtime/random";
import { defaultKubeProxyConfig, type KubeProxyConfig, type ProxyNode } from "@kubenetsim/proxy";
import { type ClusterOptions, randomCluster, toYaml } from "@kubenetsim/testing";

/** A random cluster before and after some of its Pods and Services went, and the kube-proxy that watches it. */
export interface RandomCase {
  readonly id: string;
  readonly yaml: string;
  readonly before: ClusterState;
  /** What came between: the user's doing and the controllers' answer. */
  readonly changes: readonly Change[];
  readonly after: ClusterState;
  readonly node: ProxyNode;
  readonly config: KubeProxyConfig;
}

export function randomCase(seed: string, options: ClusterOptions): RandomCase {
  const random = seededRandom(seed);
  const context = { random, clock: virtualClock() };
  const yaml = toYaml(randomCluster(seed, options));
  const first = settle(applyYaml(emptyState(), yaml, seed, context).state, context);
  const disturbed = disturb(first.state, random.fork("disturb"));
  const second = settle(disturbed.state, context, { since: { result: first, changes: disturbed.changes } });
  return {
    id: seed,
    yaml,
    before: first.state,
    changes: [...disturbed.changes, ...second.changes],
    after: second.state,
    node: nodeOf(first.state.tables.Node.values()[0]!),
    config: configOf(random.fork("config")),
  };
}

/** Takes some Pods and at most one Service away, and turns the readiness of others. */
function disturb(state: ClusterState, random: Random): { state: ClusterState; changes: Change[] } {
  const changes: Change[] = [];
  let at = state;
  const record = (result: WriteResult | undefined): void => {
    if (result === undefined) return;
    at = result.state;
    changes.push(result.change);
  };
  for (const pod of state.tables.Pod.values()) {
    const key = `${pod.metadata.namespace}/${pod.metadata.name}`;
    const draw = random.below(6);
    if (draw === 0) record(deleteObject(at, "Pod", key));
    if (draw === 1) record(putObject(at, withTurnedReadiness(pod)));
  }
  const services = state.tables.Service.values().filter(({ metadata }) => metadata.name !== "kubernetes");
  const victim = services[random.below(2 * services.length + 1)];
  if (victim !== undefined) record(deleteObject(at, "Service", `${victim.metadata.namespace}/${victim.metadata.name}`));
  return { state: at, changes };
}

function withTurnedReadiness(pod: Pod): Pod {
  const conditions = (pod.status?.conditions ?? []).map((condition) =>
    condition.type === "Ready"
      ? { ...condition, status: condition.status === "True" ? ("False" as const) : ("True" as const) }
      : condition,
  );
  return { ...pod, status: { ...pod.status, conditions } };
}

/** The host of a Node with a bridge for its Pods, as the recorded clusters have it. */
function nodeOf(node: Node): ProxyNode {
  const nodeIP = node.status!.addresses![0]!.address as IpAddress;
  const podCIDRs = node.spec!.podCIDRs!;
  return {
    name: node.metadata.name,
    nodeIPs: [nodeIP],
    addresses: [
      { address: nodeIP, prefix: 24 },
      { address: podCIDRs[0]!.replace(/0\/24$/, "1") as IpAddress, prefix: 24 },
    ],
    zone: node.metadata.labels?.["topology.kubernetes.io/zone"] ?? "",
    podCIDRs,
    nfacct: true,
  };
}

/** Mostly the defaults, with one thing changed now and then. */
function configOf(random: Random): KubeProxyConfig {
  const { iptables } = defaultKubeProxyConfig;
  const variants: readonly Partial<KubeProxyConfig>[] = [
    {},
    {},
    {},
    { iptables: { ...iptables, masqueradeAll: true } },
    { iptables: { ...iptables, localhostNodePorts: false, masqueradeBit: 20 } },
    { detectLocalMode: "BridgeInterface", bridgeInterface: "cni0" },
    { detectLocalMode: "InterfaceNamePrefix", interfaceNamePrefix: "veth" },
    { clusterCIDRs: [] },
    { nodePortAddresses: ["192.168.10.0/24"] },
  ];
  return { ...defaultKubeProxyConfig, ...variants[random.below(variants.length)] };
}

/** The last value of each object of a kind that the changes name; undefined where it is gone. */
export function lastValues(changes: readonly Change[], kind: Kind): ReadonlyMap<string, Change["after"]> {
  return new Map(changes.filter((change) => change.kind === kind).map(({ key, after }) => [key, after]));
}
