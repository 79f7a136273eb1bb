import type { ApiObject } from "@kubenetsim/core/model/api-object";
import { seededRandom } from "@kubenetsim/core/runtime/random";
import { clusterObjects, randomCluster } from "@kubenetsim/testing";
import type { ProxyConfigDocument } from "./real-node.ts";

/** A cluster that is served, the node whose kube-proxy runs, and what is typed meanwhile. */
export interface ServeCase {
  readonly config: ProxyConfigDocument & { readonly mode: "iptables" | "nftables" };
  readonly node: string;
  /** In an order in which they can be applied. */
  readonly objects: readonly ApiObject[];
  readonly changes: readonly Change[];
}

/** A command of kubectl, with the objects that it reads from its standard input. */
interface Change {
  readonly words: readonly string[];
  readonly objects?: readonly ApiObject[];
}

type Pick = <T>(choices: readonly T[]) => T;

/** The same case for the same seed. */
export function randomServeCase(seed: number): ServeCase {
  const random = seededRandom(`serve/${seed}`);
  const pick: Pick = (choices) => choices[random.below(choices.length)]!;
  const objects = clusterObjects(randomCluster(`serve/${seed}`));
  const nodes = objects.filter(({ kind }) => kind === "Node");
  const changes = Array.from({ length: 3 + random.below(4) }, (_, at) => randomChange(pick, objects, { seed, at }));
  return { config: randomConfig(pick), node: pick(nodes).metadata.name, objects, changes: [firstChange, ...changes] };
}

/**
 * In nftables mode kube-proxy hears of ServiceCIDRs without a sync of its own, so what it writes at its start is a matter of which
 * informer comes first: it is compared after something has changed.
 */
const firstChange: Change = { words: ["create", "service", "clusterip", "first", "--tcp=1"] };

function randomConfig(pick: Pick): ServeCase["config"] {
  const mode = pick(["iptables", "nftables"] as const);
  return {
    apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
    kind: "KubeProxyConfiguration",
    mode,
    ...pick([
      { clusterCIDR: "10.244.0.0/16" },
      { detectLocalMode: "BridgeInterface", detectLocal: { bridgeInterface: "cni0" } },
    ]),
    ...pick([{}, {}, { nodePortAddresses: ["primary"] }, { nodePortAddresses: ["192.168.0.0/16"] }]),
    // The next sync need not wait for a second.
    [mode]: { minSyncPeriod: "50ms", ...pick([{}, { masqueradeAll: true }]) },
  };
}

const patches = [
  { internalTrafficPolicy: "Local" },
  { internalTrafficPolicy: null },
  { sessionAffinity: "ClientIP" },
  { sessionAffinity: "None" },
  { type: "NodePort" },
  { type: "LoadBalancer" },
  { type: "ClusterIP" },
  { externalTrafficPolicy: "Local" },
  { publishNotReadyAddresses: true },
  { trafficDistribution: "PreferSameNode" },
  { loadBalancerSourceRanges: ["192.0.2.0/24"] },
  { selector: { app: "app-1" } },
  { ports: [{ port: 8443, name: "added" }] },
];

/** What may not be done is refused, and changes nothing. */
function randomChange(pick: Pick, objects: readonly ApiObject[], { seed, at }: { seed: number; at: number }): Change {
  const one = (kind: string): string[] => {
    const { name, namespace = "default" } = (pick(objects.filter((object) => object.kind === kind)) ?? nobody).metadata;
    return [kind.toLowerCase(), name, "-n", namespace];
  };
  const patch = { spec: pick([...patches, { externalIPs: [`203.${at + 1}.255.1`] }]) };
  // A Pod of another cluster may have a node that is not there, which never ends it.
  const other = (): Change => ({
    words: ["apply", "-f", "-"],
    objects: clusterObjects(randomCluster(`serve/${seed}/${at}`))
      .filter(({ kind }) => kind !== "Node" && kind !== "Pod")
      .map((object) => withOwnExternalIPs(object, at)),
  });
  return pick<() => Change>([
    () => ({ words: ["patch", ...one("Service"), "-p", JSON.stringify(patch)] }),
    () => ({ words: ["patch", ...one("Service"), "--type=merge", "-p", JSON.stringify(patch)] }),
    () => ({ words: ["delete", ...one("Service")] }),
    () => ({ words: ["scale", ...one("Deployment"), `--replicas=${pick([0, 1, 3, 7])}`] }),
    () => ({ words: ["delete", ...one("Pod")] }),
    () => ({ words: ["label", ...one("Pod"), `app=${pick(["app-0", "app-1", "none"])}`, "--overwrite"] }),
    () => ({ words: ["label", ...one("Service"), "service.kubernetes.io/service-proxy-name=other"] }),
    () => ({ words: ["create", "service", pick(["nodeport", "loadbalancer"]), pick(["a", "b"]), "--tcp=80:8080"] }),
    () => ({ words: ["expose", ...one("Deployment"), "--name=exposed", `--port=${pick(["80", "53"])}`] }),
    () => ({ words: ["delete", "pods", "--all", "-n", pick(["default", "kube-system"])] }),
    () => ({
      words: ["label", "node", "--all", `topology.kubernetes.io/zone=${pick(["zone-a", "zone-c"])}`, "--overwrite"],
    }),
    other,
    other,
  ])();
}

/** Which of two Services gets an external address that both claim is a matter of Go's maps: none claims another's. */
function withOwnExternalIPs(object: ApiObject, at: number): ApiObject {
  if (object.kind !== "Service" || object.spec.externalIPs === undefined) return object;
  const externalIPs = object.spec.externalIPs.map((address) => address.replace(/^203\.0\./, `203.${at + 1}.`));
  return { ...object, spec: { ...object.spec, externalIPs } };
}

/** Where there is no object of a kind a command names one that is not there. */
const nobody = { metadata: { name: "nobody", namespace: "default" } };
