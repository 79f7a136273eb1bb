import type { Service, ServiceSpec } from "../../model/service.ts";
import type { Draft } from "../draft.ts";
import { isExternallyAccessible } from "./service-facts.ts";

const defaultAffinitySeconds = 10_800;

/** Fills in what a Service leaves out (pkg/apis/core/v1 SetDefaults_Service). */
export function defaultService(service: Draft<Service>): void {
  service.spec ??= {} as Draft<ServiceSpec>;
  const spec = service.spec;
  defaultAffinity(spec);
  spec.type ??= "ClusterIP";
  for (const port of spec.ports ?? []) {
    port.port ??= 0;
    port.protocol ??= "TCP";
    if (port.targetPort === undefined || port.targetPort === 0 || port.targetPort === "") port.targetPort = port.port;
  }
  if (isExternallyAccessible(spec)) spec.externalTrafficPolicy ??= "Cluster";
  if (spec.type === "NodePort" || spec.type === "LoadBalancer" || spec.type === "ClusterIP") {
    spec.internalTrafficPolicy ??= "Cluster";
  }
  if (spec.type === "LoadBalancer") {
    spec.allocateLoadBalancerNodePorts ??= true;
    for (const ingress of service.status?.loadBalancer?.ingress ?? []) if (ingress.ip) ingress.ipMode ??= "VIP";
  }
}

function defaultAffinity(spec: Draft<ServiceSpec>): void {
  spec.sessionAffinity ??= "None";
  if (spec.sessionAffinity === "None") delete spec.sessionAffinityConfig;
  if (spec.sessionAffinity === "ClientIP" && spec.sessionAffinityConfig?.clientIP?.timeoutSeconds === undefined) {
    spec.sessionAffinityConfig = { clientIP: { timeoutSeconds: defaultAffinitySeconds } };
  }
}
