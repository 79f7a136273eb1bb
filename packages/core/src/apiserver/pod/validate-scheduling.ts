import type { LabelSelector } from "../../model/label-selector.ts";
import type { Toleration } from "../../model/pod.ts";
import {
  duplicate,
  type FieldError,
  forbidden,
  invalid,
  invalidEach,
  notSupported,
  optionalOneOf,
  required,
} from "../validate/field-error.ts";
import { labelValues, operatorErrors, validateLabelSelector } from "../validate/label-selector.ts";
import { dnsLabel, dnsSubdomain, labelValueErrors, qualified } from "../validate/names.ts";
import type {
  Affinity,
  NodeRequirement,
  NodeTerm,
  PodAffinity,
  PodTerm,
  TopologySpreadConstraint,
} from "./pod-fields.ts";

/** Where a Pod wants to run (validateAffinity). */
export function validateAffinity(affinity: Affinity | undefined, path: string): FieldError[] {
  if (affinity === undefined) return [];
  return [
    ...nodeAffinityErrors(affinity.nodeAffinity ?? {}, `${path}.nodeAffinity`),
    ...podAffinityErrors(affinity.podAffinity, `${path}.podAffinity`),
    ...podAffinityErrors(affinity.podAntiAffinity, `${path}.podAntiAffinity`),
  ];
}

function nodeAffinityErrors(affinity: NonNullable<Affinity["nodeAffinity"]>, path: string): FieldError[] {
  const {
    requiredDuringSchedulingIgnoredDuringExecution: needed,
    preferredDuringSchedulingIgnoredDuringExecution: wanted = [],
  } = affinity;
  const errors: FieldError[] = [];
  if (needed !== undefined) {
    const at = `${path}.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms`;
    const terms = needed.nodeSelectorTerms ?? [];
    if (terms.length === 0) errors.push(required(at, "must have at least one node selector term"));
    errors.push(...terms.flatMap((term, i) => nodeTermErrors(term, true, `${at}[${i}]`)));
  }
  for (const [i, { weight, preference }] of wanted.entries()) {
    const at = `${path}.preferredDuringSchedulingIgnoredDuringExecution[${i}]`;
    errors.push(...weightErrors(weight, at), ...nodeTermErrors(preference ?? {}, false, `${at}.preference`));
  }
  return errors;
}

function weightErrors(weight = 0, path = ""): FieldError[] {
  return weight > 0 && weight <= 100 ? [] : [invalid(`${path}.weight`, weight, "must be in the range 1-100")];
}

function nodeTermErrors(term: NodeTerm, checksValues: boolean, path: string): FieldError[] {
  return [
    ...(term.matchExpressions ?? []).flatMap((one, i) => {
      const at = `${path}.matchExpressions[${i}]`;
      const key = one.key ?? "";
      const values = checksValues ? labelValues(one.values ?? [], at) : [];
      return [...nodeOperatorErrors(one, at), ...invalidEach(`${at}.key`, key, qualified(key)), ...values];
    }),
    ...(term.matchFields ?? []).flatMap((one, i) => nodeFieldErrors(one, `${path}.matchFields[${i}]`)),
  ];
}

function nodeOperatorErrors(requirement: NodeRequirement, path: string): FieldError[] {
  if (requirement.operator !== "Gt" && requirement.operator !== "Lt") return operatorErrors(requirement, path);
  if (requirement.values?.length === 1) return [];
  return [required(`${path}.values`, "must be specified single value when `operator` is 'Lt' or 'Gt'")];
}

function nodeFieldErrors({ key = "", operator = "", values = [] }: NodeRequirement, path: string): FieldError[] {
  const errors: FieldError[] = [];
  if (operator !== "In" && operator !== "NotIn") {
    errors.push(invalid(`${path}.operator`, operator, "not a valid selector operator"));
  } else if (values.length !== 1) {
    const detail = "must be only one value when `operator` is 'In' or 'NotIn' for node field selector";
    errors.push(required(`${path}.values`, detail));
  }
  if (key !== "metadata.name") return [...errors, invalid(`${path}.key`, key, "not a valid field selector key")];
  return [...errors, ...values.flatMap((value, i) => invalidEach(`${path}.values[${i}]`, value, dnsSubdomain(value)))];
}

