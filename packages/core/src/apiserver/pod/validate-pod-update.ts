import type { Pod, PodSpec, Toleration } from "../../model/pod.ts";
import { sameObject } from "../same-object.ts";
import { type FieldError, forbidden, invalid, required } from "../validate/field-error.ts";
import type { FullContainer, FullPodSpec } from "./pod-fields.ts";
import { validateTolerations } from "./validate-scheduling.ts";

/** Of a Pod's specification only a few fields may change (ValidatePodUpdate, what comes after the specification). */
export function validatePodUpdate(pod: Pod, before: Pod): FieldError[] {
  const spec = pod.spec as unknown as FullPodSpec;
  const old = before.spec as unknown as FullPodSpec;
  const images: FieldError[] = [];
  for (const field of ["containers", "initContainers"] as const) {
    const now = spec[field] ?? [];
    if (now.length !== (old[field] ?? []).length) {
      return [...images, forbidden(`spec.${field}`, "pod updates may not add or remove containers")];
    }
    images.push(...imageErrors(now, `spec.${field}`));
  }
  const deadline = deadlineChange(spec.activeDeadlineSeconds, old.activeDeadlineSeconds);
  if (deadline.length > 0 && spec.activeDeadlineSeconds !== undefined) return [...images, ...deadline];
  return [
    ...images,
    ...deadline,
    ...tolerationChanges(spec.tolerations ?? [], old.tolerations ?? []),
    ...addedGates(spec.schedulingGates ?? [], old.schedulingGates ?? []),
    ...otherChanges(pod.spec, before.spec),
  ];
}

function imageErrors(containers: readonly FullContainer[], path: string): FieldError[] {
  return containers.flatMap(({ image = "" }, i) => [
    ...(image === "" ? [required(`${path}[${i}].image`)] : []),
    ...paddedImage(image, `${path}[${i}].image`),
  ]);
}

/** A template's image may stand between spaces, a Pod's may not. */
export function paddedImage(image: string | undefined, path: string): FieldError[] {
  if (image === undefined || image.trim() === image) return [];
  return [invalid(path, image, "must not have leading or trailing whitespace")];
}

const maxSeconds = 2 ** 31 - 1;

/** A deadline comes, or comes nearer. */
function deadlineChange(now: number | undefined, old: number | undefined): FieldError[] {
  const path = "spec.activeDeadlineSeconds";
  if (now === undefined) {
    return old === undefined ? [] : [invalid(path, undefined, "must not update from a positive integer to nil value")];
  }
  if (now < 0 || now > maxSeconds) return [invalid(path, now, `must be between 0 and ${maxSeconds}, inclusive`)];
  if (old === undefined || old >= now) return [];
  return [invalid(path, now, "must be less than or equal to previous value")];
}

function tolerationChanges(now: readonly Toleration[], old: readonly Toleration[]): FieldError[] {
  const same = (one: Toleration, other: Toleration): boolean =>
    sameObject({ ...one, tolerationSeconds: 0 }, { ...other, tolerationSeconds: 0 });
  if (old.every((one) => now.some((other) => same(one, other)))) return validateTolerations(now, "spec.tolerations");
  const detail = "existing toleration can not be modified except its tolerationSeconds";
  return [forbidden("spec.tolerations", detail)];
}

type Gates = NonNullable<FullPodSpec["schedulingGates"]>;

function addedGates(now: Gates, old: Gates): FieldError[] {
  return now.flatMap(({ name = "" }, i) => {
    if (old.some((one) => (one.name ?? "") === name)) return [];
    const detail = `only deletion is allowed, but found new scheduling gate '${name}'`;
    return [forbidden(`spec.schedulingGates[${i}].name`, detail)];
  });
}

const changeable = [
  "`spec.containers[*].image`",
  "`spec.initContainers[*].image`",
  "`spec.activeDeadlineSeconds`",
  "`spec.tolerations` (only additions to existing tolerations)",
  "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)",
];

function otherChanges(spec: PodSpec, before: PodSpec): FieldError[] {
  if (sameObject(withChangeable(spec, before), before)) return [];
  return [forbidden("spec", `pod updates may not change fields other than ${changeable.join(",")}`)];
}

/** The new specification with what may change as it was. A node that the scheduler chose stays. */
function withChangeable(spec: PodSpec, before: PodSpec): PodSpec {
  const old = before as PodSpec & Readonly<Record<string, unknown>>;
  const result: Record<string, unknown> = { ...spec };
  for (const field of ["containers", "initContainers"] as const) {
    if (spec[field] === undefined) continue;
    result[field] = spec[field].map((one, i) => ({ ...one, image: before[field]![i]!.image }));
  }
  for (const field of ["activeDeadlineSeconds", "tolerations", "schedulingGates"]) result[field] = old[field];
  if ((before.terminationGracePeriodSeconds ?? 0) < 0 && spec.terminationGracePeriodSeconds === 1) {
    result.terminationGracePeriodSeconds = before.terminationGracePeriodSeconds;
  }
  result.nodeName ??= before.nodeName;
  return result as unknown as PodSpec;
}
