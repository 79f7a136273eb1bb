import { type FieldError, requiredOneOf } from "../validate/field-error.ts";

/** When an image is fetched. */
export function pullPolicy(policy: string | undefined, path: string): FieldError[] {
  return requiredOneOf(path, policy, ["Always", "IfNotPresent", "Never"]);
}
