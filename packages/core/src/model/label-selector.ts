import type { Labels } from "./object-meta.ts";

/** `metav1.LabelSelector`: all of `matchLabels` and all of `matchExpressions` must hold. */
export interface LabelSelector {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: readonly LabelSelectorRequirement[];
}

export interface LabelSelectorRequirement {
  readonly key: string;
  readonly operator: "In" | "NotIn" | "Exists" | "DoesNotExist";
  readonly values?: readonly string[];
}

/** A term of a selector's text form: apimachinery `labels.Requirement`. `values` are sorted and distinct. */
export interface Requirement {
  readonly key: string;
  readonly operator: "=" | "==" | "!=" | "in" | "notin" | "exists" | "!" | "gt" | "lt";
  readonly values: readonly string[];
}

/** What `parseSelector` reads: all terms must hold, so that no terms match everything. */
export type Selector = readonly Requirement[];

/**
 * Whether an object with these labels is selected. An empty selector selects everything; NotIn and DoesNotExist hold
 * where the key is absent (apimachinery pkg/labels/selector.go).
 *
 * @example
 * matchesLabels({ matchExpressions: [{ key: "tier", operator: "NotIn", values: ["db"] }] }, {}); // true
 */
export function matchesLabels(selector: LabelSelector, labels: Labels | undefined): boolean {
  if (selector.matchLabels !== undefined && !matchesEqualities(selector.matchLabels, labels)) return false;
  return selector.matchExpressions?.every((expression) => matchesExpression(expression, labels)) ?? true;
}

/** The equality selector of a Service or a nodeSelector: every pair must be among the labels. */
export function matchesEqualities(pairs: Labels, labels: Labels | undefined): boolean {
  for (const key in pairs) {
    if (labelOf(labels, key) !== pairs[key]) return false;
  }
  return true;
}

/** Whether labels satisfy a selector in its text form. */
export function matchesSelector(selector: Selector, labels: Labels | undefined): boolean {
  return selector.every((requirement) => matchesRequirement(requirement, labels));
}

function matchesExpression(expression: LabelSelectorRequirement, labels: Labels | undefined): boolean {
  const value = labelOf(labels, expression.key);
  switch (expression.operator) {
    case "In":
      return value !== undefined && (expression.values ?? []).includes(value);
    case "NotIn":
      return value === undefined || !(expression.values ?? []).includes(value);
    case "Exists":
      return value !== undefined;
    case "DoesNotExist":
      return value === undefined;
    default:
      return expression.operator satisfies never;
  }
}

function matchesRequirement(requirement: Requirement, labels: Labels | undefined): boolean {
  const value = labelOf(labels, requirement.key);
  switch (requirement.operator) {
    case "=":
    case "==":
    case "in":
      return value !== undefined && requirement.values.includes(value);
    case "!=":
    case "notin":
      return value === undefined || !requirement.values.includes(value);
    case "exists":
      return value !== undefined;
    case "!":
      return value === undefined;
    case "gt":
    case "lt":
      return value !== undefined && comparesAs(requirement.operator, value, requirement.values[0]!);
    default:
      return requirement.operator satisfies never;
  }
}

function comparesAs(operator: "gt" | "lt", value: string, bound: string): boolean {
  const left = parseInt64(value);
  const right = parseInt64(bound);
  if (left === undefined || right === undefined) return false;
  return operator === "gt" ? left > right : left < right;
}

/** Go's strconv.ParseInt in base 10 with 64 bits. */
export function parseInt64(text: string): bigint | undefined {
  if (!/^[+-]?[0-9]+$/.test(text)) return undefined;
  const value = BigInt(text.replace(/^\+/, ""));
  return BigInt.asIntN(64, value) === value ? value : undefined;
}

function labelOf(labels: Labels | undefined, key: string): string | undefined {
  return labels !== undefined && Object.hasOwn(labels, key) ? labels[key] : undefined;
}
