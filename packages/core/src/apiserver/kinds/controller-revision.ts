import type { ControllerRevision } from "../../model/controller-revision.ts";
import { sameObject } from "../same-object.ts";
import { invalid, required } from "../validate/field-error.ts";
import { dnsSubdomain } from "../validate/names.ts";
import type { KindRules } from "./rules.ts";
import { countErrors } from "./workload.ts";

/** ValidateControllerRevision of pkg/apis/apps/validation. */
export const controllerRevisionRules: KindRules<ControllerRevision> = {
  checkName: dnsSubdomain,
  setDefaults: (revision) => {
    revision.revision ??= 0;
  },
  validate: (revision, before) => {
    const errors = countErrors(revision.revision, "revision");
    if (before !== undefined) {
      return sameObject(revision.data, before.data)
        ? errors
        : [...errors, invalid("data", revision.data, "field is immutable")];
    }
    const data: unknown = revision.data;
    if (data === undefined || data === null) return [...errors, required("data", "data is mandatory")];
    const isObject = typeof data === "object" && !Array.isArray(data);
    return isObject ? errors : [...errors, required("data", "data must be a valid JSON object")];
  },
};
