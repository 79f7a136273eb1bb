import type { Service, ServicePortSpec, ServiceSpec } from "../../model/service.ts";
import { legacyCidr } from "../validate/cidr-text.ts";
import { duplicate, type FieldError, forbidden, invalid, notSupported, required } from "../validate/field-error.ts";
import { legacyAddress, specialAddress } from "../validate/ip-text.ts";
import { validateLabels } from "../validate/metadata.ts";
import { dnsLabel, dnsSubdomain, portName, portNumber, qualified } from "../validate/names.ts";
import { isExternallyAccessible, isHeadless, needsHealthCheck } from "./service-facts.ts";
import { validateClusterIPs } from "./validate-cluster-ips.ts";

const types = ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"];
const protocols = ["SCTP", "TCP", "UDP"];
const affinities = ["ClientIP", "None"];
const policies = ["Cluster", "Local"];
const distributions = ["PreferClose", "PreferSameZone", "PreferSameNode"];
const maxAffinitySeconds = 86_400;
const sourceRangesAnnotation = "service.beta.kubernetes.io/load-balancer-source-ranges";
const hintsAnnotation = "service.kubernetes.io/topology-aware-hints";
const modeAnnotation = "service.kubernetes.io/topology-mode";

/** All that is wrong with a Service, defaulted and allocated, in the API server's order (validateService). */
export function validateService(service: Service, old: Service | undefined): FieldError[] {
  const { spec } = service;
  return [
    ...validateTopologyAnnotations(service),
    ...validateTypeFields(spec),
    ...validatePorts(spec.ports ?? []),
    ...(spec.selector === undefined ? [] : validateLabels(spec.selector, "spec.selector")),
    ...validateAffinity(spec),
    ...validateClusterIPs(spec, old?.spec),
    ...validateExternalIPs(spec, old?.spec),
    ...(types.includes(spec.type ?? "") ? [] : [notSupported("spec.type", spec.type, types)]),
    ...validateNodePorts(spec),
    ...validateDuplicatePorts(spec.ports ?? []),
    ...validateSourceRanges(service, old),
    ...validateLoadBalancerFields(spec),
    ...validateExternalTraffic(spec),
    ...validateInternalTraffic(spec),
  ];
}

function validateTopologyAnnotations(service: Service): FieldError[] {
  const { [hintsAnnotation]: hints, [modeAnnotation]: mode } = service.metadata.annotations ?? {};
  if (hints === undefined || mode === undefined || hints === mode) return [];
  const detail = `must match annotations[${hintsAnnotation}] when both are specified`;
  return [invalid(`metadata.annotations[${modeAnnotation}]`, mode, detail)];
}

function validateTypeFields(spec: ServiceSpec): FieldError[] {
  const errors: FieldError[] = [];
  if (!spec.ports?.length && !isHeadless(spec) && spec.type !== "ExternalName") errors.push(required("spec.ports"));
  if ((spec.type === "LoadBalancer" || spec.type === "NodePort") && isHeadless(spec)) {
    errors.push(invalid("spec.clusterIPs[0]", "None", `may not be set to 'None' for ${spec.type} services`));
  }
  if (spec.type !== "ExternalName") return errors;
  const detail = "may not be set for ExternalName services";
  if (spec.clusterIPs?.length) errors.push(forbidden("spec.clusterIPs", detail));
  if (spec.ipFamilies?.length) errors.push(forbidden("spec.ipFamilies", detail));
  if (spec.ipFamilyPolicy !== undefined) errors.push(forbidden("spec.ipFamilyPolicy", detail));
  const name = (spec.externalName ?? "").replace(/\.$/, "");
  if (name === "") errors.push(required("spec.externalName"));
  else errors.push(...dnsSubdomain(name).map((text) => invalid("spec.externalName", name, text)));
  return errors;
}

function validatePorts(ports: readonly ServicePortSpec[]): FieldError[] {
  const names = new Set<string>();
  return ports.flatMap((port, i) => validatePort(port, `spec.ports[${i}]`, ports.length > 1, names));
}

function validatePort(port: ServicePortSpec, path: string, nameRequired: boolean, names: Set<string>): FieldError[] {
  const errors: FieldError[] = [];
  if (!port.name) {
    if (nameRequired) errors.push(required(`${path}.name`));
  } else {
    errors.push(...dnsLabel(port.name).map((text) => invalid(`${path}.name`, port.name, text)));
    if (names.has(port.name)) errors.push(duplicate(`${path}.name`, port.name));
    names.add(port.name);
  }
  errors.push(...portNumber(port.port).map((text) => invalid(`${path}.port`, port.port, text)));
  if (!protocols.includes(port.protocol ?? "")) {
    errors.push(notSupported(`${path}.protocol`, port.protocol, protocols));
  }
  const target = port.targetPort ?? 0;
  const complaints = typeof target === "number" ? portNumber(target) : portName(target);
  errors.push(...complaints.map((text) => invalid(`${path}.targetPort`, target, text)));
  if (port.appProtocol !== undefined) {
    errors.push(...qualified(port.appProtocol).map((text) => invalid(`${path}.appProtocol`, port.appProtocol, text)));
  }
  return errors;
}

