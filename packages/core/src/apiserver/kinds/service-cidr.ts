import type { ServiceCIDR } from "../../model/service-cidr.ts";
import { parseCidr } from "../../net/cidr.ts";
import { legacyCidr } from "../validate/cidr-text.ts";
import { type FieldError, forbidden, invalid, required } from "../validate/field-error.ts";
import { dnsSubdomain } from "../validate/names.ts";
import type { KindRules } from "./rules.ts";

export const serviceCidrRules: KindRules<ServiceCIDR> = {
  checkName: dnsSubdomain,
  setDefaults: (object) => {
    object.spec ??= {};
  },
  validate: (object, before) => [
    ...validateCidrs(object.spec.cidrs ?? []),
    ...(before === undefined ? [] : validateUpdate(object, before)),
  ],
};

function validateCidrs(cidrs: readonly string[]): FieldError[] {
  const path = "spec.cidrs";
  if (cidrs.length === 0) return [required(path, "at least one CIDR required")];
  const errors: FieldError[] = [];
  if (cidrs.length > 2) {
    errors.push({
      field: path,
      reason: "FieldValueTooLong",
      message: `Too many: ${cidrs.length}: must have at most 2 items`,
    });
  }
  const families = cidrs.map((cidr) => parseCidr(cidr)?.words.length);
  if (cidrs.length === 2 && families[0] === families[1]) {
    errors.push(
      invalid(path, cidrs, "may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/96"),
    );
  }
  for (const [i, cidr] of cidrs.entries()) errors.push(...legacyCidr(`${path}[${i}]`, cidr));
  return errors;
}

/** A second family may be added; nothing else changes. */
function validateUpdate(object: ServiceCIDR, before: ServiceCIDR): FieldError[] {
  const old = before.spec.cidrs ?? [];
  const now = object.spec.cidrs ?? [];
  const grown = old.length === 1 && now.length === 2 && now[0] === old[0];
  const same = old.length === now.length && old.every((cidr, i) => cidr === now[i]);
  return same || grown ? [] : [forbidden("spec.cidrs", "field is immutable")];
}
