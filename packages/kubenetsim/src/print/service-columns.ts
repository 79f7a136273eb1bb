import type { Service, ServicePortSpec } from "@kubenetsim/core/model/service";
import { labelsText } from "./labels-text.ts";
import { sortedUnique } from "./sorted-unique.ts";

/** `kubectl get services` less the age: kubernetes pkg/printers/internalversion printService. */
export const serviceHeader: readonly string[] = ["NAME", "TYPE", "CLUSTER-IP", "EXTERNAL-IP", "PORT(S)", "AGE"];
export const serviceWideHeader: readonly string[] = ["SELECTOR"];

export function serviceCells(service: Service, wide: boolean): string[] {
  const { spec } = service;
  const clusterIP = spec.clusterIPs?.[0] ?? spec.clusterIP ?? "";
  const ports = (spec.ports ?? []).map(portText).join(",");
  return [
    service.metadata.name,
    spec.type ?? "ClusterIP",
    clusterIP === "" ? "<none>" : clusterIP,
    externalText(service, wide),
    ports === "" ? "<none>" : ports,
  ];
}

export function serviceWideCells(service: Service): string[] {
  return [labelsText(service.spec.selector)];
}

function portText(port: ServicePortSpec): string {
  const protocol = port.protocol ?? "TCP";
  return (port.nodePort ?? 0) > 0 ? `${port.port}:${port.nodePort}/${protocol}` : `${port.port}/${protocol}`;
}

function externalText(service: Service, wide: boolean): string {
  const { type, externalIPs = [], externalName } = service.spec;
  if (type === "ExternalName") return externalName ?? "";
  if (type !== "LoadBalancer") return externalIPs.length > 0 ? externalIPs.join(",") : "<none>";
  const balancer = loadBalancerText(service, wide);
  const all = [...(balancer === "" ? [] : [balancer]), ...externalIPs];
  return all.length > 0 ? all.join(",") : "<pending>";
}

/** Clipped to 16 characters unless wide. */
function loadBalancerText(service: Service, wide: boolean): string {
  const ingress = service.status?.loadBalancer?.ingress ?? [];
  const text = sortedUnique(
    ingress.map((entry) => entry.ip || entry.hostname || "").filter((entry) => entry !== ""),
  ).join(",");
  return wide || text.length <= 16 ? text : `${text.slice(0, 13)}...`;
}
