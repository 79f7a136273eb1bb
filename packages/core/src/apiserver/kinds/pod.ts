import type { Container, Pod, PodSpec, Toleration } from "../../model/pod.ts";
import { parseAddress } from "../../net/address.ts";
import { sameObject } from "../same-object.ts";
import { duplicate, type FieldError, forbidden, invalid, notSupported, required } from "../validate/field-error.ts";
import { dnsLabel, dnsSubdomain, portName, portNumber } from "../validate/names.ts";
import { admitPod, defaultPod, defaultPodSpec, qosClass } from "./pod-defaults.ts";
import type { KindRules } from "./rules.ts";

const protocols = ["SCTP", "TCP", "UDP"];

export const podRules: KindRules<Pod> = {
  checkName: dnsSubdomain,
  setDefaults: (pod) => {
    pod.spec ??= { containers: [] };
    defaultPodSpec(pod.spec);
    defaultPod(pod);
  },
  prepare: (_state, pod, before) => {
    admitPod(pod);
    if (before === undefined) pod.status = { phase: "Pending", ...pod.status, qosClass: qosClass(pod) };
  },
  validate: (pod, before) => [
    ...validatePodSpec(pod.spec, "spec"),
    ...validatePodIPs(pod),
    ...(before === undefined ? [] : updateErrors(pod, before)),
  ],
};

export function validatePodSpec(spec: PodSpec, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const names = new Set<string>();
  if (spec.containers.length === 0) errors.push(required(`${path}.containers`));
  errors.push(...validateContainers(spec.containers, `${path}.containers`, names));
  errors.push(...validateContainers(spec.initContainers ?? [], `${path}.initContainers`, names));
  errors.push(
    ...(spec.initContainers ?? []).flatMap((one, i) => initContainerErrors(one, `${path}.initContainers[${i}]`)),
  );
  if (!["Always", "OnFailure", "Never"].includes(spec.restartPolicy ?? "")) {
    errors.push(notSupported(`${path}.restartPolicy`, spec.restartPolicy, ["Always", "OnFailure", "Never"]));
  }
  const dnsPolicies = ["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"];
  if (!dnsPolicies.includes(spec.dnsPolicy ?? "")) {
    errors.push(notSupported(`${path}.dnsPolicy`, spec.dnsPolicy, dnsPolicies));
  }
  errors.push(...dnsConfigErrors(spec, `${path}.dnsConfig`));
  for (const field of ["hostname", "subdomain"] as const) {
    const value = spec[field];
    if (value) errors.push(...dnsLabel(value).map((text) => invalid(`${path}.${field}`, value, text)));
  }
  if (spec.nodeName) {
    errors.push(...dnsSubdomain(spec.nodeName).map((text) => invalid(`${path}.nodeName`, spec.nodeName, text)));
  }
  return errors;
}

/** What belongs to containers that stay. */
function initContainerErrors(container: Container, path: string): FieldError[] {
  if (container.restartPolicy === "Always") return [];
  return (["lifecycle", "livenessProbe", "readinessProbe", "startupProbe"] as const)
    .filter((field) => container[field] !== undefined)
    .map((field) => forbidden(`${path}.${field}`, "may not be set for init containers without restartPolicy=Always"));
}

function dnsConfigErrors({ dnsPolicy, dnsConfig }: PodSpec, path: string): FieldError[] {
  if (dnsPolicy !== "None" || (dnsConfig?.nameservers ?? []).length > 0) return [];
  return dnsConfig === undefined
    ? [required(path, "must provide `dnsConfig` when `dnsPolicy` is None")]
    : [required(`${path}.nameservers`, "must provide at least one DNS nameserver when `dnsPolicy` is None")];
}

function validateContainers(containers: readonly Container[], path: string, names: Set<string>): FieldError[] {
  return containers.flatMap((container, i) => {
    const at = `${path}[${i}]`;
    const errors: FieldError[] = [];
    if (!container.name) errors.push(required(`${at}.name`));
    else {
      errors.push(...dnsLabel(container.name).map((text) => invalid(`${at}.name`, container.name, text)));
      if (names.has(container.name)) errors.push(duplicate(`${at}.name`, container.name));
      names.add(container.name);
    }
    if (!container.image) errors.push(required(`${at}.image`));
    return [...errors, ...validateContainerPorts(container, at)];
  });
}

function validateContainerPorts(container: Container, path: string): FieldError[] {
  const names = new Set<string>();
  return (container.ports ?? []).flatMap((port, i) => {
    const at = `${path}.ports[${i}]`;
    const errors: FieldError[] = [];
    if (port.name) {
      const complaints = portName(port.name);
      errors.push(...complaints.map((text) => invalid(`${at}.name`, port.name, text)));
      if (complaints.length === 0 && names.has(port.name)) errors.push(duplicate(`${at}.name`, port.name));
      names.add(port.name);
    }
    if (!port.containerPort) errors.push(required(`${at}.containerPort`));
    else {
      errors.push(
        ...portNumber(port.containerPort).map((text) => invalid(`${at}.containerPort`, port.containerPort, text)),
      );
    }
    if (port.hostPort) {
      errors.push(...portNumber(port.hostPort).map((text) => invalid(`${at}.hostPort`, port.hostPort, text)));
    }
    if (!protocols.includes(port.protocol ?? "")) errors.push(notSupported(`${at}.protocol`, port.protocol, protocols));
    return errors;
  });
}

function validatePodIPs(pod: Pod): FieldError[] {
  return (pod.status?.podIPs ?? []).flatMap(({ ip }, i) =>
    parseAddress(ip) === undefined
      ? [invalid(`status.podIPs[${i}].ip`, ip, "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)")]
      : [],
  );
}

/** Of a Pod's specification only a few fields may change (ValidatePodUpdate). */
function updateErrors(pod: Pod, before: Pod): FieldError[] {
  for (const field of ["containers", "initContainers"] as const) {
    if ((pod.spec[field] ?? []).length === (before.spec[field] ?? []).length) continue;
    return [forbidden(`spec.${field}`, "pod updates may not add or remove containers")];
  }
  const errors = tolerationErrors(pod.spec.tolerations ?? [], before.spec.tolerations ?? []);
  if (errors.length > 0) return errors;
  if (sameObject(withChangeable(pod.spec, before.spec), before.spec)) return [];
  const detail =
    "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";
  return [forbidden("spec", detail)];
}

/** The new specification with what may change as it was. A node that the scheduler chose stays. */
function withChangeable(spec: PodSpec, before: PodSpec): PodSpec {
  const withImages = (field: "containers" | "initContainers"): readonly Container[] | undefined =>
    spec[field]?.map((one, i) => ({
      ...one,
      ...(before[field]![i]!.image === undefined ? {} : { image: before[field]![i]!.image! }),
    }));
  const munged: Record<string, unknown> = { ...spec, containers: withImages("containers") };
  if (spec.initContainers !== undefined) munged.initContainers = withImages("initContainers");
  for (const field of ["activeDeadlineSeconds", "tolerations"])
    munged[field] = (before as unknown as Record<string, unknown>)[field];
  munged.nodeName ??= before.nodeName;
  return munged as unknown as PodSpec;
}

function tolerationErrors(given: readonly Toleration[], before: readonly Toleration[]): FieldError[] {
  const has = (list: readonly Toleration[], one: Toleration): boolean =>
    list.some((other) => sameObject({ ...other, tolerationSeconds: 0 }, { ...one, tolerationSeconds: 0 }));
  if (before.every((one) => has(given, one))) return [];
  const detail = "existing toleration can not be modified except its tolerationSeconds";
  return [forbidden("spec.tolerations", detail)];
}
