import type { Node } from "../../model/node.ts";
import { parseCidr } from "../../net/cidr.ts";
import { legacyCidr } from "../validate/cidr-text.ts";
import { duplicate, type FieldError, forbidden, invalid, notSupported, required } from "../validate/field-error.ts";
import { dnsSubdomain, qualified } from "../validate/names.ts";
import type { KindRules } from "./rules.ts";

const effects = ["NoSchedule", "PreferNoSchedule", "NoExecute"];

export const nodeRules: KindRules<Node> = {
  checkName: dnsSubdomain,
  setDefaults: (node) => {
    node.spec ??= {};
    const { spec } = node;
    // The older field and the first of the newer one say the same (core/v1 conversion).
    if (spec.podCIDR !== undefined && !spec.podCIDRs?.length) spec.podCIDRs = [spec.podCIDR];
    if (spec.podCIDR === undefined && spec.podCIDRs?.length) spec.podCIDR = spec.podCIDRs[0]!;
  },
  validate: (node, before) => [
    ...validateTaints(node),
    ...validatePodCIDRs(node.spec?.podCIDRs ?? []),
    ...(before === undefined ? [] : podCIDRChanges(node, before)),
  ],
};

function validateTaints(node: Node): FieldError[] {
  return (node.spec?.taints ?? []).flatMap((taint, i) => {
    // The API server says metadata where it means spec.
    const path = `metadata.taints[${i}]`;
    const errors = qualified(taint.key ?? "").map((text) => invalid(`${path}.key`, taint.key ?? "", text));
    if (!taint.effect) errors.push(required(`${path}.effect`));
    else if (!effects.includes(taint.effect)) {
      errors.push(notSupported(`${path}.effect`, taint.effect, effects));
    }
    return errors;
  });
}

function validatePodCIDRs(cidrs: readonly string[]): FieldError[] {
  const errors = cidrs.flatMap((cidr, i) => legacyCidr(`spec.podCIDRs[${i}]`, cidr));
  if (cidrs.length < 2) return errors;
  const families = new Set(cidrs.map((cidr) => parseCidr(cidr)?.words.length));
  if (cidrs.length > 2 || families.size !== cidrs.length) {
    errors.push(invalid("spec.podCIDRs", cidrs, "may specify no more than one CIDR for each IP family"));
  }
  const seen = new Set<string>();
  for (const [i, cidr] of cidrs.entries()) {
    if (seen.has(cidr)) errors.push(duplicate(`spec.podCIDRs[${i}]`, cidr));
    seen.add(cidr);
  }
  return errors;
}

/** Pod ranges can be given later, but not changed. */
function podCIDRChanges(node: Node, before: Node): FieldError[] {
  const old = before.spec?.podCIDRs ?? [];
  const now = node.spec?.podCIDRs ?? [];
  if (old.length === 0) return [];
  const same = old.length === now.length && old.every((cidr, i) => cidr === now[i]);
  return same ? [] : [forbidden("spec.podCIDRs", 'node updates may not change podCIDR except from "" to valid')];
}
