import type { Pod, PodStatus } from "../../model/pod.ts";
import type { Draft } from "../draft.ts";
import type { FullPodSpec } from "../pod/pod-fields.ts";
import { annotationWarnings, podWarnings } from "../pod/pod-warnings.ts";
import { validatePodAnnotations } from "../pod/validate-annotations.ts";
import { validateNodeName, validatePodSpec } from "../pod/validate-pod-spec.ts";
import { validatePodStatus } from "../pod/validate-pod-status.ts";
import { paddedImage, validatePodUpdate } from "../pod/validate-pod-update.ts";
import { type FieldError, forbidden, notNegative } from "../validate/field-error.ts";
import { legacyAddress } from "../validate/ip-text.ts";
import { dnsLabel, dnsSubdomain } from "../validate/names.ts";
import { admitPod, defaultPod, defaultPodSpec, qosClass } from "./pod-defaults.ts";
import type { FieldWarning, KindRules } from "./rules.ts";

export const podRules: KindRules<Pod> = {
  checkName: dnsSubdomain,
  setDefaults: (pod) => {
    pod.spec ??= { containers: [] };
    defaultPodSpec(pod.spec);
    defaultPod(pod);
    if (pod.status !== undefined) agreeOnAddresses(pod.status);
  },
  prepare: (_state, pod, before) => {
    admitPod(pod);
    if (before === undefined) pod.status = { phase: "Pending", ...pod.status, qosClass: qosClass(pod) };
    // Old kubelets leave it out.
    else if (before.status?.qosClass !== undefined) pod.status = { qosClass: before.status.qosClass, ...pod.status };
  },
  validate: (pod, before, isKnown) => [
    ...validatePodAnnotations(pod),
    ...(isKnown ? validateNodeName(pod.spec.nodeName, "spec") : specErrors(pod)),
    ...validatePodIPs(pod),
    ...(before === undefined ? createErrors(pod) : validatePodUpdate(pod, before)),
  ],
  validateStatus: validatePodStatus,
  warnings: (pod, before, isKnown) => (before === undefined ? firstWarnings(pod, isKnown) : []),
  template: {
    own: "nodeName",
    // The claims of such volumes are called after the Pod.
    standsForOthers: ({ spec }) => !((spec as unknown as FullPodSpec).volumes ?? []).some(({ ephemeral }) => ephemeral),
  },
};

function specErrors(pod: Pod): FieldError[] {
  return [...validatePodSpec(pod.spec, pod.metadata.name ?? "", "spec"), ...onlyForPods(pod)];
}

/** `podIP` is the first of `podIPs`, and what counts where they differ (Convert_v1_PodStatus_To_core_PodStatus). */
function agreeOnAddresses(status: Draft<PodStatus>): void {
  const first = status.podIPs?.[0]?.ip;
  if (status.podIP && status.podIP !== first) status.podIPs = [{ ip: status.podIP }];
  else if (first !== undefined) status.podIP = first;
}

/** What a template may say and a Pod may not. */
function onlyForPods(pod: Pod): FieldError[] {
  const spec = pod.spec as unknown as FullPodSpec;
  const errors: FieldError[] = [];
  for (const [i, { projected }] of (spec.serviceAccountName ? [] : (spec.volumes ?? [])).entries()) {
    for (const [j, { serviceAccountToken }] of (projected?.sources ?? []).entries()) {
      if (serviceAccountToken === undefined) continue;
      const path = `spec.volumes[${i}].projected.sources[${j}].serviceAccountToken`;
      errors.push(forbidden(path, "must not be specified when serviceAccountName is not set"));
    }
  }
  errors.push(...notNegative("spec.terminationGracePeriodSeconds", spec.terminationGracePeriodSeconds));
  for (const field of ["containers", "initContainers"] as const) {
    for (const [i, { image }] of (spec[field] ?? []).entries()) {
      errors.push(...paddedImage(image, `spec.${field}[${i}].image`));
    }
  }
  return errors;
}

function createErrors(pod: Pod): FieldError[] {
  const spec = pod.spec as unknown as FullPodSpec;
  const errors: FieldError[] = [];
  if (spec.ephemeralContainers?.length) errors.push(forbidden("spec.ephemeralContainers", "cannot be set on create"));
  if (spec.nodeName && spec.schedulingGates?.length) {
    errors.push(forbidden("spec.nodeName", "cannot be set until all schedulingGates have been cleared"));
  }
  return errors;
}

function validatePodIPs(pod: Pod): FieldError[] {
  return (pod.status?.podIPs ?? []).flatMap(({ ip = "" }, i) => legacyAddress(`status.podIPs[${i}]`, ip));
}

function firstWarnings(pod: Pod, isKnown = false): FieldWarning[] {
  const complaints = dnsLabel(pod.metadata.name);
  const field = "metadata.name";
  const why = "this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended";
  const name = complaints.length === 0 ? [] : [{ field, message: `${field}: ${why}: [${complaints.join(" ")}]` }];
  const { annotations } = pod.metadata;
  return [...name, ...(isKnown ? annotationWarnings(annotations, "") : podWarnings(pod.spec, annotations, ""))];
}
