import type { Labels } from "../../model/object-meta.ts";
import type { ContainerPort, PodSpec } from "../../model/pod.ts";
import { parseQuantity, quantityText } from "../decode/quantity.ts";
import type { FieldWarning } from "../kinds/rules.ts";
import { addressWarnings } from "../validate/address-warnings.ts";
import { labelValueErrors } from "../validate/names.ts";
import type { FullContainer, FullPodSpec, NodeTerm, PodAffinity } from "./pod-fields.ts";

type Warn = (field: string, text: string) => void;

/**
 * What the API server takes and warns of in a Pod or a template (pkg/api/pod, warningsForPodSpecAndMeta).
 *
 * @param prefix `spec.template.` for a template
 */
export function podWarnings(given: PodSpec, annotations: Labels | undefined, prefix: string): FieldWarning[] {
  const spec = given as unknown as FullPodSpec;
  const found: FieldWarning[] = [];
  const warn: Warn = (field, text) => found.push({ field, message: `${field}: ${text}` });
  const path = `${prefix}spec`;
  nodeLabelWarnings(spec, path, warn);
  nodeAffinityWarnings(spec, `${path}.affinity.nodeAffinity`, warn);
  spreadWarnings(spec, path, warn);
  found.push(...annotationWarnings(annotations, prefix));
  volumeWarnings(spec, path, warn);
  doubledEntries(spec, path, warn);
  const containers = allContainers(spec, path);
  for (const [container, at] of containers) {
    amountWarnings(container, at, warn);
    doubledVariables(container, at, warn);
  }
  portWarnings(containers, warn);
  portNameWarnings(containers, warn);
  if ((spec.terminationGracePeriodSeconds ?? 0) < 0) {
    const text = "must be >= 0; negative values are invalid and will be treated as 1";
    warn(`${path}.terminationGracePeriodSeconds`, text);
  }
  affinityWarnings(spec.affinity?.podAffinity, `${path}.affinity.podAffinity`, warn);
  affinityWarnings(spec.affinity?.podAntiAffinity, `${path}.affinity.podAntiAffinity`, warn);
  const addresses = [
    ...(spec.dnsConfig?.nameservers ?? []).map((ip, i) => [`${path}.dnsConfig.nameservers[${i}]`, ip] as const),
    ...(spec.hostAliases ?? []).map(({ ip = "" }, i) => [`${path}.hostAliases[${i}].ip`, ip] as const),
  ];
  found.push(...addresses.flatMap(([field, ip]) => addressWarnings(field, ip)));
  return found;
}

type Placed = readonly [container: FullContainer, path: string];

function allContainers(spec: FullPodSpec, path: string): Placed[] {
  return (["initContainers", "containers", "ephemeralContainers"] as const).flatMap((field) =>
    (spec[field] ?? []).map((one, i) => [one, `${path}.${field}[${i}]`] as const),
  );
}

const olderNodeLabels: Readonly<Record<string, string>> = {
  "beta.kubernetes.io/arch": 'deprecated since v1.14; use "kubernetes.io/arch" instead',
  "beta.kubernetes.io/os": 'deprecated since v1.14; use "kubernetes.io/os" instead',
  "failure-domain.beta.kubernetes.io/region": 'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
  "failure-domain.beta.kubernetes.io/zone": 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
  "beta.kubernetes.io/instance-type": 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
  "app.kubernetes.io/created-by": "deprecated since v1.9",
  "scheduler.alpha.kubernetes.io/preferAvoidPods": "deprecated since v1.22; use Taints and Tolerations instead",
  "node-role.kubernetes.io/master": 'use "node-role.kubernetes.io/control-plane" instead',
};

function nodeLabelWarnings({ nodeSelector }: FullPodSpec, path: string, warn: Warn): void {
  for (const label of Object.keys(nodeSelector ?? {})) {
    const text = olderNodeLabels[label];
    if (text !== undefined) warn(`${path}.nodeSelector[${label}]`, text);
  }
}

