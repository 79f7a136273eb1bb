import { type LabelSelector, matchesLabels } from "../../model/label-selector.ts";
import type { Deployment, PodTemplateSpec, ReplicaSet } from "../../model/pod.ts";
import type { Draft } from "../draft.ts";
import { type FieldError, forbidden, invalid, notSupported, required } from "../validate/field-error.ts";
import { validateAnnotations, validateLabels } from "../validate/metadata.ts";
import { dnsSubdomain, labelValueErrors, qualified } from "../validate/names.ts";
import { validatePodSpec } from "./pod.ts";
import { defaultPodSpec } from "./pod-defaults.ts";
import type { KindRules } from "./rules.ts";

const notNegative = "must be greater than or equal to 0";

export const deploymentRules: KindRules<Deployment> = {
  checkName: dnsSubdomain,
  setDefaults: (deployment) => {
    deployment.spec ??= {} as Draft<Deployment["spec"]>;
    const { spec } = deployment;
    spec.replicas ??= 1;
    spec.strategy = defaultStrategy(spec.strategy ?? {});
    spec.revisionHistoryLimit ??= 10;
    spec.progressDeadlineSeconds ??= 600;
    spec.template = defaultTemplate(spec.template);
  },
  validate: ({ spec }, before) => [
    ...countErrors(spec.replicas, "spec.replicas"),
    ...validateSelectorAndTemplate(spec.selector, spec.template!),
    ...countErrors(spec.minReadySeconds, "spec.minReadySeconds"),
    ...countErrors(spec.revisionHistoryLimit, "spec.revisionHistoryLimit"),
    ...validateDeadline(spec),
    ...(before === undefined ? [] : selectorChange(spec.selector, before.spec.selector)),
  ],
};

export const replicaSetRules: KindRules<ReplicaSet> = {
  checkName: dnsSubdomain,
  setDefaults: (replicaSet) => {
    replicaSet.spec ??= {} as Draft<ReplicaSet["spec"]>;
    replicaSet.spec.replicas ??= 1;
    replicaSet.spec.template = defaultTemplate(replicaSet.spec.template);
  },
  validate: ({ spec }, before) => [
    ...countErrors(spec.replicas, "spec.replicas"),
    ...countErrors(spec.minReadySeconds, "spec.minReadySeconds"),
    ...validateSelectorAndTemplate(spec.selector, spec.template!),
    ...(before === undefined ? [] : selectorChange(spec.selector, before.spec.selector)),
  ],
};

function defaultStrategy(given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const type = given.type ?? "RollingUpdate";
  if (type !== "RollingUpdate") return { ...given, type };
  const rolling = (given.rollingUpdate ?? {}) as Record<string, unknown>;
  return { ...given, type, rollingUpdate: { maxUnavailable: "25%", maxSurge: "25%", ...rolling } };
}

function defaultTemplate(template: Draft<PodTemplateSpec> | undefined): Draft<PodTemplateSpec> {
  const filled: Draft<PodTemplateSpec> = template ?? { spec: { containers: [] } };
  filled.spec ??= { containers: [] };
  defaultPodSpec(filled.spec);
  return filled;
}

function countErrors(count: number | undefined, path: string): FieldError[] {
  return count !== undefined && count < 0 ? [invalid(path, count, notNegative)] : [];
}

function validateSelector(selector: LabelSelector | undefined): FieldError[] {
  if (selector === undefined) return [required("spec.selector")];
  const errors = validateLabels(selector.matchLabels, "spec.selector.matchLabels");
  for (const [i, requirement] of (selector.matchExpressions ?? []).entries()) {
    const path = `spec.selector.matchExpressions[${i}]`;
    const values = requirement.values ?? [];
    if (requirement.operator === "In" || requirement.operator === "NotIn") {
      if (values.length === 0) {
        errors.push(required(`${path}.values`, "must be specified when `operator` is 'In' or 'NotIn'"));
      }
    } else if (requirement.operator === "Exists" || requirement.operator === "DoesNotExist") {
      if (values.length > 0) {
        errors.push(forbidden(`${path}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
      }
    } else {
      errors.push(invalid(`${path}.operator`, requirement.operator, "not a valid selector operator"));
    }
    errors.push(...qualified(requirement.key ?? "").map((text) => invalid(`${path}.key`, requirement.key ?? "", text)));
    for (const [j, value] of values.entries()) {
      errors.push(...labelValueErrors(value).map((text) => invalid(`${path}.values[${j}]`, value, text)));
    }
  }
  return errors;
}

/** The selector, and the template where the selector can be judged by. */
function validateSelectorAndTemplate(selector: LabelSelector | undefined, template: PodTemplateSpec): FieldError[] {
  const errors = validateSelector(selector);
  const isEmpty = Object.keys(selector?.matchLabels ?? {}).length + (selector?.matchExpressions ?? []).length === 0;
  if (selector !== undefined && isEmpty) {
    errors.push(invalid("spec.selector", {}, "empty selector is invalid for deployment"));
    return [...errors, ...validateTemplate(template, undefined)];
  }
  if (selector !== undefined && errors.length > 0) {
    return [...errors, invalid("spec.selector", selector, "invalid label selector")];
  }
  const matches = selector !== undefined && matchesLabels(selector, template.metadata?.labels);
  return [...errors, ...validateTemplate(template, matches)];
}

/** `matches` is undefined where every template matches. */
function validateTemplate(template: PodTemplateSpec, matches: boolean | undefined): FieldError[] {
  const path = "spec.template";
  const errors: FieldError[] = [];
  const labels = template.metadata?.labels;
  if (matches === false) {
    errors.push(invalid(`${path}.metadata.labels`, labels ?? null, "`selector` does not match template `labels`"));
  }
  errors.push(...validateLabels(labels, `${path}.labels`));
  errors.push(...validateAnnotations(template.metadata?.annotations, `${path}.annotations`));
  errors.push(...validatePodSpec(template.spec, `${path}.spec`));
  if (template.spec.restartPolicy !== "Always") {
    errors.push(notSupported(`${path}.spec.restartPolicy`, template.spec.restartPolicy, ["Always"]));
  }
  return errors;
}

function validateDeadline(spec: Deployment["spec"]): FieldError[] {
  const path = "spec.progressDeadlineSeconds";
  const seconds = spec.progressDeadlineSeconds;
  if (seconds === undefined) return [];
  const errors = countErrors(seconds, path);
  if (seconds <= (spec.minReadySeconds ?? 0))
    errors.push(invalid(path, seconds, "must be greater than minReadySeconds"));
  return errors;
}

function selectorChange(now: LabelSelector | undefined, before: LabelSelector): FieldError[] {
  return canonical(now) === canonical(before) ? [] : [invalid("spec.selector", now, "field is immutable")];
}

function canonical(selector: LabelSelector | undefined): string {
  return JSON.stringify([Object.entries(selector?.matchLabels ?? {}).sort(), selector?.matchExpressions ?? []]);
}
