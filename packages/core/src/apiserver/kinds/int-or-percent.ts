import { type FieldError, invalid } from "../validate/field-error.ts";

type IntOrPercent = number | string;

const percent = /^[0-9]+%$/;
const percentMessage =
  "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')";

/** ValidatePositiveIntOrPercent of pkg/apis/apps/validation. */
export function countOrPercentErrors(value: IntOrPercent | undefined, path: string): FieldError[] {
  if (typeof value === "string") return percent.test(value) ? [] : [invalid(path, value, percentMessage)];
  return (value ?? 0) < 0 ? [invalid(path, value, "must be greater than or equal to 0")] : [];
}

/** IsNotMoreThan100Percent. */
export function wholeAtMostErrors(value: IntOrPercent | undefined, path: string): FieldError[] {
  const isMore = typeof value === "string" && percent.test(value) && Number.parseInt(value, 10) > 100;
  return isMore ? [invalid(path, value, "must not be greater than 100%")] : [];
}

/** The number before the percent sign, or the count itself; 0 for what is neither (getIntOrPercentValue). */
export function countOrPercent(value: IntOrPercent | undefined): number {
  if (typeof value === "string")
    return percent.test(value) || /^[+-]?\d+$/.test(value) ? Number.parseInt(value, 10) : 0;
  return value ?? 0;
}
