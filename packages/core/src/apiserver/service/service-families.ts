import type { ServiceSpec } from "../../model/service.ts";
import type { IpFamily } from "../../net/address.ts";
import type { Draft } from "../draft.ts";
import { type FieldError, invalid, Refusal } from "../validate/field-error.ts";
import { hasSelector, sameClusterIPs, sameList } from "./service-facts.ts";
import { validateClusterIPs } from "./validate-cluster-ips.ts";

/**
 * Fills in `ipFamilies` and `ipFamilyPolicy` from what is given and what the cluster serves, the primary family first
 * (pkg/registry/core/service/storage/alloc.go initIPFamilyFields).
 *
 * @throws Refusal
 */
export function fillFamilies(
  spec: Draft<ServiceSpec>,
  old: ServiceSpec | undefined,
  clusterFamilies: readonly IpFamily[],
): void {
  if (spec.type === "ExternalName" || keepsPreferDualStack(spec, old)) return;
  spec.ipFamilyPolicy ??=
    old?.ipFamilyPolicy ?? (spec.clusterIP === "None" && !hasSelector(spec) ? "RequireDualStack" : "SingleStack");
  refuse(validateClusterIPs(spec, old));
  refuse([
    ...(old === undefined ? [] : narrowToSingleStack(spec, old)),
    ...singleStackErrors(spec),
    ...inferFamilies(spec, clusterFamilies),
  ]);
  const primary = clusterFamilies[0] ?? "IPv4";
  if (spec.clusterIP === "None" && !hasSelector(spec)) {
    if (!spec.ipFamilies?.length) spec.ipFamilies = [primary];
    if (spec.ipFamilies.length < 2 && spec.ipFamilyPolicy !== "SingleStack") addOtherFamily(spec.ipFamilies);
    return;
  }
  refuse(unconfigured(spec, clusterFamilies));
  if (!spec.ipFamilies?.length) spec.ipFamilies = [primary];
  if (spec.ipFamilyPolicy !== "SingleStack" && spec.ipFamilies.length === 1 && clusterFamilies.length === 2) {
    addOtherFamily(spec.ipFamilies);
  }
}

function refuse(errors: readonly FieldError[]): void {
  if (errors.length > 0) throw new Refusal(errors);
}

function addOtherFamily(families: IpFamily[]): void {
  families.push(families[0] === "IPv4" ? "IPv6" : "IPv4");
}

/** A PreferDualStack Service is not changed because the cluster has become dual-stack or ceased to be so. */
export function keepsPreferDualStack(spec: ServiceSpec, old: ServiceSpec | undefined): boolean {
  return (
    old !== undefined &&
    old.type === spec.type &&
    (spec.type === "ClusterIP" || spec.type === "NodePort" || spec.type === "LoadBalancer") &&
    spec.ipFamilyPolicy === "PreferDualStack" &&
    old.ipFamilyPolicy === "PreferDualStack" &&
    sameClusterIPs(old, spec) &&
    sameList(old.ipFamilies, spec.ipFamilies)
  );
}

function narrowToSingleStack(spec: Draft<ServiceSpec>, old: ServiceSpec): FieldError[] {
  if (spec.ipFamilyPolicy === "SingleStack") {
    if (sameClusterIPs(old, spec) && (spec.clusterIPs?.length ?? 0) > 1) spec.clusterIPs = spec.clusterIPs!.slice(0, 1);
    if (sameList(old.ipFamilies, spec.ipFamilies) && (spec.ipFamilies?.length ?? 0) > 1) {
      spec.ipFamilies = spec.ipFamilies!.slice(0, 1);
    }
    return [];
  }
  const fewer = (now: readonly unknown[] = [], before: readonly unknown[] = []): boolean =>
    now.length > 0 && now.length < before.length;
  const release = (what: string): FieldError =>
    invalid("spec.ipFamilyPolicy", spec.ipFamilyPolicy, `must be 'SingleStack' to release the secondary ${what}`);
  return [
    ...(fewer(spec.clusterIPs, old.clusterIPs) ? [release("cluster IP")] : []),
    ...(fewer(spec.ipFamilies, old.ipFamilies) ? [release("IP family")] : []),
  ];
}

function singleStackErrors(spec: ServiceSpec): FieldError[] {
  if (spec.ipFamilyPolicy !== "SingleStack") return [];
  const error = (what: string): FieldError =>
    invalid(
      "spec.ipFamilyPolicy",
      spec.ipFamilyPolicy,
      `must be 'RequireDualStack' or 'PreferDualStack' when multiple ${what} are specified`,
    );
  return [
    ...(spec.clusterIPs?.length === 2 ? [error("cluster IPs")] : []),
    ...(spec.ipFamilies?.length === 2 ? [error("IP families")] : []),
  ];
}

/** Adds the families of the given addresses where none are given. */
function inferFamilies(spec: Draft<ServiceSpec>, clusterFamilies: readonly IpFamily[]): FieldError[] {
  const errors: FieldError[] = [];
  for (const [i, ip] of (spec.clusterIPs ?? []).entries()) {
    if (ip === "None") break;
    if (i < (spec.ipFamilies?.length ?? 0)) continue;
    const family: IpFamily = ip.includes(":") ? "IPv6" : "IPv4";
    if (clusterFamilies.includes(family)) {
      spec.ipFamilies ??= [];
      spec.ipFamilies.push(family);
    } else {
      errors.push(invalid(`spec.clusterIPs[${i}]`, spec.clusterIPs, `${family} is not configured on this cluster`));
    }
  }
  return errors;
}

function unconfigured(spec: ServiceSpec, clusterFamilies: readonly IpFamily[]): FieldError[] {
  const errors: FieldError[] = [];
  if (spec.ipFamilyPolicy === "RequireDualStack" && clusterFamilies.length < 2) {
    errors.push(
      invalid("spec.ipFamilyPolicy", spec.ipFamilyPolicy, "this cluster is not configured for dual-stack services"),
    );
  }
  for (const [i, family] of (spec.ipFamilies ?? []).entries()) {
    if (!clusterFamilies.includes(family)) {
      errors.push(invalid(`spec.ipFamilies[${i}]`, family, "not configured on this cluster"));
    }
  }
  return errors;
}
