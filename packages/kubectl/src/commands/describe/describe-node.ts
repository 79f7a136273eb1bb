import type { Condition, Node } from "@kubenetsim/core/model/node";
import { ServerError } from "../../client/server-error.ts";
import { goSort } from "../../output/go-sort.ts";
import { describeNodePods } from "./describe-node-pods.ts";
import type { DescribeWriter } from "./describe-writer.ts";
import type { Describer, LookUp } from "./describer.ts";
import { rfc1123 } from "./times.ts";

/** kubectl pkg/describe, describeNode. */
export const describeNode: Describer<Node> = (node, writer, lookUp) => {
  const { metadata, spec = {}, status = {} } = node;
  writer.line(`Name:\t${metadata.name}`);
  writer.line(`Roles:\t${rolesOf(metadata.labels ?? {}).join(",") || "<none>"}`);
  writer.labels("Labels", metadata.labels);
  writer.annotations("Annotations", metadata.annotations);
  writer.line(`CreationTimestamp:\t${rfc1123(metadata.creationTimestamp)}`);
  const taints = goSort(spec.taints ?? [], (a, b) => `${a.effect},${a.key}` < `${b.effect},${b.key}`);
  writer.list(
    "Taints",
    taints.map(({ key, value = "", effect = "" }) => `${key}${value ? `=${value}` : ""}${effect ? `:${effect}` : ""}`),
  );
  writer.line(`Unschedulable:\t${spec.unschedulable ?? false}`);
  describeLease(metadata.name, writer, lookUp);
  describeConditions(status.conditions ?? [], writer);
  writer.line("Addresses:");
  for (const { type, address } of status.addresses ?? []) writer.line(`${type}:\t${address}`, 1);
  describeAmounts("Capacity", status.capacity, writer);
  describeAmounts("Allocatable", status.allocatable, writer);
  writer.line("System Info:");
  for (const [title, field] of systemInfo) writer.line(`${title}:\t${String(status.nodeInfo?.[field] ?? "")}`, 1);
  if (spec.podCIDR) writer.line(`PodCIDR:\t${spec.podCIDR}`);
  if (spec.podCIDRs?.length) writer.line(`PodCIDRs:\t${spec.podCIDRs.join(",")}`);
  if (spec.providerID) writer.line(`ProviderID:\t${spec.providerID}`);
  describeNodePods(node, writer, lookUp);
};

const systemInfo = [
  ["Machine ID", "machineID"],
  ["System UUID", "systemUUID"],
  ["Boot ID", "bootID"],
  ["Kernel Version", "kernelVersion"],
  ["OS Image", "osImage"],
  ["Operating System", "operatingSystem"],
  ["Architecture", "architecture"],
  ["Container Runtime Version", "containerRuntimeVersion"],
  ["Kubelet Version", "kubeletVersion"],
] as const;

/** `node-role.kubernetes.io/control-plane`, and the value of `kubernetes.io/role`. */
function rolesOf(labels: Readonly<Record<string, string>>): string[] {
  const prefix = "node-role.kubernetes.io/";
  const roles = Object.entries(labels).flatMap(([key, value]) => {
    if (key.startsWith(prefix)) return [key.slice(prefix.length)];
    return key === "kubernetes.io/role" ? [value] : [];
  });
  return [...new Set(roles.filter((role) => role !== ""))].sort();
}

function describeLease(node: string, writer: DescribeWriter, lookUp: LookUp): void {
  try {
    const lease = lookUp.object(`/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/${node}`);
    const { holderIdentity, acquireTime, renewTime } = (lease.spec ?? {}) as Readonly<Record<string, string>>;
    writer.line("Lease:");
    writer.line(`HolderIdentity:\t${holderIdentity ?? "<unset>"}`, 1);
    writer.line(`AcquireTime:\t${acquireTime === undefined ? "<unset>" : rfc1123(acquireTime)}`, 1);
    writer.line(`RenewTime:\t${renewTime === undefined ? "<unset>" : rfc1123(renewTime)}`, 1);
  } catch (reason) {
    if (!(reason instanceof ServerError)) throw reason;
    writer.line(`Lease:\tFailed to get lease: ${reason.message}`);
  }
}

function describeConditions(conditions: readonly Condition[], writer: DescribeWriter): void {
  if (conditions.length === 0) return;
  writer.line("Conditions:");
  writer.line("Type\tStatus\tLastHeartbeatTime\tLastTransitionTime\tReason\tMessage", 1);
  writer.line("----\t------\t-----------------\t------------------\t------\t-------", 1);
  for (const condition of conditions) {
    const { type, status, lastTransitionTime, reason = "", message = "" } = condition;
    const { lastHeartbeatTime } = condition as { readonly lastHeartbeatTime?: string };
    const times = `${rfc1123(lastHeartbeatTime)} \t${rfc1123(lastTransitionTime)}`;
    writer.line(`${type} \t${status} \t${times} \t${reason} \t${message}`, 1);
  }
}

function describeAmounts(
  title: string,
  amounts: Readonly<Record<string, string | number>> | undefined,
  writer: DescribeWriter,
): void {
  const names = Object.keys(amounts ?? {}).sort();
  if (names.length > 0) writer.line(`${title}:`);
  for (const name of names) writer.line(`${name}:\t${amounts![name]!}`, 1);
}