/** Values that are wrong are let through where nothing depends on them. */
function nodeAffinityWarnings({ affinity }: FullPodSpec, path: string, warn: Warn): void {
  const { requiredDuringSchedulingIgnoredDuringExecution: needed } = affinity?.nodeAffinity ?? {};
  const { preferredDuringSchedulingIgnoredDuringExecution: wanted = [] } = affinity?.nodeAffinity ?? {};
  for (const [i, term] of (needed?.nodeSelectorTerms ?? []).entries()) {
    const at = `${path}.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[${i}]`;
    nodeTermWarnings(term, false, at, warn);
  }
  for (const [i, { preference = {} }] of wanted.entries()) {
    nodeTermWarnings(
      preference,
      true,
      `${path}.preferredDuringSchedulingIgnoredDuringExecution[${i}].preference`,
      warn,
    );
  }
}

function nodeTermWarnings({ matchExpressions = [] }: NodeTerm, checksValues: boolean, path: string, warn: Warn): void {
  for (const [i, { key = "", values = [] }] of matchExpressions.entries()) {
    const text = olderNodeLabels[key];
    if (text !== undefined) warn(`${path}.matchExpressions[${i}].key`, `${key} is ${text}`);
    if (!checksValues) continue;
    for (const [j, value] of values.entries()) {
      const at = `${path}.matchExpressions[${i}].values[${j}]`;
      for (const complaint of labelValueErrors(value)) warn(at, `${value} is invalid, ${complaint}`);
    }
  }
}

const nullSelector = "a null labelSelector results in matching no pod";

function spreadWarnings({ topologySpreadConstraints = [] }: FullPodSpec, path: string, warn: Warn): void {
  for (const [i, { topologyKey = "", labelSelector }] of topologySpreadConstraints.entries()) {
    const at = `${path}.topologySpreadConstraints[${i}]`;
    const text = olderNodeLabels[topologyKey];
    if (text !== undefined) warn(`${at}.topologyKey`, `${topologyKey} is ${text}`);
    if (labelSelector === undefined) warn(`${at}.labelSelector`, nullSelector);
  }
}

const deadAnnotations: Readonly<Record<string, string>> = {
  "scheduler.alpha.kubernetes.io/critical-pod": 'non-functional in v1.16+; use the "priorityClassName" field instead',
  "security.alpha.kubernetes.io/sysctls": 'non-functional in v1.11+; use the "sysctls" field instead',
  "security.alpha.kubernetes.io/unsafe-sysctls": 'non-functional in v1.11+; use the "sysctls" field instead',
};

/** @param prefix as for `podWarnings` */
export function annotationWarnings(annotations: Labels | undefined, prefix: string): FieldWarning[] {
  if (annotations === undefined) return [];
  return Object.entries(deadAnnotations).flatMap(([key, text]) => {
    const field = `${prefix}metadata.annotations[${key}]`;
    return Object.hasOwn(annotations, key) ? [{ field, message: `${field}: ${text}` }] : [];
  });
}

const deadVolumes: Readonly<Record<string, string>> = {
  photonPersistentDisk: "deprecated in v1.11, non-functional in v1.16+",
  gitRepo: "deprecated in v1.11, and disabled by default in v1.33+",
  scaleIO: "deprecated in v1.16, non-functional in v1.22+",
  flocker: "deprecated in v1.22, non-functional in v1.25+",
  storageos: "deprecated in v1.22, non-functional in v1.25+",
  quobyte: "deprecated in v1.22, non-functional in v1.25+",
  glusterfs: "deprecated in v1.25, non-functional in v1.26+",
  cephfs: "deprecated in v1.28, non-functional in v1.31+",
  rbd: "deprecated in v1.28, non-functional in v1.31+",
};

function volumeWarnings({ volumes = [] }: FullPodSpec, path: string, warn: Warn): void {
  for (const [i, volume] of volumes.entries()) {
    for (const [source, text] of Object.entries(deadVolumes)) {
      if ((volume as Readonly<Record<string, unknown>>)[source] === undefined) continue;
      warn(`${path}.volumes[${i}].${source === "storageos" ? "storageOS" : source}`, text);
    }
  }
}

function doubledEntries(spec: FullPodSpec, path: string, warn: Warn): void {
  const addresses = new Set<string>();
  for (const [i, { ip = "" }] of (spec.hostAliases ?? []).entries()) {
    if (addresses.has(ip)) warn(`${path}.hostAliases[${i}].ip`, `duplicate ip ${JSON.stringify(ip)}`);
    addresses.add(ip);
  }
  const names = new Set<string>();
  const secrets = spec.imagePullSecrets ?? [];
  for (const [i, { name = "" }] of secrets.entries()) {
    if (names.has(name)) warn(`${path}.imagePullSecrets[${i}].name`, `duplicate name ${JSON.stringify(name)}`);
    names.add(name);
  }
  for (const [i, { name }] of secrets.entries()) {
    if (!name) warn(`${path}.imagePullSecrets[${i}].name`, 'invalid empty name ""');
  }
}

