import type { PodSpec } from "../../model/pod.ts";
import {
  type FieldError,
  forbidden,
  invalid,
  invalidEach,
  required,
  requiredOneOf,
  tooLong,
} from "../validate/field-error.ts";
import { legacyAddress } from "../validate/ip-text.ts";
import { validateLabels } from "../validate/metadata.ts";
import { dnsLabel, dnsSubdomain, qualified, searchDomain } from "../validate/names.ts";
import type { FullPodSpec } from "./pod-fields.ts";
import { type Surroundings, validateContainers, validateInitContainers } from "./validate-containers.ts";
import { validateFileVolumes } from "./validate-env.ts";
import { validateResources } from "./validate-resources.ts";
import { validateAffinity, validateGates, validateSpread, validateTolerations } from "./validate-scheduling.ts";
import { validatePodSecurityContext } from "./validate-security.ts";
import { validateVolumes } from "./validate-volumes.ts";

/**
 * What is wrong with the specification of a Pod or of a template, in the API server's order
 * (pkg/apis/core/validation, ValidatePodSpec).
 *
 * @param podName undefined for a template
 * @example
 * validatePodSpec(deployment.spec.template.spec, undefined, "spec.template.spec");
 */
export function validatePodSpec(given: PodSpec, podName: string | undefined, path: string): FieldError[] {
  const spec = given as unknown as FullPodSpec;
  const isPod = podName !== undefined;
  const volumes = validateVolumes(spec.volumes ?? [], podName, `${path}.volumes`);
  const around: Surroundings = { spec, volumes: volumes.known, claimNames: claimNames(spec) };
  return [
    ...(spec.terminationGracePeriodSeconds === undefined ? [required(`${path}.terminationGracePeriodSeconds`)] : []),
    ...volumes.errors,
    ...validateContainers(around, `${path}.containers`),
    ...validateInitContainers(around, `${path}.initContainers`),
    ...hostNetworkPorts(spec, isPod, `${path}.containers`),
    ...policies(spec, path),
    ...validateLabels(spec.nodeSelector, `${path}.nodeSelector`),
    ...validatePodSecurityContext(spec, `${path}.securityContext`),
    ...sharedNamespaces(spec, path),
    ...validateAffinity(spec.affinity, `${path}.affinity`),
    ...dnsConfigErrors(spec, `${path}.dnsConfig`),
    ...readinessGates(spec, `${path}.readinessGates`),
    ...validateGates(spec.schedulingGates ?? [], `${path}.schedulingGates`),
    ...validateSpread(spec.topologySpreadConstraints ?? [], `${path}.topologySpreadConstraints`),
    ...hostUsers(spec, path),
    ...hostnameOverride(spec, `${path}.hostnameOverride`),
    ...namesErrors(spec, path),
    ...validateTolerations(spec.tolerations ?? [], `${path}.tolerations`),
    ...hostAliases(spec, `${path}.hostAliases`),
    ...classErrors(spec, path),
    ...(spec.os === undefined ? [] : requiredOneOf(`${path}.os.name`, spec.os.name, ["linux", "windows"])),
    ...validateFileVolumes(spec.initContainers ?? [], spec.volumes ?? [], `${path}.initContainers`),
    ...validateFileVolumes(spec.containers, spec.volumes ?? [], `${path}.containers`),
  ];
}

function claimNames(spec: FullPodSpec): ReadonlySet<string> {
  const { resourceClaims = [] } = spec as { readonly resourceClaims?: readonly { readonly name?: string }[] };
  return new Set(resourceClaims.flatMap(({ name }) => (name ? [name] : [])));
}

/** On the host's network a container's port is the host's (validatePodHostNetworkDeps). */
function hostNetworkPorts(spec: FullPodSpec, isPod: boolean, path: string): FieldError[] {
  if (spec.hostNetwork !== true) return [];
  return spec.containers.flatMap(({ ports = [] }, i) =>
    ports.flatMap(({ hostPort = 0, containerPort = 0 }, j) => {
      if (hostPort === containerPort || (!isPod && hostPort === 0)) return [];
      const detail = "must match `containerPort` when `hostNetwork` is true";
      return [invalid(`${path}[${i}].ports[${j}].hostPort`, hostPort, detail)];
    }),
  );
}

function policies({ restartPolicy, dnsPolicy }: FullPodSpec, path: string): FieldError[] {
  const dnsPolicies = ["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"];
  return [
    ...requiredOneOf(`${path}.restartPolicy`, restartPolicy, ["Always", "OnFailure", "Never"]),
    ...requiredOneOf(`${path}.dnsPolicy`, dnsPolicy, dnsPolicies),
  ];
}

function sharedNamespaces({ shareProcessNamespace, hostPID }: FullPodSpec, path: string): FieldError[] {
  if (shareProcessNamespace !== true || hostPID !== true) return [];
  const detail = "ShareProcessNamespace and HostPID cannot both be enabled";
  return [invalid(`${path}.shareProcessNamespace`, true, detail)];
}

const maxNameservers = 3;
const maxSearches = 32;
const maxSearchLength = 2048;

