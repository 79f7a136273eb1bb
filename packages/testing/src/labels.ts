import type { LabelSelector, LabelSelectorRequirement } from "@kubenetsim/core/model/label-selector";
import type { Labels } from "@kubenetsim/core/model/object-meta";
import * as fc from "fast-check";

/** Few keys and values, so that selectors meet labels often. */
const keys = ["app", "tier", "example.com/team"] as const;
const values = ["", "a", "b", "c"] as const;

/**
 * Labels over three keys and four values.
 *
 * @example
 * fc.assert(fc.property(labelSelector(), labels(), (selector, set) => typeof matchesLabels(selector, set) === "boolean"));
 */
export function labels(): fc.Arbitrary<Labels> {
  return fc.dictionary(fc.constantFrom(...keys), fc.constantFrom(...values), { maxKeys: 3 });
}

/** A valid LabelSelector over the same keys and values, with pairs and expressions. */
export function labelSelector(): fc.Arbitrary<LabelSelector> {
  return fc.record(
    { matchLabels: labels(), matchExpressions: fc.array(requirement(), { maxLength: 3 }) },
    { requiredKeys: [] },
  );
}

function requirement(): fc.Arbitrary<LabelSelectorRequirement> {
  const key = fc.constantFrom(...keys);
  return fc.oneof(
    fc.record({ key, operator: fc.constantFrom("Exists" as const, "DoesNotExist" as const) }),
    fc.record({
      key,
      operator: fc.constantFrom("In" as const, "NotIn" as const),
      values: fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 3 }),
    }),
  );
}
