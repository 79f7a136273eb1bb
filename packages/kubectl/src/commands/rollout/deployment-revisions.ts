import type { PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import type { LabelSelector } from "@kubenetsim/core/model/label-selector";
import type { ObjectMeta } from "@kubenetsim/core/model/object-meta";
import type { Deployment, ReplicaSet } from "@kubenetsim/core/model/pod";
import type { ResourceInfo } from "../../resources/resource-info.ts";
import type { Session } from "../../session.ts";
import { describePodTemplate } from "../describe/describe-pod-template.ts";
import { DescribeWriter } from "../describe/describe-writer.ts";
import type { DescribedTemplate } from "../describe/described.ts";

export const changeCause = "kubernetes.io/change-cause";

const annotation = "deployment.kubernetes.io/revision";

/** The number that the deployment controller gave; 0 for none (k8s.io/kubectl pkg/util/deployment, Revision). */
export function revisionOf({ metadata }: Pick<Deployment | ReplicaSet, "metadata">): number {
  return Number(metadata.annotations?.[annotation] ?? 0);
}

/** A Deployment's ReplicaSets, by their revisions. */
export function revisionsOf(session: Session, info: ResourceInfo, deployment: Deployment): ReplicaSet[] {
  const owned = ownedBySelector<ReplicaSet>(session, info, deployment, "replicasets");
  return owned.sort((a, b) => revisionOf(a) - revisionOf(b));
}

/** What a workload's selector finds of `apps/v1`, and the workload controls. */
export function ownedBySelector<T extends { readonly metadata: ObjectMeta }>(
  session: Session,
  { namespace }: ResourceInfo,
  owner: { readonly metadata: ObjectMeta; readonly spec: { readonly selector: LabelSelector } },
  plural: string,
): T[] {
  const { matchLabels = {}, matchExpressions = [] } = owner.spec.selector;
  const terms = [
    ...matchExpressions.map(({ key, operator, values = [] }) => {
      if (operator === "Exists") return key;
      if (operator === "DoesNotExist") return `!${key}`;
      return `${key} ${operator.toLowerCase()} (${[...values].sort().join(",")})`;
    }),
    ...Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`),
  ];
  const path = `/apis/apps/v1/namespaces/${namespace ?? session.namespace}/${plural}`;
  const { items } = session.client.ask("GET", path, { query: { labelSelector: terms.join(",") } }) as unknown as {
    items: readonly T[];
  };
  const { uid } = owner.metadata;
  return items.filter(({ metadata }) =>
    metadata.ownerReferences?.some((reference) => reference.controller === true && reference.uid === uid),
  );
}

/** A template without the label that tells ReplicaSets apart. */
export function withoutHash(template: PlainObject): PlainObject {
  const metadata = (template.metadata ?? {}) as PlainObject;
  const { "pod-template-hash": _, ...labels } = (metadata.labels ?? {}) as PlainObject;
  return { ...template, metadata: { ...metadata, labels } };
}

/** A revision's template as `describe` tells it, with the cause that the ReplicaSet has; nothing is aligned. */
export function replicaSetText({ metadata, spec }: ReplicaSet, withCause: boolean): string {
  const cause = metadata.annotations?.[changeCause] ?? "";
  const template = spec.template as unknown as DescribedTemplate;
  const annotations = { ...template.metadata?.annotations, [changeCause]: cause };
  return templateText(
    withCause && cause !== "" ? { ...template, metadata: { ...template.metadata, annotations } } : template,
  );
}

/** A template as `describe` tells it; nothing is aligned. */
export function templateText(template: DescribedTemplate): string {
  const writer = new DescribeWriter();
  describePodTemplate(template, writer);
  return writer.unaligned;
}