function podAffinityErrors(affinity: PodAffinity | undefined, path: string): FieldError[] {
  const { requiredDuringSchedulingIgnoredDuringExecution: needed = [] } = affinity ?? {};
  const { preferredDuringSchedulingIgnoredDuringExecution: wanted = [] } = affinity ?? {};
  return [
    ...needed.flatMap((term, i) => podTermErrors(term, `${path}.requiredDuringSchedulingIgnoredDuringExecution[${i}]`)),
    ...wanted.flatMap(({ weight, podAffinityTerm }, i) => {
      const at = `${path}.preferredDuringSchedulingIgnoredDuringExecution[${i}]`;
      return [...weightErrors(weight, at), ...podTermErrors(podAffinityTerm ?? {}, `${at}.podAffinityTerm`)];
    }),
  ];
}

function podTermErrors(term: PodTerm, path: string): FieldError[] {
  const { topologyKey = "" } = term;
  return [
    ...validateLabelSelector(term.labelSelector, `${path}.labelSelector`),
    ...validateLabelSelector(term.namespaceSelector, `${path}.namespaceSelector`),
    ...(term.namespaces ?? []).flatMap((name) => invalidEach(`${path}.namespace`, name, dnsLabel(name))),
    ...labelKeyErrors(term.matchLabelKeys ?? [], term.mismatchLabelKeys ?? [], term.labelSelector, path),
    ...(topologyKey === "" ? [required(`${path}.topologyKey`, "can not be empty")] : []),
    ...invalidEach(`${path}.topologyKey`, topologyKey, qualified(topologyKey)),
  ];
}

/** Labels whose values are taken from the Pod itself (ValidateMatchLabelKeysAndMismatchLabelKeys). */
function labelKeyErrors(
  match: readonly string[],
  mismatch: readonly string[],
  selector: LabelSelector | undefined,
  path: string,
): FieldError[] {
  const errors = [
    ...keyErrors(match, selector, `${path}.matchLabelKeys`),
    ...keyErrors(mismatch, selector, `${path}.mismatchLabelKeys`),
  ];
  const selected = new Set(Object.keys(selector?.matchLabels ?? {}));
  for (const { key } of selector?.matchExpressions ?? []) {
    const at = match.lastIndexOf(key);
    if (at >= 0 && selected.has(key)) {
      errors.push(invalid(`${path}[${at}]`, key, "exists in both matchLabelKeys and labelSelector"));
    }
    selected.add(key);
  }
  const both = match.flatMap((key, i) =>
    mismatch.includes(key)
      ? [invalid(`${path}.matchLabelKeys[${i}]`, key, "exists in both matchLabelKeys and mismatchLabelKeys")]
      : [],
  );
  return [...errors, ...both];
}

function keyErrors(keys: readonly string[], selector: LabelSelector | undefined, path: string): FieldError[] {
  if (keys.length === 0) return [];
  if (selector === undefined) return [forbidden(path, "must not be specified when labelSelector is not set")];
  return keys.flatMap((key, i) => invalidEach(`${path}[${i}]`, key, qualified(key)));
}

const spreadActions = ["DoNotSchedule", "ScheduleAnyway"];

