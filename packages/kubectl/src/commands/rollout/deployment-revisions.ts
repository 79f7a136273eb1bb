import type { PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
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
export function revisionsOf(session: Session, { namespace }: ResourceInfo, deployment: Deployment): ReplicaSet[] {
  const { matchLabels = {}, matchExpressions = [] } = deployment.spec.selector;
  const terms = [
    ...matchExpressions.map(({ key, operator, values = [] }) => {
      if (operator === "Exists") return key;
      if (operator === "DoesNotExist") return `!${key}`;
      return `${key} ${operator.toLowerCase()} (${[...values].sort().join(",")})`;
    }),
    ...Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`),
  ];
  const path = `/apis/apps/v1/namespaces/${namespace ?? session.namespace}/replicasets`;
  const { items } = session.client.ask("GET", path, { query: { labelSelector: terms.join(",") } }) as unknown as {
    items: readonly ReplicaSet[];
  };
  const { uid } = deployment.metadata;
  return items
    .filter(({ metadata }) => metadata.ownerReferences?.some((owner) => owner.controller === true && owner.uid === uid))
    .sort((a, b) => revisionOf(a) - revisionOf(b));
}

/** A template without the label that tells ReplicaSets apart. */
export function withoutHash(template: PlainObject): PlainObject {
  const metadata = (template.metadata ?? {}) as PlainObject;
  const { "pod-template-hash": _, ...labels } = (metadata.labels ?? {}) as PlainObject;
  return { ...template, metadata: { ...metadata, labels } };
}

/** A revision's template as `describe` tells it, with the cause that the ReplicaSet has; nothing is aligned. */
export function templateText({ metadata, spec }: ReplicaSet, withCause: boolean): string {
  const cause = metadata.annotations?.[changeCause] ?? "";
  const template = spec.template as unknown as DescribedTemplate;
  const annotations = { ...template.metadata?.annotations, [changeCause]: cause };
  const told = withCause && cause !== "" ? { ...template, metadata: { ...template.metadata, annotations } } : template;
  const writer = new DescribeWriter();
  describePodTemplate(told, writer);
  return writer.unaligned;
}
