import type { ServiceSpec } from "../../model/service.ts";
import { duplicate, type FieldError, invalid, notSupported, required } from "../validate/field-error.ts";
import { legacyAddress } from "../validate/ip-text.ts";
import { isHeadless } from "./service-facts.ts";

const field = "spec.clusterIPs";
const policies = ["PreferDualStack", "RequireDualStack", "SingleStack"];

/** clusterIP, clusterIPs, ipFamilies and ipFamilyPolicy against each other (ValidateServiceClusterIPsRelatedFields). */
export function validateClusterIPs(spec: ServiceSpec, old: ServiceSpec | undefined): FieldError[] {
  if (spec.type === "ExternalName") return [];
  const ips = spec.clusterIPs ?? [];
  const addressErrors = ips.flatMap((ip, i) =>
    i === 0 && ip === "None"
      ? ips.length > 1
        ? [invalid(field, ips, "'None' must be the first and only value")]
        : []
      : legacyAddress(`${field}[${i}]`, ip, old?.clusterIPs),
  );
  const errors = [...pairErrors(spec, ips), ...familyErrors(spec), ...addressErrors];
  if (ips.length > 2) errors.push(invalid(field, ips, "may only hold up to 2 values"));
  if (addressErrors.length > 0) return errors;
  if (ips.length > 1 && !(ips.some((ip) => ip.includes(":")) && ips.some((ip) => !ip.includes(":")))) {
    errors.push(invalid(field, ips, "may specify no more than one IP for each IP family"));
  }
  return [...errors, ...mismatches(spec, ips)];
}

function pairErrors(spec: ServiceSpec, ips: readonly string[]): FieldError[] {
  if (spec.clusterIP) {
    if (ips.length === 0) return [required(field)];
    return ips[0] === spec.clusterIP ? [] : [invalid(field, ips, "first value must match `clusterIP`")];
  }
  return ips.length === 0 ? [] : [invalid(field, ips, "must be empty when `clusterIP` is not specified")];
}

function familyErrors(spec: ServiceSpec): FieldError[] {
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  for (const [i, family] of (spec.ipFamilies ?? []).entries()) {
    const path = `spec.ipFamilies[${i}]`;
    if (family !== "IPv4" && family !== "IPv6") errors.push(notSupported(path, family, ["IPv4", "IPv6"]));
    if (seen.has(family)) errors.push(duplicate(path, family));
    seen.add(family);
  }
  if (spec.ipFamilyPolicy !== undefined && !policies.includes(spec.ipFamilyPolicy)) {
    errors.push(notSupported("spec.ipFamilyPolicy", spec.ipFamilyPolicy, policies));
  }
  return errors;
}

function mismatches(spec: ServiceSpec, ips: readonly string[]): FieldError[] {
  if (isHeadless(spec)) return [];
  return ips.flatMap((ip, i) => {
    const family = spec.ipFamilies?.[i];
    if (family === undefined || (family === "IPv6") === ip.includes(":")) return [];
    return [invalid(`${field}[${i}]`, ip, `expected an ${family} value as indicated by \`ipFamilies[${i}]\``)];
  });
}
