import { type LabelSelector, matchesLabels } from "../../model/label-selector.ts";
import type { Deployment, PodTemplateSpec, ReplicaSet } from "../../model/pod.ts";
import type { Draft } from "../draft.ts";
import { podWarnings } from "../pod/pod-warnings.ts";
import { validatePodSpec } from "../pod/validate-pod-spec.ts";
import { sameObject } from "../same-object.ts";
import { type FieldError, forbidden, invalid, notSupported, required } from "../validate/field-error.ts";
import { validateLabelSelector } from "../validate/label-selector.ts";
import { validateAnnotations, validateLabels } from "../validate/metadata.ts";
import { dnsSubdomain } from "../validate/names.ts";
import { countOrPercent, countOrPercentErrors, wholeAtMostErrors } from "./int-or-percent.ts";
import { defaultPodSpec } from "./pod-defaults.ts";
import type { FieldWarning, KindRules } from "./rules.ts";
import { deploymentStatusErrors, replicaSetStatusErrors } from "./workload-status.ts";

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
    ...activeDeadlineErrors(spec.template!, "ReplicaSet"),
    ...strategyErrors(spec.strategy ?? {}, "spec.strategy"),
    ...countErrors(spec.minReadySeconds, "spec.minReadySeconds"),
    ...countErrors(spec.revisionHistoryLimit, "spec.revisionHistoryLimit"),
    ...validateDeadline(spec),
    ...(before === undefined ? [] : selectorChange(spec.selector, before.spec.selector)),
  ],
  validateStatus: deploymentStatusErrors,
  warnings: ({ spec }, before) => templateWarnings(spec.template, before?.spec.template),
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
    ...activeDeadlineErrors(spec.template!, "ReplicaSet"),
    ...(before === undefined ? [] : selectorChange(spec.selector, before.spec.selector)),
  ],
  validateStatus: replicaSetStatusErrors,
  warnings: ({ spec }, before) => templateWarnings(spec.template, before?.spec.template),
};

function defaultStrategy(given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const type = given.type ?? "RollingUpdate";
  if (type !== "RollingUpdate") return { ...given, type };
  const rolling = (given.rollingUpdate ?? {}) as Record<string, unknown>;
  return { ...given, type, rollingUpdate: { maxUnavailable: "25%", maxSurge: "25%", ...rolling } };
}

/** A template with what Pods of it get by default. */
export function defaultTemplate(template: Draft<PodTemplateSpec> | undefined): Draft<PodTemplateSpec> {
  const filled: Draft<PodTemplateSpec> = template ?? { spec: { containers: [] } };
  filled.spec ??= { containers: [] };
  defaultPodSpec(filled.spec);
  return filled;
}

/** Of a template that is as it was nobody is warned again. */
export function templateWarnings(
  template: PodTemplateSpec | undefined,
  before: PodTemplateSpec | undefined,
): FieldWarning[] {
  if (template === undefined || sameObject(template, before)) return [];
  return podWarnings(template.spec, template.metadata?.annotations, "spec.template.");
}

export function countErrors(count: number | undefined, path: string): FieldError[] {
  return count !== undefined && count < 0 ? [invalid(path, count, notNegative)] : [];
}

export function isEmptySelector({ matchLabels = {}, matchExpressions = [] }: LabelSelector): boolean {
  return Object.keys(matchLabels).length + matchExpressions.length === 0;
}

/** What the API server says of selectors of a kind. */
export interface SelectorWords {
  readonly empty: string;
  readonly unreadable: string;
}

/** ReplicaSets say it too. */
const deploymentWords: SelectorWords = {
  empty: "empty selector is invalid for deployment",
  unreadable: "invalid label selector",
};

/** The selector, and the template where the selector can be judged by. */
export function validateSelectorAndTemplate(
  selector: LabelSelector | undefined,
  template: PodTemplateSpec,
  words: SelectorWords = deploymentWords,
): FieldError[] {
  const errors =
    selector === undefined ? [required("spec.selector")] : validateLabelSelector(selector, "spec.selector");
  if (selector !== undefined && isEmptySelector(selector)) {
    errors.push(invalid("spec.selector", {}, words.empty));
    return [...errors, ...validateTemplate(template, undefined)];
  }
  if (selector !== undefined && errors.length > 0) {
    return [...errors, invalid("spec.selector", shownSelector(selector), words.unreadable)];
  }
  const matches = selector !== undefined && matchesLabels(selector, template.metadata?.labels);
  return [...errors, ...validateTemplate(template, matches)];
}

