import { labelsText } from "@kubenetsim/core/apiserver/table/labels-text";
import type { LabelSelector } from "@kubenetsim/core/model/label-selector";
import type { Condition } from "@kubenetsim/core/model/node";
import type { ObjectMeta } from "@kubenetsim/core/model/object-meta";
import type { VolumeClaimTemplate } from "@kubenetsim/core/model/stateful-set";
import { compactJson } from "../../output/json.ts";
import { describeClaimTemplates } from "./describe-claim-templates.ts";
import { controllerOf } from "./describe-pod.ts";
import { describePodTemplate } from "./describe-pod-template.ts";
import type { DescribeWriter } from "./describe-writer.ts";
import type { DescribedPod, DescribedTemplate } from "./described.ts";
import type { Describer, LookUp } from "./describer.ts";
import { selectorText } from "./selector-lines.ts";
import { rfc1123 } from "./times.ts";

interface Workload {
  readonly metadata: ObjectMeta;
  readonly spec: {
    readonly replicas?: number;
    readonly selector: LabelSelector;
    readonly template: DescribedTemplate;
    readonly minReadySeconds?: number;
    readonly strategy?: {
      readonly type?: string;
      readonly rollingUpdate?: { readonly maxUnavailable?: number | string; readonly maxSurge?: number | string };
    };
    readonly serviceName?: string;
    readonly volumeClaimTemplates?: readonly VolumeClaimTemplate[];
    readonly podManagementPolicy?: string;
    readonly updateStrategy?: {
      readonly type?: string;
      readonly rollingUpdate?: { readonly partition?: number; readonly maxUnavailable?: number | string };
    };
    readonly persistentVolumeClaimRetentionPolicy?: { readonly whenDeleted?: string; readonly whenScaled?: string };
  };
  readonly status?: Readonly<Record<string, number>> & { readonly conditions?: readonly Condition[] };
}

/** kubectl pkg/describe, describeDeployment. */
export const describeDeployment: Describer<Workload> = (deployment, writer, lookUp) => {
  const { metadata, spec, status = {} as NonNullable<Workload["status"]> } = deployment;
  describeHead(metadata, writer);
  writer.line(`CreationTimestamp:\t${rfc1123(metadata.creationTimestamp)}`);
  writer.labels("Labels", metadata.labels);
  writer.annotations("Annotations", metadata.annotations);
  writer.line(`Selector:\t${selectorText(spec.selector)}`);
  const count = (name: string): number => status[name] ?? 0;
  writer.line(
    `Replicas:\t${spec.replicas ?? 0} desired | ${count("updatedReplicas")} updated | ${count("replicas")} total | ${count("availableReplicas")} available | ${count("unavailableReplicas")} unavailable`,
  );
  writer.line(`StrategyType:\t${spec.strategy?.type ?? ""}`);
  writer.line(`MinReadySeconds:\t${spec.minReadySeconds ?? 0}`);
  const rolling = spec.strategy?.rollingUpdate;
  if (rolling !== undefined) {
    writer.line(`RollingUpdateStrategy:\t${rolling.maxUnavailable} max unavailable, ${rolling.maxSurge} max surge`);
  }
  describePodTemplate(spec.template, writer);
  describeConditions(status.conditions, writer);
  describeReplicaSets(deployment, writer, lookUp);
};

function describeHead({ name, namespace }: ObjectMeta, writer: DescribeWriter): void {
  writer.line(`Name:\t${name}`);
  writer.line(`Namespace:\t${namespace}`);
}

function describeConditions(conditions: readonly Condition[] | undefined, writer: DescribeWriter): void {
  if (!conditions?.length) return;
  writer.line("Conditions:");
  writer.line("Type\tStatus\tReason", 1);
  writer.line("----\t------\t------", 1);
  for (const { type, status, reason = "" } of conditions) writer.line(`${type} \t${status}\t${reason}`, 1);
}

/** The one with the Deployment's own template is new, the others are old. */
function describeReplicaSets({ metadata, spec }: Workload, writer: DescribeWriter, lookUp: LookUp): void {
  const path = `/apis/apps/v1/namespaces/${metadata.namespace}/replicasets`;
  const listed = lookUp.list(path, { labelSelector: selectorText(spec.selector) }) as unknown as Workload[];
  const owned = listed
    .filter((set) => ownerUid(set.metadata) === metadata.uid)
    .sort((a, b) => byAge(a.metadata, b.metadata));
  const wanted = templateText(spec.template);
  const current = owned.find((set) => templateText(set.spec.template) === wanted);
  if (owned.length === 0) return;
  writer.line(
    `OldReplicaSets:\t${
      owned
        .filter((set) => set !== current)
        .map(setText)
        .join(", ") || "<none>"
    }`,
  );
  writer.line(`NewReplicaSet:\t${current === undefined ? "<none>" : setText(current)}`);
}

function ownerUid({ ownerReferences = [] }: ObjectMeta): string | undefined {
  return ownerReferences.find(({ controller }) => controller === true)?.uid;
}

