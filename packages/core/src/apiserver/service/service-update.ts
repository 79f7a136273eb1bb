import type { Service, ServiceSpec } from "../../model/service.ts";
import type { Draft } from "../draft.ts";
import {
  allocatesNodePorts,
  isExternallyAccessible,
  needsClusterIP,
  needsHealthCheck,
  needsNodePort,
  portNumbers,
  sameClusterIPs,
  sameList,
} from "./service-facts.ts";

/**
 * Drops what the old type had and the new one cannot have, where the user left it as it was
 * (pkg/registry/core/service/strategy.go dropTypeDependentFields).
 */
export function dropTypeDependentFields(spec: Draft<ServiceSpec>, old: ServiceSpec): void {
  if (needsClusterIP(old) && !needsClusterIP(spec)) {
    if (sameClusterIPs(old, spec)) {
      delete spec.clusterIP;
      delete spec.clusterIPs;
    }
    if (sameList(old.ipFamilies, spec.ipFamilies)) delete spec.ipFamilies;
    if (old.ipFamilyPolicy === spec.ipFamilyPolicy) delete spec.ipFamilyPolicy;
  }
  const oldPorts = portNumbers(old);
  if (needsNodePort(old) && !needsNodePort(spec) && portNumbers(spec).every((port) => oldPorts.includes(port))) {
    for (const port of spec.ports ?? []) delete port.nodePort;
  }
  if (needsHealthCheck(old) && !needsHealthCheck(spec) && old.healthCheckNodePort === spec.healthCheckNodePort) {
    delete spec.healthCheckNodePort;
  }
  if (old.type === "LoadBalancer" && spec.type !== "LoadBalancer") {
    if (old.allocateLoadBalancerNodePorts === spec.allocateLoadBalancerNodePorts) {
      delete spec.allocateLoadBalancerNodePorts;
    }
    if (old.loadBalancerClass === spec.loadBalancerClass) delete spec.loadBalancerClass;
  }
  if (
    isExternallyAccessible(old) &&
    !isExternallyAccessible(spec) &&
    old.externalTrafficPolicy === spec.externalTrafficPolicy
  ) {
    delete spec.externalTrafficPolicy;
  }
}

/** A status of load balancers belongs to load balancers only. */
export function dropForeignStatus(service: Draft<Service>): void {
  if (service.spec.type !== "LoadBalancer" || service.status === undefined) service.status ??= { loadBalancer: {} };
  if (service.spec.type !== "LoadBalancer" && service.status !== undefined) service.status.loadBalancer = {};
}

/** Takes over what was allocated where the new object leaves it out (storage.go patchAllocatedValues). */
export function keepAllocatedValues(spec: Draft<ServiceSpec>, old: ServiceSpec): void {
  if (needsClusterIP(old) && needsClusterIP(spec)) {
    if (!spec.clusterIP && old.clusterIP !== undefined) spec.clusterIP = old.clusterIP;
    if (!spec.clusterIPs?.length && old.clusterIPs?.length) spec.clusterIPs = [...old.clusterIPs];
  }
  if (allocatesNodePorts(old) && allocatesNodePorts(spec)) keepNodePorts(spec, old);
  if (needsHealthCheck(old) && needsHealthCheck(spec) && !spec.healthCheckNodePort && old.healthCheckNodePort) {
    spec.healthCheckNodePort = old.healthCheckNodePort;
  }
}

/** By the name of the port, unless another port has the number now. */
function keepNodePorts(spec: Draft<ServiceSpec>, old: ServiceSpec): void {
  const given = portNumbers(spec);
  const used = new Set(portNumbers(old).filter((port) => given.includes(port)));
  const byName = new Map((old.ports ?? []).map((port) => [port.name ?? "", port.nodePort]));
  for (const port of spec.ports ?? []) {
    if (port.nodePort) continue;
    const before = byName.get(port.name ?? "");
    if (before !== undefined && !used.has(before)) port.nodePort = before;
  }
}

/** Brings `clusterIP` and `clusterIPs` together (storage.go normalizeClusterIPs). */
export function normalizeClusterIPs(spec: Draft<ServiceSpec>, old: ServiceSpec | undefined): void {
  if (old === undefined) {
    if (spec.clusterIP && !spec.clusterIPs?.length) spec.clusterIPs = [spec.clusterIP];
    return;
  }
  const same = (old.clusterIP ?? "") === (spec.clusterIP ?? "");
  if (old.clusterIPs?.length && !spec.clusterIPs?.length && same) spec.clusterIPs = [...old.clusterIPs];
  if (same || !sameList(old.clusterIPs, spec.clusterIPs)) return;
  if (old.clusterIP && !spec.clusterIP) delete spec.clusterIPs;
  else spec.clusterIPs = [spec.clusterIP ?? ""];
}
