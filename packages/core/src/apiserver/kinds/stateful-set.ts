import type { StatefulSet, VolumeClaimTemplate } from "../../model/stateful-set.ts";
import type { Draft } from "../draft.ts";
import { sameObject } from "../same-object.ts";
import { type FieldError, invalid, notSupported, required } from "../validate/field-error.ts";
import { dnsLabel } from "../validate/names.ts";
import { countOrPercent, countOrPercentErrors, wholeAtMostErrors } from "./int-or-percent.ts";
import type { FieldWarning, KindRules } from "./rules.ts";
import {
  activeDeadlineErrors,
  countErrors,
  defaultTemplate,
  selectorChange,
  templateWarnings,
  validateSelectorAndTemplate,
} from "./workload.ts";
import { statefulSetStatusErrors } from "./workload-status.ts";

type Spec = StatefulSet["spec"];
type UpdateStrategy = NonNullable<Spec["updateStrategy"]>;

export const statefulSetRules: KindRules<StatefulSet> = {
  checkName: dnsLabel,
  setDefaults: (set) => {
    set.spec ??= {} as Draft<Spec>;
    const { spec } = set;
    spec.template = defaultTemplate(spec.template);
    spec.serviceName ??= "";
    spec.podManagementPolicy ||= "OrderedReady";
    spec.updateStrategy = defaultStrategy(spec.updateStrategy ?? {}) as Draft<UpdateStrategy>;
    spec.persistentVolumeClaimRetentionPolicy = {
      whenDeleted: "Retain",
      whenScaled: "Retain",
      ...spec.persistentVolumeClaimRetentionPolicy,
    };
    spec.replicas ??= 1;
    spec.revisionHistoryLimit ??= 10;
    for (const claim of spec.volumeClaimTemplates ?? []) defaultClaim(claim);
  },
  validate: (set, before) => [
    ...validateSpec(set.spec, before === undefined),
    ...(before === undefined ? [] : updateErrors(set.spec, before.spec)),
  ],
  validateStatus: statefulSetStatusErrors,
  warnings: ({ spec }, before) => [
    ...templateWarnings(spec.template, before?.spec.template),
    ...((spec.revisionHistoryLimit ?? 0) < 0 ? [unlimitedHistory] : []),
  ],
};

const words = { empty: "empty selector is invalid for statefulset", unreadable: "" };

const unlimitedHistory: FieldWarning = {
  field: "spec.revisionHistoryLimit",
  message: "spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended",
};

/** A type that is given has no `rollingUpdate` filled in, one that is not given has. */
function defaultStrategy(given: UpdateStrategy): UpdateStrategy {
  const type = given.type || "RollingUpdate";
  const rollingUpdate = given.type ? given.rollingUpdate : (given.rollingUpdate ?? {});
  if (type !== "RollingUpdate" || rollingUpdate === undefined) return { ...given, type };
  return { ...given, type, rollingUpdate: { partition: 0, maxUnavailable: 1, ...rollingUpdate } };
}

/** A claim stands in the set as an object of its own (SetDefaults_PersistentVolumeClaim). */
function defaultClaim(claim: Draft<VolumeClaimTemplate>): void {
  Object.assign(claim, {
    kind: "PersistentVolumeClaim",
    apiVersion: "v1",
    spec: { volumeMode: "Filesystem", ...claim.spec },
    status: { phase: "Pending", ...claim.status },
  });
}

/** ValidateStatefulSetSpec of pkg/apis/apps/validation. */
function validateSpec(spec: Spec, isNew: boolean): FieldError[] {
  return [
    ...policyErrors(spec.podManagementPolicy ?? ""),
    ...strategyErrors(spec.updateStrategy ?? {}, "spec.updateStrategy"),
    ...retentionErrors(spec.persistentVolumeClaimRetentionPolicy ?? {}),
    ...(isNew ? (spec.volumeClaimTemplates ?? []).flatMap(claimErrors) : []),
    ...countErrors(spec.replicas, "spec.replicas"),
    ...countErrors(spec.minReadySeconds, "spec.minReadySeconds"),
    ...countErrors(spec.ordinals?.start, "spec.ordinals.start"),
    ...(isNew && spec.serviceName
      ? dnsLabel(spec.serviceName).map((text) => invalid("spec.serviceName", spec.serviceName, text))
      : []),
    ...validateSelectorAndTemplate(spec.selector, withoutIdentity(spec.template), words),
    ...activeDeadlineErrors(spec.template, "StatefulSet"),
  ];
}