/** The limits are those of the C library's resolver. */
function dnsConfigErrors({ dnsPolicy, dnsConfig }: FullPodSpec, path: string): FieldError[] {
  const { nameservers = [], searches = [], options = [] } = dnsConfig ?? {};
  if (dnsPolicy === "None" && dnsConfig === undefined) {
    return [required(path, "must provide `dnsConfig` when `dnsPolicy` is None")];
  }
  if (dnsPolicy === "None" && nameservers.length === 0) {
    return [required(`${path}.nameservers`, "must provide at least one DNS nameserver when `dnsPolicy` is None")];
  }
  const errors: FieldError[] = [];
  const tooMuch = (field: string, value: unknown, what: string): void => {
    errors.push(invalid(`${path}.${field}`, value, `must not have more than ${what}`));
  };
  if (nameservers.length > maxNameservers) tooMuch("nameservers", nameservers, `${maxNameservers} nameservers`);
  errors.push(...nameservers.flatMap((one, i) => legacyAddress(`${path}.nameservers[${i}]`, one)));
  if (searches.length > maxSearches) tooMuch("searches", searches, `${maxSearches} search paths`);
  if (searches.join(" ").length > maxSearchLength) {
    tooMuch("searches", searches, `${maxSearchLength} characters (including spaces) in the search list`);
  }
  for (const [i, search] of searches.entries()) {
    const name = search.replace(/\.$/, "");
    if (search !== ".") errors.push(...invalidEach(`${path}.searches[${i}]`, name, searchDomain(name)));
  }
  const nameless = options.flatMap(({ name }, i) =>
    name ? [] : [required(`${path}.options[${i}]`, "must not be empty")],
  );
  return [...errors, ...nameless];
}

function readinessGates({ readinessGates: gates = [] }: FullPodSpec, path: string): FieldError[] {
  return gates.flatMap(({ conditionType = "" }, i) =>
    invalidEach(`${path}[${i}].conditionType`, conditionType, qualified(conditionType)),
  );
}

function hostUsers(spec: FullPodSpec, path: string): FieldError[] {
  if (spec.hostUsers !== false) return [];
  const detail = "when `hostUsers` is false";
  const errors: FieldError[] = [];
  if (spec.hostNetwork === true) errors.push(forbidden(`${path}.hostNetwork`, detail));
  if (spec.hostPID === true) errors.push(forbidden(`${path}.HostPID`, detail));
  if (spec.hostIPC === true) errors.push(forbidden(`${path}.HostIPC`, detail));
  for (const field of ["initContainers", "containers"] as const) {
    for (const [i, { volumeDevices = [] }] of (spec[field] ?? []).entries()) {
      if (volumeDevices.length > 0) errors.push(forbidden(`${path}.${field}[${i}].volumeDevices`, detail));
    }
  }
  return errors;
}

const maxHostnameLength = 64;

function hostnameOverride(spec: FullPodSpec, path: string): FieldError[] {
  const { hostnameOverride: name } = spec;
  if (name === undefined) return [];
  const errors: FieldError[] = [];
  if (spec.setHostnameAsFQDN === true) {
    errors.push(forbidden(path, "may not be specified when setHostnameAsFQDN is true"));
  }
  if (spec.hostNetwork === true) errors.push(forbidden(path, "may not be specified when hostNetwork is true"));
  if (name.length > maxHostnameLength) errors.push(tooLong(path, `may not be more than ${maxHostnameLength} bytes`));
  return [...errors, ...invalidEach(path, name, dnsSubdomain(name))];
}

const maxSeconds = 2 ** 31 - 1;

function namesErrors(spec: FullPodSpec, path: string): FieldError[] {
  const { serviceAccountName: account = "", serviceAccount = "", nodeName, activeDeadlineSeconds: deadline } = spec;
  const errors = account ? invalidEach(`${path}.serviceAccountName`, account, dnsSubdomain(account)) : [];
  if (serviceAccount !== account) {
    const detail = `must be the same as serviceAccountName: ${JSON.stringify(account)}`;
    errors.push(invalid(`${path}.deprecatedServiceAccount`, serviceAccount, detail));
  }
  errors.push(...validateNodeName(nodeName, path));
  if (deadline !== undefined && (deadline < 1 || deadline > maxSeconds)) {
    const detail = `must be between 1 and ${maxSeconds}, inclusive`;
    errors.push(invalid(`${path}.activeDeadlineSeconds`, deadline, detail));
  }
  for (const field of ["hostname", "subdomain"] as const) {
    const name = spec[field];
    if (name) errors.push(...invalidEach(`${path}.${field}`, name, dnsLabel(name)));
  }
  return errors;
}

export function validateNodeName(name: string | undefined, path: string): FieldError[] {
  return name ? invalidEach(`${path}.nodeName`, name, dnsSubdomain(name)) : [];
}

function hostAliases({ hostAliases: aliases = [] }: FullPodSpec, path: string): FieldError[] {
  return aliases.flatMap(({ ip = "", hostnames = [] }, i) => [
    ...legacyAddress(`${path}[${i}].ip`, ip),
    ...hostnames.flatMap((name, j) => invalidEach(`${path}[${i}].hostnames[${j}]`, name, dnsSubdomain(name))),
  ]);
}

function classErrors(spec: FullPodSpec, path: string): FieldError[] {
  const { priorityClassName: priority, runtimeClassName: runtime, preemptionPolicy, overhead } = spec;
  const preemption = ["PreemptLowerPriority", "Never"];
  return [
    ...(priority ? invalidEach(`${path}.priorityClassName`, priority, dnsSubdomain(priority)) : []),
    ...(runtime === undefined ? [] : invalidEach(`${path}.runtimeClassName`, runtime, dnsSubdomain(runtime))),
    ...(preemptionPolicy === undefined ? [] : requiredOneOf(`${path}.preemptionPolicy`, preemptionPolicy, preemption)),
    ...(overhead === undefined ? [] : validateResources({ limits: overhead }, new Set(), `${path}.overhead`)),
  ];
}