function validateAffinity(spec: ServiceSpec): FieldError[] {
  if (!affinities.includes(spec.sessionAffinity ?? "")) {
    return [notSupported("spec.sessionAffinity", spec.sessionAffinity, affinities)];
  }
  const seconds = spec.sessionAffinityConfig?.clientIP?.timeoutSeconds;
  if (spec.sessionAffinity !== "ClientIP" || seconds === undefined) return [];
  if (seconds > 0 && seconds <= maxAffinitySeconds) return [];
  const detail = `must be greater than 0 and less than ${maxAffinitySeconds}`;
  return [invalid("spec.sessionAffinityConfig.clientIP.timeoutSeconds", seconds, detail)];
}

function validateExternalIPs(spec: ServiceSpec, old: ServiceSpec | undefined): FieldError[] {
  return (spec.externalIPs ?? []).flatMap((ip, i) => {
    const path = `spec.externalIPs[${i}]`;
    const errors = legacyAddress(path, ip, old?.externalIPs);
    return errors.length > 0 ? errors : specialAddress(path, ip);
  });
}

function validateNodePorts(spec: ServiceSpec): FieldError[] {
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  if (spec.type === "ClusterIP") {
    for (const [i, port] of (spec.ports ?? []).entries()) {
      if (port.nodePort)
        errors.push(forbidden(`spec.ports[${i}].nodePort`, "may not be used when `type` is 'ClusterIP'"));
    }
  }
  for (const [i, port] of (spec.ports ?? []).entries()) {
    if (!port.nodePort) continue;
    const pair = `${port.protocol}/${port.nodePort}`;
    if (seen.has(pair)) errors.push(duplicate(`spec.ports[${i}].nodePort`, port.nodePort));
    seen.add(pair);
  }
  return errors;
}

function validateDuplicatePorts(ports: readonly ServicePortSpec[]): FieldError[] {
  const seen = new Set<string>();
  return ports.flatMap((port, i) => {
    const pair = `${port.protocol}/${port.port}`;
    if (!seen.has(pair)) {
      seen.add(pair);
      return [];
    }
    // The value is Go's internal struct.
    const value = { Name: "", Protocol: port.protocol, AppProtocol: null, Port: port.port, TargetPort: 0, NodePort: 0 };
    return [duplicate(`spec.ports[${i}]`, value)];
  });
}

function validateSourceRanges(service: Service, old: Service | undefined): FieldError[] {
  const { spec } = service;
  const isLoadBalancer = spec.type === "LoadBalancer";
  const detail = "may only be used when `type` is 'LoadBalancer'";
  const ranges = spec.loadBalancerSourceRanges ?? [];
  if (ranges.length > 0) {
    const path = "spec.LoadBalancerSourceRanges";
    const existing = (old?.spec.loadBalancerSourceRanges ?? []).map((range) => range.trim());
    return [
      ...(isLoadBalancer ? [] : [forbidden(path, detail)]),
      ...ranges.flatMap((range, i) => legacyCidr(`${path}[${i}]`, range.trim(), existing)),
    ];
  }
  const annotation = service.metadata.annotations?.[sourceRangesAnnotation];
  if (annotation === undefined) return [];
  const path = `metadata.annotations[${sourceRangesAnnotation}]`;
  const errors = isLoadBalancer ? [] : [forbidden(path, detail)];
  if (annotation.trim() === "" || old?.metadata.annotations?.[sourceRangesAnnotation] === annotation) return errors;
  return [...errors, ...annotation.split(",").flatMap((range) => legacyCidr(path, range.trim()))];
}

function validateLoadBalancerFields(spec: ServiceSpec): FieldError[] {
  const detail = "may only be used when `type` is 'LoadBalancer'";
  const name = spec.loadBalancerClass;
  if (spec.type === "LoadBalancer") {
    return name === undefined ? [] : qualified(name).map((text) => invalid("spec.loadBalancerClass", name, text));
  }
  return [
    ...(spec.allocateLoadBalancerNodePorts === undefined
      ? []
      : [forbidden("spec.allocateLoadBalancerNodePorts", detail)]),
    ...(name === undefined ? [] : [forbidden("spec.loadBalancerClass", detail)]),
  ];
}

function validateExternalTraffic(spec: ServiceSpec): FieldError[] {
  const errors: FieldError[] = [];
  const policy = spec.externalTrafficPolicy;
  if (!isExternallyAccessible(spec)) {
    if (policy !== undefined) {
      const detail = "may only be set for externally-accessible services";
      errors.push(invalid("spec.externalTrafficPolicy", policy, detail));
    }
  } else if (!policies.includes(policy ?? "")) {
    errors.push(notSupported("spec.externalTrafficPolicy", policy, policies));
  }
  const port = spec.healthCheckNodePort;
  if (!needsHealthCheck(spec)) {
    const detail = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'";
    if (port) errors.push(invalid("spec.healthCheckNodePort", port, detail));
  } else if (!port) {
    errors.push(required("spec.healthCheckNodePort"));
  } else {
    errors.push(...portNumber(port).map((text) => invalid("spec.healthCheckNodePort", port, text)));
  }
  return errors;
}

function validateInternalTraffic(spec: ServiceSpec): FieldError[] {
  const errors: FieldError[] = [];
  const policy = spec.internalTrafficPolicy;
  if (policy !== undefined && !policies.includes(policy)) {
    errors.push(notSupported("spec.internalTrafficPolicy", policy, policies));
  }
  const distribution = spec.trafficDistribution;
  if (distribution !== undefined && !distributions.includes(distribution)) {
    errors.push(notSupported("spec.trafficDistribution", distribution, distributions));
  }
  return errors;
}
