import type { ServiceCIDR } from "../../model/service-cidr.ts";
import { parseCidr } from "../../net/cidr.ts";
import { legacyCidr } from "../validate/cidr-text.ts";
import { type FieldError, invalid, required } from "../validate/field-error.ts";
import { dnsSubdomain } from "../validate/names.ts";
import type { KindRules } from "./rules.ts";

export const serviceCidrRules: KindRules<ServiceCIDR> = {
  checkName: dnsSubdomain,
  setDefaults: (object) => {
    object.spec ??= {};
  },
  validate: (object, before) =>
    before === undefined ? validateCidrs(object.spec.cidrs ?? []) : validateUpdate(object, before),
};

function validateCidrs(cidrs: readonly string[]): FieldError[] {
  const path = "spec.cidrs";
  if (cidrs.length === 0) return [required(path, "at least one CIDR required")];
  const errors: FieldError[] = [];
  if (cidrs.length > 2) {
    errors.push(invalid(path, { CIDRs: cidrs }, "may only hold up to 2 values"));
  }
  const families = cidrs.map((cidr) => parseCidr(cidr)?.words.length);
  if (cidrs.length === 2 && families[0] === families[1]) {
    errors.push(
      invalid(path, cidrs, "may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64"),
    );
  }
  for (const [i, cidr] of cidrs.entries()) errors.push(...legacyCidr(`${path}[${i}]`, cidr));
  return errors;
}

/**
 * A second family may be added; nothing else changes. What is no range at all is said first, since the ranges that the
 * API server is started with come in by an update, too.
 */
function validateUpdate(object: ServiceCIDR, before: ServiceCIDR): FieldError[] {
  const old = before.spec.cidrs ?? [];
  const now = object.spec.cidrs ?? [];
  const unreadable = now.flatMap((cidr, i) => legacyCidr(`spec.cidrs[${i}]`, cidr, old));
  if (unreadable.length > 0) return unreadable;
  const changed = (count: number): FieldError[] =>
    old
      .slice(0, count)
      .flatMap((cidr, i) => (cidr === now[i] ? [] : [invalid(`spec.cidrs[${i}]`, now[i], "field is immutable")]));
  if (old.length === now.length) return changed(old.length);
  if (old.length === 1 && now.length === 2) return [...changed(1), ...validateCidrs(now)];
  return [invalid("spec.cidrs", now, "field is immutable")];
}
