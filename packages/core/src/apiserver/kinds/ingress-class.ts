import type { IngressClass } from "../../model/ingress.ts";
import { type FieldError, forbidden, invalid, notSupported, required, tooLong } from "../validate/field-error.ts";
import { dnsLabel, dnsSubdomain, domainPrefixedPath } from "../validate/names.ts";
import type { KindRules } from "./rules.ts";
import { typedReferenceErrors } from "./typed-reference.ts";

const longestController = 250;

/** pkg/apis/networking/validation/validation.go, ValidateIngressClass. */
export const ingressClassRules: KindRules<IngressClass> = {
  checkName: dnsSubdomain,
  setDefaults: (ingressClass) => {
    ingressClass.spec ??= {};
    if (ingressClass.spec.parameters !== undefined) ingressClass.spec.parameters.scope ??= "Cluster";
  },
  validate: ({ spec }, before) => {
    const controller = spec.controller ?? "";
    return [
      ...(before === undefined || (before.spec.controller ?? "") === controller
        ? []
        : [invalid("spec.controller", controller, "field is immutable")]),
      ...(controller.length > longestController
        ? [tooLong("spec.controller", `may not be more than ${longestController} bytes`)]
        : []),
      ...domainPrefixedPath("spec.controller", controller),
      ...parameterErrors(spec.parameters),
    ];
  },
};

function parameterErrors(parameters: IngressClass["spec"]["parameters"]): FieldError[] {
  if (parameters === undefined) return [];
  const path = "spec.parameters";
  const errors = typedReferenceErrors(parameters, path);
  // That they are missing is said last: it is validated by declaration (zz_generated.validations.go).
  const isMissing = (error: FieldError): boolean => error.reason === "FieldValueRequired";
  return [
    ...errors.filter((error) => !isMissing(error)),
    ...scopeErrors(parameters, path),
    ...errors.filter(isMissing),
  ];
}

function scopeErrors(
  { scope = "", namespace }: NonNullable<IngressClass["spec"]["parameters"]>,
  path: string,
): FieldError[] {
  if (scope !== "Cluster" && scope !== "Namespace") {
    return [notSupported(`${path}.scope`, scope, ["Cluster", "Namespace"])];
  }
  if (scope === "Cluster") {
    const detail = "`parameters.scope` is set to 'Cluster'";
    return namespace === undefined ? [] : [forbidden(`${path}.namespace`, detail)];
  }
  if (namespace === undefined) return [required(`${path}.namespace`, "`parameters.scope` is set to 'Namespace'")];
  return dnsLabel(namespace).map((text) => invalid(`${path}.namespace`, namespace, text));
}
