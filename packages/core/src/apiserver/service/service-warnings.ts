import type { Service } from "../../model/service.ts";
import type { FieldWarning } from "../kinds/rules.ts";
import { addressWarnings } from "../validate/address-warnings.ts";

const hintsAnnotation = "service.kubernetes.io/topology-aware-hints";
const modeAnnotation = "service.kubernetes.io/topology-mode";

/** What the API server warns of in a Service that it takes (pkg/api/service/warnings.go). */
export function serviceWarnings(service: Service): FieldWarning[] {
  const { spec } = service;
  const headless = spec.type === "ClusterIP" && spec.clusterIP === "None";
  const warnings: FieldWarning[] = [];
  const warn = (field: string, message: string): void => {
    warnings.push({ field, message });
  };
  if (service.metadata.annotations?.[hintsAnnotation] !== undefined) {
    warn(
      `metadata.annotations[${hintsAnnotation}]`,
      `annotation ${hintsAnnotation} is deprecated, please use ${modeAnnotation} instead`,
    );
  }
  if (!headless) warnings.push(...eachAddress("spec.clusterIPs", spec.clusterIPs));
  if (headless) {
    if (spec.loadBalancerIP) warn("spec.loadBalancerIP", "spec.loadBalancerIP is ignored for headless services");
    if (spec.externalIPs?.length) warn("spec.externalIPs", "spec.externalIPs is ignored for headless services");
    if (spec.sessionAffinity !== "None") {
      warn("spec.sessionAffinity", "spec.SessionAffinity is ignored for headless services");
    }
  }
  warnings.push(...eachAddress("spec.externalIPs", spec.externalIPs));
  if (spec.externalIPs?.length && !headless && spec.type !== "ExternalName") {
    warn("spec.externalIPs", "spec.externalIPs is deprecated and may no longer be implemented in some clusters");
  }
  if (spec.type === "ExternalName" && spec.externalIPs?.length) {
    warn("spec.externalIPs", 'spec.externalIPs is ignored when spec.type is "ExternalName"');
  }
  if (spec.type !== "ExternalName" && spec.externalName) {
    warn("spec.externalName", 'spec.externalName is ignored when spec.type is not "ExternalName"');
  }
  if (spec.trafficDistribution === "PreferClose") {
    warn("spec.trafficDistribution", 'spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"');
  }
  return warnings;
}

function eachAddress(field: string, addresses: readonly string[] = []): FieldWarning[] {
  return addresses.flatMap((text, i) => addressWarnings(`${field}[${i}]`, text));
}
