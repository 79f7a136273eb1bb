import type { ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import type { ObjectKey } from "@kubenetsim/core/model/api-object";
import type { Pod } from "@kubenetsim/core/model/pod";

/** Where a CoreDNS Pod has its Corefile from. */
export interface CorefileMount {
  /** The ConfigMap, and its key that holds the text. */
  readonly configMap: ObjectKey;
  readonly key: string;
}

/** What is read of a Pod's volumes. */
interface Volume {
  readonly name: string;
  readonly configMap?: {
    readonly name?: string;
    readonly items?: readonly { readonly key: string; readonly path: string }[];
  };
}

interface MountingContainer {
  readonly args?: readonly string[];
  readonly command?: readonly string[];
  readonly image?: string;
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
}

const image = /(^|\/)coredns(:|@|$)/;

/** Does a container of the Pod run CoreDNS? Told by the name of its image. */
export function runsCoredns(pod: Pod): boolean {
  return containerOf(pod) !== undefined;
}

function containerOf(pod: Pod): MountingContainer | undefined {
  return pod.spec.containers.find((container) => image.test(container.image ?? "")) as MountingContainer | undefined;
}

/** The file that `-conf` names, by the volume that it lies in. Undefined where it lies in none that is a ConfigMap. */
export function corefileMount(pod: Pod): CorefileMount | undefined {
  const { args = [], command = [], volumeMounts = [] } = containerOf(pod) ?? {};
  const words = [...command, ...args];
  const flag = words.findIndex((word) => /^--?conf(=|$)/.test(word));
  if (flag < 0) return undefined;
  const path = words[flag]!.split("=")[1] ?? words[flag + 1] ?? "";
  const mount = volumeMounts.find(({ mountPath }) => path.startsWith(`${mountPath.replace(/\/$/, "")}/`));
  const { volumes = [] } = pod.spec as { volumes?: readonly Volume[] };
  const configMap = volumes.find(({ name }) => name === mount?.name)?.configMap;
  if (mount === undefined || configMap?.name === undefined) return undefined;
  const file = path.slice(mount.mountPath.replace(/\/$/, "").length + 1);
  const key = configMap.items === undefined ? file : configMap.items.find((item) => item.path === file)?.key;
  return key === undefined ? undefined : { configMap: `${pod.metadata.namespace}/${configMap.name}`, key };
}

/** What the mounted file holds now. Undefined where there is none. */
export function mountedCorefile({ tables }: ClusterState, { configMap, key }: CorefileMount): string | undefined {
  return tables.ConfigMap.get(configMap)?.data?.[key];
}
