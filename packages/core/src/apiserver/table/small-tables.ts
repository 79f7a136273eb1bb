import type { ConfigMap } from "../../model/config-map.ts";
import type { Namespace } from "../../model/namespace.ts";
import type { ServiceAccount } from "../../model/service-account.ts";
import type { ServiceCIDR } from "../../model/service-cidr.ts";
import { type KindTable, nameColumn, textColumns } from "./kind-table.ts";

/** pkg/printers/internalversion/printers.go, printNamespace. */
export const namespaceTable: KindTable<Namespace> = {
  columns: [nameColumn, ...textColumns("Status", "Age")],
  cells: ({ metadata, status }, age) => [metadata.name, status?.phase ?? "", age],
};

/** printConfigMap. */
export const configMapTable: KindTable<ConfigMap> = {
  columns: [nameColumn, ...textColumns("Data", "Age")],
  cells: ({ metadata, data, binaryData }, age) => [
    metadata.name,
    Object.keys(data ?? {}).length + Object.keys(binaryData ?? {}).length,
    age,
  ],
};

/** printServiceCIDR. */
export const serviceCidrTable: KindTable<ServiceCIDR> = {
  columns: [nameColumn, ...textColumns("CIDRs", "Age")],
  cells: ({ metadata, spec }, age) => [metadata.name, (spec.cidrs ?? []).join(","), age],
};

/** printServiceAccount. */
export const serviceAccountTable: KindTable<ServiceAccount> = {
  columns: [nameColumn, ...textColumns("Age")],
  cells: ({ metadata }, age) => [metadata.name, age],
};
