import type { Node } from "../../model/node.ts";
import { type Cell, type KindTable, nameColumn, textColumns, wideColumn } from "./kind-table.ts";
import { sortedUnique } from "./sorted-unique.ts";

/** pkg/printers/internalversion/printers.go, printNode. */
export const nodeTable: KindTable<Node> = {
  columns: [
    nameColumn,
    ...textColumns("Status", "Roles", "Age", "Version"),
    ...["Internal-IP", "External-IP", "OS-Image", "Kernel-Version", "Container-Runtime"].map(wideColumn),
  ],
  cells,
};

function cells(node: Node, age: string): Cell[] {
  const kernel = infoText(node, "kernelVersion") ?? "<unknown>";
  const architecture = infoText(node, "architecture");
  return [
    node.metadata.name,
    statusText(node),
    rolesText(node),
    age,
    infoText(node, "kubeletVersion") ?? "",
    addressText(node, "InternalIP"),
    addressText(node, "ExternalIP"),
    infoText(node, "osImage") ?? "<unknown>",
    architecture === undefined ? kernel : `${kernel} (${architecture})`,
    infoText(node, "containerRuntimeVersion") ?? "<unknown>",
  ];
}

function statusText(node: Node): string {
  const ready = node.status?.conditions?.findLast((condition) => condition.type === "Ready");
  const status = ready === undefined ? "Unknown" : ready.status === "True" ? "Ready" : "NotReady";
  return node.spec?.unschedulable === true ? `${status},SchedulingDisabled` : status;
}

const rolePrefix = "node-role.kubernetes.io/";

function rolesText(node: Node): string {
  const roles: string[] = [];
  for (const [key, value] of Object.entries(node.metadata.labels ?? {})) {
    if (key.startsWith(rolePrefix) && key.length > rolePrefix.length) roles.push(key.slice(rolePrefix.length));
    else if (key === "kubernetes.io/role" && value !== "") roles.push(value);
  }
  return roles.length === 0 ? "<none>" : sortedUnique(roles).join(",");
}

function addressText(node: Node, type: "InternalIP" | "ExternalIP"): string {
  return node.status?.addresses?.find((entry) => entry.type === type)?.address ?? "<none>";
}

function infoText(node: Node, field: string): string | undefined {
  const value = node.status?.nodeInfo?.[field];
  return typeof value === "string" && value !== "" ? value : undefined;
}
