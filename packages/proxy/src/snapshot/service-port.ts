import type { Service, ServicePortSpec } from "@kubenetsim/core/model/service";
import { familyOf, type IpAddress, type IpFamily } from "@kubenetsim/core/net/address";
import type { Cidr } from "@kubenetsim/core/net/cidr";
import type { Protocol } from "@kubenetsim/core/net/protocol";
import type { Origin } from "@kubenetsim/core/trace/origin";
import { isGateOn } from "../config/feature-gates.ts";
import type { ProxyBasis } from "./proxy-basis.ts";
import { addressesOfFamily, cidrsOfFamily, parseSloppyAddress } from "./sloppy-address.ts";

/** kube-proxy's view of one port of a Service in one family (pkg/proxy/serviceport.go). */
export interface ServicePort {
  /** `namespace/name`. */
  readonly service: string;
  /** `namespace/name:portName`, without the colon for an unnamed port: as comments name it. */
  readonly name: string;
  readonly portName: string;
  readonly protocol: Protocol;
  readonly clusterIP: IpAddress;
  readonly port: number;
  /** 0 for none. */
  readonly nodePort: number;
  readonly externalIPs: readonly IpAddress[];
  /** The Service has external IPs, be they served or not (feature gate AllowServiceExternalIPs). */
  readonly hasExternalIPs: boolean;
  /** IPs of the load balancer that reach the node unchanged (ipMode VIP). */
  readonly loadBalancerVIPs: readonly IpAddress[];
  /** Empty for "from anywhere". */
  readonly sourceRanges: readonly Cidr[];
  /** Seconds of ClientIP affinity; undefined for none. */
  readonly affinitySeconds: number | undefined;
  readonly externalPolicyLocal: boolean;
  readonly internalPolicyLocal: boolean;
  /** 0 for none. */
  readonly healthCheckNodePort: number;
}

/**
 * The ports of a Service that kube-proxy serves in a family; none for a headless or ExternalName Service, for one that
 * another proxy serves (label service.kubernetes.io/service-proxy-name), or without an IP of this family.
 */
export function servicePorts(service: Service, { family, config }: ProxyBasis): ServicePort[] {
  const clusterIP = clusterIPOf(service, family);
  if (clusterIP === undefined) return [];
  const ports = (service.spec.ports ?? []).map((port) => readServicePort(service, port, clusterIP, family));
  if (isGateOn("AllowServiceExternalIPs", config.featureGates)) return ports;
  return ports.map((port) => ({ ...port, externalIPs: [] }));
}

function clusterIPOf(service: Service, family: IpFamily): IpAddress | undefined {
  const { spec } = service;
  if (service.metadata.labels?.["service.kubernetes.io/service-proxy-name"] !== undefined) return undefined;
  if (!spec.clusterIP || spec.clusterIP === "None" || spec.type === "ExternalName") return undefined;
  const families = spec.ipFamilies ?? [];
  const text = families.length === 0 ? spec.clusterIP : spec.clusterIPs?.[families.indexOf(family)];
  const address = text === undefined ? undefined : parseSloppyAddress(text);
  return address !== undefined && familyOf(address) === family ? address : undefined;
}

function readServicePort(
  { metadata, spec, status }: Service,
  port: ServicePortSpec,
  clusterIP: IpAddress,
  family: IpFamily,
): ServicePort {
  const service = `${metadata.namespace ?? ""}/${metadata.name}`;
  const externalPolicyLocal = spec.externalTrafficPolicy === "Local" && isExternallyAccessibleType(spec);
  const ingress = status?.loadBalancer?.ingress ?? [];
  const externalIPs = addressesOfFamily(spec.externalIPs ?? [], family);
  const vips = ingress.filter((one) => one.ip !== undefined && (one.ipMode ?? "VIP") === "VIP").map((one) => one.ip!);
  return {
    service,
    name: port.name ? `${service}:${port.name}` : service,
    portName: port.name ?? "",
    protocol: port.protocol ?? "TCP",
    clusterIP,
    port: port.port,
    nodePort: port.nodePort ?? 0,
    externalIPs,
    hasExternalIPs: externalIPs.length > 0,
    loadBalancerVIPs: addressesOfFamily(vips, family),
    sourceRanges: sourceRangesOf(spec.loadBalancerSourceRanges ?? [], family),
    affinitySeconds:
      spec.sessionAffinity === "ClientIP" ? (spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? 10800) : undefined,
    externalPolicyLocal,
    internalPolicyLocal: spec.internalTrafficPolicy === "Local",
    healthCheckNodePort: externalPolicyLocal && spec.type === "LoadBalancer" ? (spec.healthCheckNodePort ?? 0) : 0,
  };
}

/** Whether externalTrafficPolicy means anything (pkg/api/v1/service/util.go, ExternallyAccessible). */
function isExternallyAccessibleType(spec: Service["spec"]): boolean {
  if (spec.type === "LoadBalancer" || spec.type === "NodePort") return true;
  return spec.type === "ClusterIP" && (spec.externalIPs?.length ?? 0) > 0;
}

/** A /0 among the ranges lets everybody in, as an empty list does. Validation lets spaces through. */
function sourceRangesOf(texts: readonly string[], family: IpFamily): Cidr[] {
  const cidrs = cidrsOfFamily(
    texts.map((text) => text.trim()),
    family,
  );
  return cidrs.some((cidr) => cidr.prefix === 0) ? [] : cidrs;
}

/** Can anything but its cluster IP reach it? */
export function isExternallyAccessible(port: ServicePort): boolean {
  return port.nodePort !== 0 || port.loadBalancerVIPs.length > 0 || port.hasExternalIPs;
}

/** Equal in all that rules are made from. */
export function sameServicePort(a: ServicePort, b: ServicePort): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Why there is a rule, an element or a virtual server: for this Service port. */
export function originOf({ service, name }: Pick<ServicePort, "service" | "name">, reason: string): Origin {
  return { object: `Service ${service}`, servicePort: name, reason };
}
