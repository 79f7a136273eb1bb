import type { Service, ServicePortSpec } from "../../model/service.ts";
import { type Cell, type KindTable, nameColumn, textColumns, wideColumn } from "./kind-table.ts";
import { labelsText } from "./labels-text.ts";
import { sortedUnique } from "./sorted-unique.ts";

/** pkg/printers/internalversion/printers.go, printService. */
export const serviceTable: KindTable<Service> = {
  columns: [nameColumn, ...textColumns("Type", "Cluster-IP", "External-IP", "Port(s)", "Age"), wideColumn("Selector")],
  cells,
};

function cells(service: Service, age: string): Cell[] {
  const { spec } = service;
  const clusterIP = spec.clusterIPs?.[0] ?? spec.clusterIP ?? "";
  const ports = (spec.ports ?? []).map(portText).join(",");
  return [
    service.metadata.name,
    spec.type ?? "ClusterIP",
    clusterIP === "" ? "<none>" : clusterIP,
    externalText(service),
    ports === "" ? "<none>" : ports,
    age,
    labelsText(service.spec.selector),
  ];
}

function portText(port: ServicePortSpec): string {
  const protocol = port.protocol ?? "TCP";
  return (port.nodePort ?? 0) > 0 ? `${port.port}:${port.nodePort}/${protocol}` : `${port.port}/${protocol}`;
}

function externalText(service: Service): string {
  const { type, externalIPs = [], externalName } = service.spec;
  if (type === "ExternalName") return externalName ?? "";
  if (type !== "LoadBalancer") return externalIPs.length > 0 ? externalIPs.join(",") : "<none>";
  const balancer = loadBalancerText(service);
  const all = [...(balancer === "" ? [] : [balancer]), ...externalIPs];
  return all.length > 0 ? all.join(",") : "<pending>";
}

function loadBalancerText(service: Service): string {
  const ingress = service.status?.loadBalancer?.ingress ?? [];
  return sortedUnique(ingress.map((entry) => entry.ip || entry.hostname || "").filter((entry) => entry !== "")).join(
    ",",
  );
}