/** How Pods are spread over zones and nodes (validateTopologySpreadConstraints). */
export function validateSpread(constraints: readonly TopologySpreadConstraint[], path: string): FieldError[] {
  return constraints.flatMap((constraint, i) => {
    const at = `${path}[${i}]`;
    const { maxSkew = 0, topologyKey = "", whenUnsatisfiable = "", minDomains } = constraint;
    const errors: FieldError[] = [];
    if (maxSkew <= 0) errors.push(invalid(`${at}.maxSkew`, maxSkew, "must be greater than zero"));
    if (topologyKey === "") errors.push(required(`${at}.topologyKey`, "can not be empty"));
    if (!spreadActions.includes(whenUnsatisfiable)) {
      errors.push(notSupported(`${at}.whenUnsatisfiable`, whenUnsatisfiable, spreadActions));
    }
    const isTwice = constraints
      .slice(i + 1)
      .some((one) => (one.topologyKey ?? "") === topologyKey && (one.whenUnsatisfiable ?? "") === whenUnsatisfiable);
    if (isTwice) {
      errors.push(duplicate(`${at}.{topologyKey, whenUnsatisfiable}`, `{${topologyKey}, ${whenUnsatisfiable}}`));
    }
    if (minDomains !== undefined && minDomains <= 0) {
      errors.push(invalid(`${at}.minDomains`, minDomains, "must be greater than zero"));
    }
    if (minDomains !== undefined && whenUnsatisfiable !== "DoNotSchedule") {
      const detail = `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${whenUnsatisfiable}`;
      errors.push(invalid(`${at}.minDomains`, minDomains, detail));
    }
    return [
      ...errors,
      ...optionalOneOf(`${at}.nodeAffinityPolicy`, constraint.nodeAffinityPolicy, ["Honor", "Ignore"]),
      ...optionalOneOf(`${at}.nodeTaintsPolicy`, constraint.nodeTaintsPolicy, ["Honor", "Ignore"]),
      ...labelKeyErrors(constraint.matchLabelKeys ?? [], [], constraint.labelSelector, at),
      ...validateLabelSelector(constraint.labelSelector, `${at}.labelSelector`),
    ];
  });
}

const effects = ["NoSchedule", "PreferNoSchedule", "NoExecute"];

/** Which taints a Pod does not mind (ValidateTolerations). */
export function validateTolerations(tolerations: readonly Toleration[], path: string): FieldError[] {
  return tolerations.flatMap(({ key = "", operator = "" as string, value = "", effect = "", tolerationSeconds }, i) => {
    const at = `${path}[${i}]`;
    const errors = key === "" ? [] : invalidEach(`${at}.key`, key, qualified(key));
    if (key === "" && operator !== "Exists") {
      const detail = 'operator must be Exists when `key` is empty, which means "match all values and all keys"';
      errors.push(invalid(`${at}.operator`, operator, detail));
    }
    if (tolerationSeconds !== undefined && effect !== "NoExecute") {
      errors.push(invalid(`${at}.effect`, effect, "effect must be 'NoExecute' when `tolerationSeconds` is set"));
    }
    errors.push(...tolerationOperator(operator, value, `${at}.operator`));
    if (effect !== "") errors.push(...optionalOneOf(`${at}.effect`, effect, effects));
    return errors;
  });
}

function tolerationOperator(operator: string, value: string, path: string): FieldError[] {
  switch (operator) {
    case "":
    case "Equal": {
      const complaints = labelValueErrors(value);
      return complaints.length === 0 ? [] : [invalid(path, value, complaints.join(";"))];
    }
    case "Exists":
      return value === "" ? [] : [invalid(path, value, "value must be empty when `operator` is 'Exists'")];
    case "Lt":
    case "Gt":
      // Comparisons are an alpha feature that is off.
      return [notSupported(path, operator, ["Equal", "Exists", "Lt", "Gt"])];
    default:
      return [notSupported(path, operator, ["Equal", "Exists"])];
  }
}

/** What keeps a Pod from being scheduled (validateSchedulingGates). */
export function validateGates(gates: readonly { readonly name?: string }[], path: string): FieldError[] {
  const seen = new Set<string>();
  return gates.flatMap(({ name = "" }, i) => {
    const errors = invalidEach(`${path}[${i}]`, name, qualified(name));
    if (seen.has(name)) errors.push(duplicate(`${path}[${i}]`, name));
    seen.add(name);
    return errors;
  });
}
