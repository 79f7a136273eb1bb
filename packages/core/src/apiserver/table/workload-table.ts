import type { ControllerRevision } from "../../model/controller-revision.ts";
import type { DaemonSet } from "../../model/daemon-set.ts";
import type { LabelSelector } from "../../model/label-selector.ts";
import type { OwnerReference } from "../../model/object-meta.ts";
import type { Deployment, PodTemplateSpec, ReplicaSet } from "../../model/pod.ts";
import type { StatefulSet } from "../../model/stateful-set.ts";
import { templateGeneration } from "../kinds/daemon-set.ts";
import { type Cell, type KindTable, nameColumn, numberColumns, textColumns, wideColumn } from "./kind-table.ts";
import { labelsText } from "./labels-text.ts";
import { compareText } from "./sorted-unique.ts";

const wide = ["Containers", "Images", "Selector"].map(wideColumn);

/** pkg/printers/internalversion/printers.go, printDeployment. */
export const deploymentTable: KindTable<Deployment> = {
  columns: [nameColumn, ...textColumns("Ready", "Up-to-date", "Available", "Age"), ...wide],
  cells: ({ metadata, spec, status }, age) => [
    metadata.name,
    `${countOf(status, "readyReplicas")}/${spec.replicas ?? 0}`,
    countOf(status, "updatedReplicas"),
    countOf(status, "availableReplicas"),
    age,
    ...containerCells(spec.template),
    selectorText(spec.selector),
  ],
};

/** printReplicaSet. */
export const replicaSetTable: KindTable<ReplicaSet> = {
  columns: [nameColumn, ...numberColumns("Desired", "Current", "Ready"), ...textColumns("Age"), ...wide],
  cells: ({ metadata, spec, status }, age) => [
    metadata.name,
    spec.replicas ?? 0,
    countOf(status, "replicas"),
    countOf(status, "readyReplicas"),
    age,
    ...containerCells(spec.template),
    selectorText(spec.selector),
  ],
};

/** printStatefulSet. */
export const statefulSetTable: KindTable<StatefulSet> = {
  columns: [nameColumn, ...textColumns("Ready", "Age"), ...wide.slice(0, 2)],
  cells: ({ metadata, spec, status }, age) => [
    metadata.name,
    `${status?.readyReplicas ?? 0}/${spec.replicas ?? 0}`,
    age,
    ...containerCells(spec.template),
  ],
};

/** printDaemonSet. */
export const daemonSetTable: KindTable<DaemonSet> = {
  fieldAnnotation: templateGeneration,
  columns: [
    nameColumn,
    ...numberColumns("Desired", "Current", "Ready", "Up-to-date", "Available"),
    ...textColumns("Node Selector", "Age"),
    ...wide,
  ],
  cells: ({ metadata, spec, status = {} }, age) => [
    metadata.name,
    status.desiredNumberScheduled ?? 0,
    status.currentNumberScheduled ?? 0,
    status.numberReady ?? 0,
    status.updatedNumberScheduled ?? 0,
    status.numberAvailable ?? 0,
    labelsText(spec.template.spec.nodeSelector),
    age,
    ...containerCells(spec.template),
    selectorText(spec.selector),
  ],
};

/** printControllerRevision. */
export const controllerRevisionTable: KindTable<ControllerRevision> = {
  columns: [nameColumn, ...textColumns("Controller", "Revision", "Age")],
  cells: ({ metadata, revision }, age) => {
    const owner = metadata.ownerReferences?.find(({ controller }) => controller === true);
    return [metadata.name, owner === undefined ? "<none>" : ownerText(owner), revision, age];
  },
};

/** `statefulset.apps/web` (formatResourceName). */
function ownerText({ apiVersion, kind, name }: OwnerReference): string {
  const slash = apiVersion.indexOf("/");
  const group = slash < 0 ? "" : `.${apiVersion.slice(0, slash)}`;
  return `${kind.toLowerCase()}${group}/${name}`;
}

function countOf(status: Readonly<Record<string, unknown>> | undefined, field: string): number {
  return Number(status?.[field] ?? 0);
}

function containerCells(template: PodTemplateSpec | undefined): Cell[] {
  const containers = template?.spec.containers ?? [];
  return [containers.map(({ name }) => name).join(","), containers.map(({ image }) => image ?? "").join(",")];
}

/** metav1.FormatLabelSelector. */
function selectorText(selector: LabelSelector): string {
  const equal = Object.entries(selector.matchLabels ?? {}).map(([key, value]) => ({ key, text: `${key}=${value}` }));
  const others = (selector.matchExpressions ?? []).map(({ key, operator, values = [] }) => {
    const list = `(${[...values].sort(compareText).join(",")})`;
    if (operator === "In") return { key, text: `${key} in ${list}` };
    if (operator === "NotIn") return { key, text: `${key} notin ${list}` };
    return { key, text: operator === "Exists" ? key : `!${key}` };
  });
  const terms = [...equal, ...others].sort((a, b) => compareText(a.key, b.key));
  return terms.length === 0 ? "<none>" : terms.map(({ text }) => text).join(",");
}

/** What of a workload its scale tells. */
export interface ScaledObject {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly replicas?: number };
  readonly status?: { readonly replicas?: number };
}

/** printScale. */
export const scaleTable: KindTable<ScaledObject> = {
  columns: [...textColumns("Name"), ...numberColumns("Desired", "Available"), ...textColumns("Age")],
  cells: ({ metadata, spec, status }, age) => [metadata.name, spec.replicas ?? 0, status?.replicas ?? 0, age],
};