function byAge(a: ObjectMeta, b: ObjectMeta): number {
  const [left, right] = [a, b].map(({ creationTimestamp = "", name }) => `${creationTimestamp} ${name}`);
  return left! < right! ? -1 : 1;
}

/** But for the label that tells templates apart. */
function templateText({ metadata, spec }: DescribedTemplate): string {
  const { "pod-template-hash": _, ...labels } = metadata?.labels ?? {};
  return compactJson({ ...metadata, labels, spec } as never);
}

function setText({ metadata, spec, status }: Workload): string {
  return `${metadata.name} (${status?.replicas ?? 0}/${spec.replicas ?? 0} replicas created)`;
}

/** kubectl pkg/describe, describeReplicaSet. */
export const describeReplicaSet: Describer<Workload> = (set, writer, lookUp) => {
  const { metadata, spec, status } = set;
  describeHead(metadata, writer);
  writer.line(`Selector:\t${selectorText(spec.selector) || "<none>"}`);
  writer.labels("Labels", metadata.labels);
  writer.annotations("Annotations", metadata.annotations);
  const owner = controllerOf(metadata);
  if (owner !== undefined) writer.line(`Controlled By:\t${owner}`);
  writer.line(`Replicas:\t${status?.replicas ?? 0} current / ${spec.replicas ?? 0} desired`);
  writer.line(`Pods Status:\t${podsStatus(set, lookUp)}`);
  describePodTemplate(spec.template, writer);
  describeConditions(status?.conditions, writer);
};

function podsStatus({ metadata, spec }: Workload, lookUp: LookUp): string {
  const path = `/api/v1/namespaces/${metadata.namespace}/pods`;
  const pods = lookUp.list(path, { labelSelector: selectorText(spec.selector) }) as unknown as DescribedPod[];
  const own = pods.filter((pod) => ownerUid(pod.metadata) === metadata.uid);
  const count = (phase: string): number => own.filter(({ status }) => status?.phase === phase).length;
  return `${count("Running")} Running / ${count("Pending")} Waiting / ${count("Succeeded")} Succeeded / ${count("Failed")} Failed`;
}

/** kubectl pkg/describe, describeStatefulSet. */
export const describeStatefulSet: Describer<Workload> = (set, writer, lookUp) => {
  const { metadata, spec, status } = set;
  describeHead(metadata, writer);
  writer.line(`CreationTimestamp:\t${rfc1123(metadata.creationTimestamp)}`);
  writer.line(`Selector:\t${selectorText(spec.selector)}`);
  writer.labels("Labels", metadata.labels);
  writer.annotations("Annotations", metadata.annotations);
  if (spec.serviceName) writer.line(`Service Name:\t${spec.serviceName}`);
  if (spec.podManagementPolicy) writer.line(`Pod Management Policy:\t${spec.podManagementPolicy}`);
  writer.line(`Replicas:\t${spec.replicas ?? 0} desired | ${status?.replicas ?? 0} total`);
  writer.line(`Update Strategy:\t${spec.updateStrategy?.type ?? ""}`);
  const { partition, maxUnavailable } = spec.updateStrategy?.rollingUpdate ?? {};
  if (partition !== undefined) writer.line(`Partition:\t${partition}`, 1);
  if (partition !== undefined && maxUnavailable !== undefined) writer.line(`MaxUnavailable:\t${maxUnavailable}`, 1);
  const retention = spec.persistentVolumeClaimRetentionPolicy;
  if (retention !== undefined) {
    writer.line("Persistent Volume Claim Retention Policy:");
    writer.line(`WhenDeleted:\t${retention.whenDeleted ?? ""}`, 1);
    writer.line(`WhenScaled:\t${retention.whenScaled ?? ""}`, 1);
  }
  writer.line(`Pods Status:\t${podsStatus(set, lookUp)}`);
  describePodTemplate(spec.template, writer);
  describeClaimTemplates(spec.volumeClaimTemplates ?? [], writer);
};

/** kubectl pkg/describe, describeDaemonSet. */
export const describeDaemonSet: Describer<Workload> = (set, writer, lookUp) => {
  const { metadata, spec, status } = set;
  const count = (name: string): number => status?.[name] ?? 0;
  describeHead(metadata, writer);
  writer.line(`Selector:\t${selectorText(spec.selector)}`);
  writer.line(`Node-Selector:\t${labelsText(spec.template.spec.nodeSelector)}`);
  writer.labels("Labels", metadata.labels);
  writer.annotations("Annotations", metadata.annotations);
  writer.line(`Desired Number of Nodes Scheduled: ${count("desiredNumberScheduled")}`);
  writer.line(`Current Number of Nodes Scheduled: ${count("currentNumberScheduled")}`);
  writer.line(`Number of Nodes Scheduled with Up-to-date Pods: ${count("updatedNumberScheduled")}`);
  writer.line(`Number of Nodes Scheduled with Available Pods: ${count("numberAvailable")}`);
  writer.line(`Number of Nodes Misscheduled: ${count("numberMisscheduled")}`);
  writer.line(`Pods Status:\t${podsStatus(set, lookUp)}`);
  describePodTemplate(spec.template, writer);
};
