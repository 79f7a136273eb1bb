import { defaultClassAnnotation, type Ingress, type IngressClass } from "../../model/ingress.ts";
import type { Secret } from "../../model/secret.ts";
import { type KindTable, nameColumn, textColumns } from "./kind-table.ts";
import { sortedUnique } from "./sorted-unique.ts";

const shownHosts = 3;

/** pkg/printers/internalversion/printers.go, printIngress. */
export const ingressTable: KindTable<Ingress> = {
  columns: [nameColumn, ...textColumns("Class", "Hosts", "Address", "Ports", "Age")],
  cells: ({ metadata, spec, status }, age) => [
    metadata.name,
    spec.ingressClassName ?? "<none>",
    hostsText(spec.rules ?? []),
    addressText(status?.loadBalancer?.ingress ?? []),
    (spec.tls ?? []).length > 0 ? "80, 443" : "80",
    age,
  ],
};

function hostsText(rules: NonNullable<Ingress["spec"]["rules"]>): string {
  const hosts: string[] = [];
  let hasMore = false;
  for (const { host = "" } of rules) {
    if (hosts.length === shownHosts) hasMore = true;
    if (!hasMore && host !== "") hosts.push(host);
  }
  if (hosts.length === 0) return "*";
  return hasMore ? `${hosts.join(",")} + ${rules.length - shownHosts} more...` : hosts.join(",");
}

function addressText(addresses: readonly { readonly ip?: string; readonly hostname?: string }[]): string {
  return sortedUnique(addresses.map(({ ip, hostname }) => ip || hostname || "").filter((text) => text !== "")).join(
    ",",
  );
}

/** printIngressClass. */
export const ingressClassTable: KindTable<IngressClass> = {
  columns: [nameColumn, ...textColumns("Controller", "Parameters", "Age")],
  cells: ({ metadata, spec }, age) => [
    metadata.annotations?.[defaultClassAnnotation] === "true" ? `${metadata.name} (default)` : metadata.name,
    spec.controller ?? "",
    parametersText(spec.parameters),
    age,
  ],
};

function parametersText(parameters: IngressClass["spec"]["parameters"]): string {
  if (parameters === undefined) return "<none>";
  const group = parameters.apiGroup === undefined ? "" : `.${parameters.apiGroup}`;
  return `${parameters.kind}${group}/${parameters.name}`;
}

/** printSecret. */
export const secretTable: KindTable<Secret> = {
  columns: [nameColumn, ...textColumns("Type", "Data", "Age")],
  cells: ({ metadata, type, data }, age) => [metadata.name, type ?? "", Object.keys(data ?? {}).length, age],
};
