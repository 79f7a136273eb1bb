import type { Pod } from "../../model/pod.ts";
import { type FieldError, invalid } from "../validate/field-error.ts";

const mirror = "kubernetes.io/config.mirror";
const deletionCost = "controller.kubernetes.io/pod-deletion-cost";
const mostCost = 2 ** 31 - 1;

/** Annotations that mean something to the API server (ValidatePodSpecificAnnotations). */
export function validatePodAnnotations({ metadata, spec }: Pod): FieldError[] {
  const { annotations = {} } = metadata;
  const errors: FieldError[] = [];
  if (annotations[mirror] !== undefined && !spec.nodeName) {
    const detail = "must set spec.nodeName if mirror pod annotation is set";
    errors.push(invalid(`metadata.annotations[${mirror}]`, annotations[mirror], detail));
  }
  const cost = annotations[deletionCost];
  if (cost !== undefined && !isCost(cost)) {
    errors.push(invalid(`metadata.annotations[${deletionCost}]`, cost, "must be a 32bit integer"));
  }
  return errors;
}

function isCost(text: string): boolean {
  return /^(0|-?[1-9][0-9]{0,10})$/.test(text) && Number(text) <= mostCost && Number(text) >= -mostCost - 1;
}
