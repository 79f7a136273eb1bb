import type { LabelSelector } from "../../model/label-selector.ts";
import { type FieldError, forbidden, invalid, invalidEach, required } from "./field-error.ts";
import { validateLabels } from "./metadata.ts";
import { labelValueErrors, qualified } from "./names.ts";

/** The labels and the expressions of a selector (apimachinery pkg/apis/meta/v1/validation, ValidateLabelSelector). */
export function validateLabelSelector(selector: LabelSelector | undefined, path: string): FieldError[] {
  if (selector === undefined) return [];
  const errors = validateLabels(selector.matchLabels, `${path}.matchLabels`);
  for (const [i, requirement] of (selector.matchExpressions ?? []).entries()) {
    const at = `${path}.matchExpressions[${i}]`;
    errors.push(...operatorErrors(requirement, at));
    errors.push(...invalidEach(`${at}.key`, requirement.key ?? "", qualified(requirement.key ?? "")));
    errors.push(...labelValues(requirement.values ?? [], at));
  }
  return errors;
}

interface Requirement {
  readonly operator?: string;
  readonly values?: readonly string[];
}

/** Which operators want values and which want none. */
export function operatorErrors({ operator = "", values = [] }: Requirement, path: string): FieldError[] {
  if (operator === "In" || operator === "NotIn") {
    return values.length > 0
      ? []
      : [required(`${path}.values`, "must be specified when `operator` is 'In' or 'NotIn'")];
  }
  if (operator === "Exists" || operator === "DoesNotExist") {
    const detail = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'";
    return values.length === 0 ? [] : [forbidden(`${path}.values`, detail)];
  }
  return [invalid(`${path}.operator`, operator, "not a valid selector operator")];
}

export function labelValues(values: readonly string[], path: string): FieldError[] {
  return values.flatMap((value, i) => invalidEach(`${path}.values[${i}]`, value, labelValueErrors(value)));
}
