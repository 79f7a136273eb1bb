import type { Labels } from "../model/object-meta.ts";
import type { Affinity, Pod, PodSpec, PodTemplateSpec, Toleration } from "../model/pod.ts";

/** Taints that say what a node lacks; a daemon stays there. */
const tolerated: readonly (readonly [string, "NoExecute" | "NoSchedule"])[] = [
  ["not-ready", "NoExecute"],
  ["unreachable", "NoExecute"],
  ["disk-pressure", "NoSchedule"],
  ["memory-pressure", "NoSchedule"],
  ["pid-pressure", "NoSchedule"],
  ["unschedulable", "NoSchedule"],
];

const daemonTolerations: readonly Toleration[] = tolerated.map(([condition, effect]) => toleration(condition, effect));
const networkToleration: Toleration = toleration("network-unavailable", "NoSchedule");

function toleration(condition: string, effect: string): Toleration {
  return { key: `node.kubernetes.io/${condition}`, operator: "Exists", effect };
}

/** The template with a daemon's labels and tolerations (pkg/controller/daemon/util, CreatePodTemplate). */
export function daemonTemplate({ metadata, spec }: PodTemplateSpec, labels: Labels): PodTemplateSpec {
  return {
    metadata: { ...metadata, labels: { ...metadata?.labels, ...labels } },
    spec: { ...spec, tolerations: tolerationsOf(spec) },
  };
}

/** The template's tolerations and every daemon's. */
export function tolerationsOf({ tolerations = [], hostNetwork }: PodSpec): readonly Toleration[] {
  const added = hostNetwork === true ? [...daemonTolerations, networkToleration] : daemonTolerations;
  const isSame = (a: Toleration, b: Toleration): boolean =>
    a.key === b.key && a.effect === b.effect && a.operator === b.operator && (a.value ?? "") === (b.value ?? "");
  const kept = tolerations.map((one) => added.find((other) => isSame(one, other)) ?? one);
  return [...kept, ...added.filter((one) => !tolerations.some((other) => isSame(one, other)))];
}

/** A Pod that only one node fits (ReplaceDaemonSetPodNodeNameNodeAffinity); the scheduler puts it there. */
export function forNode(pod: Pod, node: string): Pod {
  const { affinity } = pod.spec;
  const field = { key: "metadata.name", operator: "In", values: [node] } as const;
  const nodeAffinity: Affinity["nodeAffinity"] = {
    ...affinity?.nodeAffinity,
    requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchFields: [field] }] },
  };
  return { ...pod, spec: { ...pod.spec, affinity: { ...affinity, nodeAffinity } } };
}

/** The node that a daemon's Pod is on or is meant for, "" for none (GetTargetNodeName). */
export function targetNode({ spec }: Pod): string {
  if (spec.nodeName) return spec.nodeName;
  const terms = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  for (const { matchFields = [] } of terms) {
    const [field] = matchFields;
    const isName = field?.key === "metadata.name" && field.operator === "In" && field.values?.length === 1;
    if (matchFields.length === 1 && isName) return field.values![0]!;
  }
  return "";
}
