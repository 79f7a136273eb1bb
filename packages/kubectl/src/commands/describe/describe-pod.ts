import type { ObjectMeta } from "@kubenetsim/core/model/object-meta";
import { goQuoted } from "@kubenetsim/core/runtime/go-quoted";
import { readQuantity } from "../../output/quantity.ts";
import { describeContainers, describeResources, describeSeccomp } from "./describe-containers.ts";
import { describeSpread, describeTolerations } from "./describe-pod-template.ts";
import { describeVolumes } from "./describe-volumes.ts";
import type { DescribeWriter } from "./describe-writer.ts";
import type { DescribedContainer, DescribedPod } from "./described.ts";
import type { Describer } from "./describer.ts";
import { rfc1123, since } from "./times.ts";

/** kubectl pkg/describe, describePod. */
export const describePod: Describer<DescribedPod> = (pod, writer, lookUp) => {
  const { metadata, spec, status = {} } = pod;
  writer.line(`Name:\t${metadata.name}`);
  writer.line(`Namespace:\t${metadata.namespace}`);
  if (spec.priority !== undefined) writer.line(`Priority:\t${spec.priority}`);
  if (spec.priorityClassName) writer.line(`Priority Class Name:\t${spec.priorityClassName}`);
  if (spec.runtimeClassName) writer.line(`Runtime Class Name:\t${spec.runtimeClassName}`);
  if (spec.serviceAccountName) writer.line(`Service Account:\t${spec.serviceAccountName}`);
  writer.line(`Node:\t${spec.nodeName ? `${spec.nodeName}/${status.hostIP ?? ""}` : "<none>"}`);
  if (status.startTime) writer.line(`Start Time:\t${rfc1123(status.startTime)}`);
  writer.labels("Labels", metadata.labels);
  writer.annotations("Annotations", metadata.annotations);
  describePhase(pod, writer, lookUp.nowMs);
  if (status.reason) writer.line(`Reason:\t${status.reason}`);
  if (status.message) writer.line(`Message:\t${status.message}`);
  describeSeccomp(spec.securityContext?.seccompProfile, writer, 0);
  writer.line(`IP:\t${status.podIP ?? ""}`);
  writer.line(status.podIPs?.length ? "IPs:" : "IPs:\t<none>");
  for (const { ip } of status.podIPs ?? []) writer.line(`IP:\t${ip}`, 1);
  const owner = controllerOf(metadata);
  if (owner !== undefined) writer.line(`Controlled By:\t${owner}`);
  if (status.nominatedNodeName) writer.line(`NominatedNodeName:\t${status.nominatedNodeName}`);
  if (spec.resources !== undefined) writer.line("Resources:");
  describeResources(spec.resources, writer, 1);
  describeAllContainers(pod, writer);
  describeConditions(pod, writer);
  describeVolumes(spec.volumes, writer, "");
  writer.line(`QoS Class:\t${status.qosClass || qosClass(spec)}`);
  writer.labels("Node-Selectors", spec.nodeSelector);
  describeTolerations("Tolerations", spec.tolerations, writer);
  describeSpread(spec.topologySpreadConstraints, writer, "");
};

function describePhase({ metadata, status }: DescribedPod, writer: DescribeWriter, nowMs: number): void {
  const phase = status?.phase ?? "";
  if (metadata.deletionTimestamp === undefined || phase === "Failed" || phase === "Succeeded") {
    writer.line(`Status:\t${phase}`);
    return;
  }
  writer.line(`Status:\tTerminating (lasts ${since(metadata.deletionTimestamp, nowMs)})`);
  writer.line(`Termination Grace Period:\t${metadata.deletionGracePeriodSeconds ?? 0}s`);
}

/** `ReplicaSet/web-7d4f`. */
export function controllerOf({ ownerReferences = [] }: Partial<ObjectMeta>): string | undefined {
  const owner = ownerReferences.find(({ controller }) => controller === true);
  return owner === undefined ? undefined : `${owner.kind}/${owner.name}`;
}

function describeAllContainers(pod: DescribedPod, writer: DescribeWriter): void {
  const { spec, status = {} } = pod;
  const resolve = (path: string): string => fieldText(pod.metadata, path);
  const tell = (title: string, containers: readonly DescribedContainer[], statuses: typeof status.containerStatuses) =>
    describeContainers(containers, writer, { title, indent: "", resolve, ...(statuses && { statuses }) });
  if (spec.initContainers?.length) tell("Init Containers", spec.initContainers, status.initContainerStatuses);
  tell("Containers", spec.containers ?? [], status.containerStatuses);
  if (spec.ephemeralContainers?.length) {
    tell("Ephemeral Containers", spec.ephemeralContainers, status.ephemeralContainerStatuses);
  }
}

/** k8s.io/kubectl, pkg/util/fieldpath: of all fields those of the metadata, and no labels one by one. */
function fieldText(metadata: ObjectMeta, path: string): string {
  switch (path) {
    case "metadata.name":
      return metadata.name;
    case "metadata.namespace":
      return metadata.namespace ?? "";
    case "metadata.uid":
      return metadata.uid ?? "";
    case "metadata.labels":
      return mapText(metadata.labels);
    case "metadata.annotations":
      return mapText(metadata.annotations);
    default:
      return "";
  }
}

/** A line for each key. */
function mapText(pairs: Readonly<Record<string, string>> = {}): string {
  return Object.keys(pairs)
    .sort()
    .map((key) => `${key}=${goQuoted(pairs[key]!)}`)
    .join("\n");
}

function describeConditions({ spec, status }: DescribedPod, writer: DescribeWriter): void {
  const conditions = status?.conditions ?? [];
  if (spec.readinessGates?.length) {
    writer.line("Readiness Gates:");
    writer.line("Type\tStatus", 1);
    for (const { conditionType } of spec.readinessGates) {
      const found = conditions.find(({ type }) => type === conditionType);
      writer.line(`${conditionType} \t${found?.status ?? "<none>"} `, 1);
    }
  }
  if (conditions.length === 0) return;
  writer.line("Conditions:");
  writer.line("Type\tStatus", 1);
  for (const { type, status: state } of conditions) writer.line(`${type} \t${state} `, 1);
}

/** k8s.io/kubectl, pkg/util/qos. */
function qosClass({ containers = [], initContainers = [] }: DescribedPod["spec"]): string {
  const all = [...containers, ...initContainers];
  const amount = (text: string | undefined): bigint => readQuantity(text ?? "0")?.nano ?? 0n;
  const asks = all.some(({ resources = {} }) =>
    ["cpu", "memory"].some((name) => amount(resources.requests?.[name]) > 0n || amount(resources.limits?.[name]) > 0n),
  );
  if (!asks) return "BestEffort";
  const isGuaranteed = all.every(({ resources = {} }) =>
    ["cpu", "memory"].every((name) => {
      const limit = resources.limits?.[name];
      return amount(limit) > 0n && (resources.requests?.[name] ?? limit) === limit;
    }),
  );
  return isGuaranteed ? "Guaranteed" : "Burstable";
}
