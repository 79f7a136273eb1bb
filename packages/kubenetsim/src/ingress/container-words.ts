import type { ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import type { Container, Pod } from "@kubenetsim/core/model/pod";

interface KeyReference {
  readonly name?: string;
  readonly key: string;
}

/** What is read of a container beside its image. */
interface StartedContainer {
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly {
    readonly name: string;
    readonly value?: string;
    readonly valueFrom?: {
      readonly fieldRef?: { readonly fieldPath: string };
      readonly configMapKeyRef?: KeyReference;
    };
  }[];
}

/**
 * The words of a container's command and arguments with what `$(NAME)` stands for, as its kubelet puts it there; names that nobody
 * knows stay, and `$$` is one dollar (third_party/forked/golang/expansion). `envFrom` and Secrets are not read.
 */
export function containerWords(state: ClusterState, pod: Pod, container: Container): string[] {
  const { command = [], args = [], env = [] } = container as StartedContainer;
  const values = new Map<string, string>();
  for (const { name, value = "", valueFrom } of env) {
    const text = valueFrom === undefined ? expanded(value, values) : textFrom(state, pod, valueFrom);
    if (text !== undefined) values.set(name, text);
  }
  return [...command, ...args].map((word) => expanded(word, values));
}

function expanded(text: string, values: ReadonlyMap<string, string>): string {
  return text.replace(/\$\$|\$\(([^)]*)\)/g, (whole, name?: string) =>
    whole === "$$" ? "$" : (values.get(name ?? "") ?? whole),
  );
}

type ValueSource = NonNullable<NonNullable<StartedContainer["env"]>[number]["valueFrom"]>;

function textFrom({ tables }: ClusterState, pod: Pod, { fieldRef, configMapKeyRef }: ValueSource): string | undefined {
  if (fieldRef !== undefined) return fieldOf(pod, fieldRef.fieldPath);
  if (configMapKeyRef === undefined) return undefined;
  const { name = "", key } = configMapKeyRef;
  return ownValue(tables.ConfigMap.get(`${pod.metadata.namespace ?? ""}/${name}`)?.data, key);
}

/** What stands under a name that somebody chose, which may be that of something every object has. */
function ownValue(values: Readonly<Record<string, string>> | undefined, name: string): string | undefined {
  return values !== undefined && Object.hasOwn(values, name) ? values[name] : undefined;
}

/** The downward API's fields (pkg/fieldpath `ExtractFieldPathAsString`, and those that the kubelet adds). */
function fieldOf({ metadata, spec, status }: Pod, path: string): string | undefined {
  const [, list, name = ""] = /^metadata\.(labels|annotations)\['([^']*)'\]$/.exec(path) ?? [];
  if (list !== undefined) return ownValue(metadata[list as "labels" | "annotations"], name) ?? "";
  switch (path) {
    case "metadata.name":
      return metadata.name;
    case "metadata.namespace":
      return metadata.namespace;
    case "metadata.uid":
      return metadata.uid;
    case "spec.nodeName":
      return spec.nodeName;
    case "spec.serviceAccountName":
      return (spec as { readonly serviceAccountName?: string }).serviceAccountName;
    case "status.hostIP":
      return status?.hostIP;
    case "status.hostIPs":
      return status?.hostIPs?.map(({ ip }) => ip).join(",");
    case "status.podIP":
      return status?.podIP;
    case "status.podIPs":
      return status?.podIPs?.map(({ ip }) => ip).join(",");
    default:
      return undefined;
  }
}