/** Half a byte is none. */
function amountWarnings({ resources = {} }: FullContainer, path: string, warn: Warn): void {
  for (const name of ["memory", "ephemeral-storage"]) {
    for (const field of ["limits", "requests"] as const) {
      const text = resources[field]?.[name];
      if (text === undefined) continue;
      const amount = parseQuantity(text);
      if (amount.nano % 10n ** 9n === 0n) continue;
      const written = JSON.stringify(quantityText(amount));
      warn(`${path}.resources.${field}[${name}]`, `fractional byte value ${written} is invalid, must be an integer`);
    }
  }
}

function doubledVariables({ env = [] }: FullContainer, path: string, warn: Warn): void {
  const names = new Set<string>();
  for (const [i, { name = "", value = "", valueFrom }] of env.entries()) {
    const reference = `$(${name})`;
    const hides = valueFrom !== undefined || value === reference || !value.includes(reference);
    if (names.has(name) && hides) {
      const text = `hides previous definition of ${JSON.stringify(name)}, which may be dropped when using apply`;
      warn(`${path}.env[${i}]`, text);
    }
    names.add(name);
  }
}

function portWarnings(containers: readonly Placed[], warn: Warn): void {
  const seen = new Map<string, { readonly port: ContainerPort; readonly field: string }[]>();
  for (const [{ ports = [] }, path] of containers) {
    for (const [i, port] of ports.entries()) {
      const field = `${path}.ports[${i}]`;
      if (port.hostIP && !port.hostPort) warn(field, `hostIP set without hostPort: ${goText(port)}`);
      const key = `${port.containerPort}/${port.protocol}`;
      const others = seen.get(key) ?? [];
      for (const other of others) {
        const how = overlap(port, other.port);
        if (how !== undefined) warn(field, `${how} port definition with ${other.field}`);
      }
      seen.set(key, [...others, { port, field }]);
    }
  }
}

function overlap(one: ContainerPort, other: ContainerPort): string | undefined {
  const [port, otherPort] = [one.hostPort ?? 0, other.hostPort ?? 0];
  const [ip, otherIP] = [one.hostIP ?? "", other.hostIP ?? ""];
  if (ip === otherIP && port === otherPort) return "duplicate";
  if (port === 0 || otherPort === 0) return "overlapping";
  return port === otherPort && (ip === "") !== (otherIP === "") ? "dangerously ambiguous" : undefined;
}

/** Go's `%+v` of the struct. */
function goText({ name = "", hostPort = 0, containerPort, protocol, hostIP = "" }: ContainerPort): string {
  return `{Name:${name} HostPort:${hostPort} ContainerPort:${containerPort} Protocol:${protocol ?? ""} HostIP:${hostIP}}`;
}

function portNameWarnings(containers: readonly Placed[], warn: Warn): void {
  const seen = new Map<string, string>();
  for (const [{ ports = [] }, path] of containers) {
    for (const [i, { name }] of ports.entries()) {
      if (!name) continue;
      const other = seen.get(name);
      if (other === undefined) seen.set(name, `${path}.ports[${i}]`);
      else {
        const choice = `services and probes that select ports by name will use ${other}`;
        warn(`${path}.ports[${i}]`, `duplicate port name ${JSON.stringify(name)} with ${other}, ${choice}`);
      }
    }
  }
}

function affinityWarnings(affinity: PodAffinity | undefined, path: string, warn: Warn): void {
  const needed = affinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
  const wanted = affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  for (const [i, { labelSelector }] of needed.entries()) {
    if (labelSelector !== undefined) continue;
    warn(`${path}.requiredDuringSchedulingIgnoredDuringExecution[${i}].labelSelector`, nullSelector);
  }
  for (const [i, { podAffinityTerm }] of wanted.entries()) {
    if (podAffinityTerm?.labelSelector !== undefined) continue;
    const at = `${path}.preferredDuringSchedulingIgnoredDuringExecution[${i}]`;
    warn(`${at}.podAffinityTerm.labelSelector`, nullSelector);
  }
}