/** The controller gives every Pod its own. */
function withoutIdentity(template: Spec["template"]): Spec["template"] {
  const { hostname: _, subdomain: __, ...spec } = template.spec;
  return { ...template, spec };
}

function policyErrors(policy: string): FieldError[] {
  if (policy === "OrderedReady" || policy === "Parallel") return [];
  return [invalid("spec.podManagementPolicy", policy, "must be 'OrderedReady' or 'Parallel'")];
}

function strategyErrors({ type, rollingUpdate }: UpdateStrategy, path: string): FieldError[] {
  const shown = rollingUpdate === undefined ? null : goFields(rollingUpdate);
  if (type === "OnDelete") {
    if (rollingUpdate === undefined) return [];
    return [invalid(`${path}.rollingUpdate`, shown, "only allowed for updateStrategy 'RollingUpdate'")];
  }
  if (type !== "RollingUpdate") {
    return [invalid(path, { Type: type ?? "", RollingUpdate: shown }, "must be 'RollingUpdate' or 'OnDelete'")];
  }
  if (rollingUpdate === undefined) return [];
  const { partition, maxUnavailable } = rollingUpdate;
  const errors = countErrors(partition, `${path}.rollingUpdate.partition`);
  if (maxUnavailable === undefined) return errors;
  const field = `${path}.rollingUpdate.maxUnavailable`;
  errors.push(...countOrPercentErrors(maxUnavailable, field));
  if (countOrPercent(maxUnavailable) === 0) errors.push(invalid(field, maxUnavailable, "cannot be 0"));
  return [...errors, ...wholeAtMostErrors(maxUnavailable, field)];
}

/** As the API server's own type has them, whose fields no JSON names are given to. */
function goFields({ partition = 0, maxUnavailable }: NonNullable<UpdateStrategy["rollingUpdate"]>): object {
  return { Partition: partition, MaxUnavailable: maxUnavailable ?? null };
}

function retentionErrors(policy: NonNullable<Spec["persistentVolumeClaimRetentionPolicy"]>): FieldError[] {
  const allowed = ["Retain", "Delete"];
  return (["whenDeleted", "whenScaled"] as const)
    .filter((field) => !allowed.includes(policy[field] ?? ""))
    .map((field) => notSupported(`spec.persistentVolumeClaimRetentionPolicy.${field}`, policy[field], allowed));
}

/** ValidatePersistentVolumeClaimSpec, what no claim may leave out. */
function claimErrors({ spec = {} }: VolumeClaimTemplate, i: number): FieldError[] {
  const path = `spec.volumeClaimTemplates[${i}].spec`;
  const { accessModes = [], resources } = spec as {
    accessModes?: readonly string[];
    resources?: { requests?: Readonly<Record<string, unknown>> };
  };
  const errors: FieldError[] = [];
  if (accessModes.length === 0) errors.push(required(`${path}.accessModes`, "at least 1 access mode is required"));
  const modes = ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"];
  for (const mode of accessModes) {
    if (!modes.includes(mode)) errors.push(notSupported(`${path}.accessModes`, mode, modes));
  }
  if (resources?.requests?.storage === undefined) errors.push(required(`${path}.resources[storage]`));
  return errors;
}

function updateErrors(spec: Spec, before: Spec): FieldError[] {
  const changed = (["volumeClaimTemplates", "serviceName", "podManagementPolicy"] as const)
    .filter((field) => !sameObject(spec[field], before[field]))
    .map((field) => invalid(`spec.${field}`, spec[field], "field is immutable"));
  return [...selectorChange(spec.selector, before.selector), ...changed];
}