/** `matches` is undefined where every template matches. */
export function validateTemplate(template: PodTemplateSpec, matches: boolean | undefined): FieldError[] {
  const path = "spec.template";
  const errors: FieldError[] = [];
  const labels = template.metadata?.labels;
  if (matches === false) {
    errors.push(invalid(`${path}.metadata.labels`, labels ?? null, "`selector` does not match template `labels`"));
  }
  errors.push(...validateLabels(labels, `${path}.labels`));
  errors.push(...validateAnnotations(template.metadata?.annotations, `${path}.annotations`));
  errors.push(...validatePodSpec(template.spec, undefined, `${path}.spec`));
  if (template.spec.restartPolicy !== "Always") {
    errors.push(notSupported(`${path}.spec.restartPolicy`, template.spec.restartPolicy, ["Always"]));
  }
  return errors;
}

/** ValidateDeploymentStrategy of pkg/apis/apps/validation. */
function strategyErrors(strategy: Readonly<Record<string, unknown>>, path: string): FieldError[] {
  const rolling = strategy.rollingUpdate as { maxUnavailable: number | string; maxSurge: number | string } | undefined;
  if (strategy.type === "Recreate") {
    if (rolling === undefined) return [];
    return [forbidden(`${path}.rollingUpdate`, "may not be specified when strategy `type` is 'Recreate'")];
  }
  if (strategy.type !== "RollingUpdate" || rolling === undefined) {
    // As the API server's own type has them, whose fields no JSON names are given to.
    const shown = rolling && { MaxUnavailable: rolling.maxUnavailable ?? 0, MaxSurge: rolling.maxSurge ?? 0 };
    return [notSupported(path, { Type: strategy.type, RollingUpdate: shown ?? null }, ["Recreate", "RollingUpdate"])];
  }
  const { maxUnavailable, maxSurge } = rolling;
  const field = `${path}.rollingUpdate.maxUnavailable`;
  const errors = [
    ...countOrPercentErrors(maxUnavailable, field),
    ...countOrPercentErrors(maxSurge, `${path}.rollingUpdate.maxSurge`),
  ];
  if (countOrPercent(maxUnavailable) === 0 && countOrPercent(maxSurge) === 0) {
    errors.push(invalid(field, maxUnavailable, "may not be 0 when `maxSurge` is 0"));
  }
  return [...errors, ...wholeAtMostErrors(maxUnavailable, field)];
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

/** Pods of workloads live on. */
export function activeDeadlineErrors({ spec }: PodTemplateSpec, kind: string): FieldError[] {
  if ((spec as { activeDeadlineSeconds?: number }).activeDeadlineSeconds === undefined) return [];
  const field = "spec.template.spec.activeDeadlineSeconds";
  return [forbidden(field, `activeDeadlineSeconds in ${kind} is not Supported`)];
}

export function selectorChange(now: LabelSelector | undefined, before: LabelSelector): FieldError[] {
  if (canonical(now) === canonical(before)) return [];
  return [invalid("spec.selector", now && shownSelector(now), "field is immutable")];
}

/** As Go writes it: in the order of its fields, without what is empty, and with the key and the operator that nobody gave. */
function shownSelector({ matchLabels = {}, matchExpressions = [] }: LabelSelector): object {
  const requirements = matchExpressions.map(({ key = "", operator = "", values = [] }: Partial<Requirement>) => ({
    key,
    operator,
    ...(values.length === 0 ? {} : { values }),
  }));
  return {
    ...(Object.keys(matchLabels).length === 0 ? {} : { matchLabels }),
    ...(requirements.length === 0 ? {} : { matchExpressions: requirements }),
  };
}

type Requirement = Omit<NonNullable<LabelSelector["matchExpressions"]>[number], "operator"> & { operator: string };

function canonical(selector: LabelSelector | undefined): string {
  return JSON.stringify([Object.entries(selector?.matchLabels ?? {}).sort(), selector?.matchExpressions ?? []]);
}
