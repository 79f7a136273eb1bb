import type { DaemonSet } from "../../model/daemon-set.ts";
import { matchesLabels } from "../../model/label-selector.ts";
import type { Draft } from "../draft.ts";
import { sameObject } from "../same-object.ts";
import { type FieldError, invalid, notSupported, required } from "../validate/field-error.ts";
import { validateLabelSelector } from "../validate/label-selector.ts";
import { dnsSubdomain } from "../validate/names.ts";
import { countOrPercent, countOrPercentErrors, wholeAtMostErrors } from "./int-or-percent.ts";
import type { KindRules } from "./rules.ts";
import {
  activeDeadlineErrors,
  countErrors,
  defaultTemplate,
  isEmptySelector,
  selectorChange,
  templateWarnings,
  validateTemplate,
} from "./workload.ts";
import { daemonSetStatusErrors } from "./workload-status.ts";

/** How often the template has changed; in an annotation, since apps/v1 has no field for it. */
export const templateGeneration = "deprecated.daemonset.template.generation";

type UpdateStrategy = NonNullable<DaemonSet["spec"]["updateStrategy"]>;

export const daemonSetRules: KindRules<DaemonSet> = {
  checkName: dnsSubdomain,
  setDefaults: (set) => {
    set.spec ??= {} as Draft<DaemonSet["spec"]>;
    const { spec } = set;
    spec.template = defaultTemplate(spec.template);
    spec.updateStrategy = defaultStrategy(spec.updateStrategy ?? {}) as Draft<UpdateStrategy>;
    spec.revisionHistoryLimit ??= 10;
  },
  prepare: (_state, set, before) => {
    set.metadata.annotations = { ...set.metadata.annotations, [templateGeneration]: String(generationOf(set, before)) };
  },
  validate: ({ spec }, before) => [
    ...(before === undefined ? [] : selectorChange(spec.selector, before.spec.selector)),
    ...validateSpec(spec),
  ],
  validateStatus: daemonSetStatusErrors,
  warnings: ({ spec }, before) => templateWarnings(spec.template, before?.spec.template),
};

function defaultStrategy(given: UpdateStrategy): UpdateStrategy {
  const type = given.type || "RollingUpdate";
  if (type !== "RollingUpdate") return { ...given, type };
  return { ...given, type, rollingUpdate: { maxUnavailable: 1, maxSurge: 0, ...given.rollingUpdate } };
}

/** pkg/registry/apps/daemonset, PrepareForCreate and PrepareForUpdate. */
function generationOf(set: Draft<DaemonSet>, before: DaemonSet | undefined): number {
  const given = (before ?? set).metadata.annotations?.[templateGeneration];
  const generation = Math.max(Number(given ?? 1), 1);
  return before === undefined || sameObject(set.spec.template, before.spec.template) ? generation : generation + 1;
}

/** ValidateDaemonSetSpec. */
function validateSpec(spec: DaemonSet["spec"]): FieldError[] {
  const { selector, template } = spec;
  const errors = selector === undefined ? [] : validateLabelSelector(selector, "spec.selector");
  if (errors.length === 0 && (selector === undefined || !matchesLabels(selector, template.metadata?.labels))) {
    const labels = template.metadata?.labels ?? null;
    errors.push(invalid("spec.template.metadata.labels", labels, "`selector` does not match template `labels`"));
  }
  if (selector !== undefined && isEmptySelector(selector)) {
    errors.push(invalid("spec.selector", {}, "empty selector is invalid for daemonset"));
  }
  return [
    ...errors,
    ...validateTemplate(template, undefined),
    ...activeDeadlineErrors(template, "DaemonSet"),
    ...countErrors(spec.minReadySeconds, "spec.minReadySeconds"),
    ...strategyErrors(spec.updateStrategy ?? {}, "spec.updateStrategy"),
    ...countErrors(spec.revisionHistoryLimit, "spec.revisionHistoryLimit"),
  ];
}

function strategyErrors({ type, rollingUpdate }: UpdateStrategy, path: string): FieldError[] {
  if (type === "OnDelete") return [];
  if (type !== "RollingUpdate") {
    const shown = { Type: type ?? "", RollingUpdate: rollingUpdate === undefined ? null : goFields(rollingUpdate) };
    return [notSupported(path, shown, ["RollingUpdate", "OnDelete"])];
  }
  const { maxUnavailable, maxSurge } = rollingUpdate ?? {};
  const unavailablePath = `${path}.rollingUpdate.maxUnavailable`;
  const surgePath = `${path}.rollingUpdate.maxSurge`;
  const errors = [
    ...countOrPercentErrors(maxUnavailable, unavailablePath),
    ...countOrPercentErrors(maxSurge, surgePath),
    ...wholeAtMostErrors(maxUnavailable, unavailablePath),
    ...wholeAtMostErrors(maxSurge, surgePath),
  ];
  const hasUnavailable = countOrPercent(maxUnavailable) !== 0;
  const hasSurge = countOrPercent(maxSurge) !== 0;
  if (hasUnavailable && hasSurge) {
    errors.push(invalid(surgePath, maxSurge, "may not be set when maxUnavailable is non-zero"));
  }
  if (!hasUnavailable && !hasSurge) errors.push(required(unavailablePath, "cannot be 0 when maxSurge is 0"));
  return errors;
}

/** As the API server's own type has them, whose fields no JSON names are given to. */
function goFields({ maxUnavailable = 0, maxSurge = 0 }: NonNullable<UpdateStrategy["rollingUpdate"]>): object {
  return { MaxUnavailable: maxUnavailable, MaxSurge: maxSurge };
}
