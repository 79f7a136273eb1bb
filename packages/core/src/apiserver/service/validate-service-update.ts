import type { ServiceSpec } from "../../model/service.ts";
import { type FieldError, forbidden, invalid } from "../validate/field-error.ts";
import { isHeadless, needsHealthCheck } from "./service-facts.ts";

const fixed = "may not change once set";

/** What may not change in a Service that exists (ValidateServiceUpdate). */
export function validateServiceUpdate(spec: ServiceSpec, old: ServiceSpec): FieldError[] {
  return [
    ...clusterIPErrors(spec, old),
    ...familyErrors(spec, old),
    ...loadBalancerClassErrors(spec, old),
    ...healthCheckErrors(spec, old),
  ];
}

function clusterIPErrors(spec: ServiceSpec, old: ServiceSpec): FieldError[] {
  if (spec.type === "ExternalName" || old.type === "ExternalName") return [];
  if (isHeadless(spec) && isHeadless(old)) return [];
  const now = spec.clusterIPs ?? [];
  const before = old.clusterIPs ?? [];
  const changed = (i: number): FieldError => invalid(`spec.clusterIPs[${i}]`, now, fixed);
  if (now.length === before.length) return before.flatMap((ip, i) => (ip === now[i] ? [] : [changed(i)]));
  const errors: FieldError[] = [];
  if (now.length === 0) errors.push(invalid("spec.clusterIPs[0]", null, "primary clusterIP can not be unset"));
  else if (before.length > 0 && now[0] !== before[0]) errors.push(changed(0));
  if (now.length === 1 && before.length > 1) errors.push(...releaseErrors(spec, "clusterIP"));
  return errors;
}

function familyErrors(spec: ServiceSpec, old: ServiceSpec): FieldError[] {
  if (spec.type === "ExternalName" || old.type === "ExternalName") return [];
  if (isHeadless(spec) || isHeadless(old)) return [];
  const now = spec.ipFamilies ?? [];
  const before = old.ipFamilies ?? [];
  // The API server names the first entry whichever changed, and shows the addresses when the counts differ.
  if (now.length === before.length) {
    return before.flatMap((family, i) => (family === now[i] ? [] : [invalid("spec.ipFamilies[0]", now, fixed)]));
  }
  const errors: FieldError[] = [];
  if (before.length > now.length && !spec.clusterIPs?.length) {
    errors.push(invalid("spec.ipFamilies[0]", now, "primary ipFamily can not be unset"));
  }
  if (now.length > 0 && before.length > 0 && now[0] !== before[0]) {
    errors.push(invalid("spec.ipFamilies[0]", spec.clusterIPs ?? null, fixed));
  }
  if (now.length === 1 && before.length > 1) errors.push(...releaseErrors(spec, "ipFamily"));
  return errors;
}

function releaseErrors(spec: ServiceSpec, what: string): FieldError[] {
  if (spec.ipFamilyPolicy === "SingleStack") return [];
  const detail = `must be set to 'SingleStack' when releasing the secondary ${what}`;
  return [invalid("spec.ipFamilyPolicy", spec.ipFamilyPolicy, detail)];
}

function loadBalancerClassErrors(spec: ServiceSpec, old: ServiceSpec): FieldError[] {
  const both = spec.type === "LoadBalancer" && old.type === "LoadBalancer";
  if (both && spec.loadBalancerClass !== old.loadBalancerClass) {
    return [invalid("spec.loadBalancerClass", spec.loadBalancerClass, fixed)];
  }
  const detail = "may only be used when `type` is 'LoadBalancer'";
  if (spec.type !== "LoadBalancer" && spec.loadBalancerClass !== undefined) {
    return [forbidden("spec.loadBalancerClass", detail)];
  }
  return [];
}

function healthCheckErrors(spec: ServiceSpec, old: ServiceSpec): FieldError[] {
  if (!needsHealthCheck(spec) || !needsHealthCheck(old) || spec.healthCheckNodePort === old.healthCheckNodePort)
    return [];
  return [forbidden("spec.healthCheckNodePort", "field is immutable")];
}
