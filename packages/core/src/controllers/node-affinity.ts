import { matchesEqualities } from "../model/label-selector.ts";
import type { Node } from "../model/node.ts";
import type { NodeSelectorRequirement, NodeSelectorTerm, PodSpec } from "../model/pod.ts";

/**
 * Whether a Pod's nodeSelector and the affinity that it requires let it onto a node
 * (k8s.io/component-helpers/scheduling/corev1/nodeaffinity, RequiredNodeAffinity).
 */
export function fitsNodeAffinity({ nodeSelector, affinity }: PodSpec, node: Node): boolean {
  if (nodeSelector !== undefined && !matchesEqualities(nodeSelector, node.metadata.labels)) return false;
  const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return required === undefined || (required.nodeSelectorTerms ?? []).some((term) => matchesTerm(term, node));
}

/** An empty term matches nothing. */
function matchesTerm({ matchExpressions = [], matchFields = [] }: NodeSelectorTerm, { metadata }: Node): boolean {
  if (matchExpressions.length + matchFields.length === 0) return false;
  const { labels = {}, name } = metadata;
  return (
    matchExpressions.every((one) => matches(one, Object.hasOwn(labels, one.key) ? labels[one.key] : undefined)) &&
    matchFields.every((one) => matches(one, one.key === "metadata.name" ? name : undefined))
  );
}

function matches({ operator, values = [] }: NodeSelectorRequirement, value: string | undefined): boolean {
  switch (operator) {
    case "In":
      return value !== undefined && values.includes(value);
    case "NotIn":
      return value === undefined || !values.includes(value);
    case "Exists":
      return value !== undefined;
    case "DoesNotExist":
      return value === undefined;
    default:
      return value !== undefined && comparesTo(operator, value, values[0] ?? "");
  }
}

/** Labels that are no integers are neither greater nor less. */
function comparesTo(operator: "Gt" | "Lt", value: string, bound: string): boolean {
  if (![value, bound].every((text) => /^[+-]?\d+$/.test(text))) return false;
  return operator === "Gt" ? BigInt(value) > BigInt(bound) : BigInt(value) < BigInt(bound);
}
