import type { ApiObject } from "@kubenetsim/core/model/api-object";
import { endpointSliceCells, endpointSliceHeader } from "./endpoint-slice-columns.ts";
import { endpointsCells, endpointsHeader } from "./endpoints-columns.ts";
import { humanDuration } from "./human-duration.ts";
import { labelsText } from "./labels-text.ts";
import { nodeCells, nodeHeader, nodeWideCells, nodeWideHeader } from "./node-columns.ts";
import { podCells, podHeader, podWideCells, podWideHeader } from "./pod-columns.ts";
import type { PrintableKind } from "./printable-kind.ts";
import { parseRfc3339 } from "./rfc3339.ts";
import { serviceCells, serviceHeader, serviceWideCells, serviceWideHeader } from "./service-columns.ts";
import { compareText } from "./sorted-unique.ts";
import { alignColumns } from "./text-table.ts";

export interface TableOptions {
  /** `-o wide`. */
  readonly wide?: boolean;
  /** `--show-labels`. */
  readonly withLabels?: boolean;
  /** A first column with the namespace, as `-A` prints it. */
  readonly withNamespace?: boolean;
  /** Names as `service/web`, as kubectl prints them when several kinds are asked for. */
  readonly withKind?: boolean;
  /** The present, in seconds since 1970, from which ages count. */
  readonly nowSeconds: number;
}

const columns: Readonly<Record<PrintableKind, KindColumns>> = {
  Service: { prefix: "service", header: serviceHeader, wideHeader: serviceWideHeader },
  Endpoints: { prefix: "endpoints", header: endpointsHeader, wideHeader: [] },
  EndpointSlice: { prefix: "endpointslice.discovery.k8s.io", header: endpointSliceHeader, wideHeader: [] },
  Pod: { prefix: "pod", header: podHeader, wideHeader: podWideHeader },
  Node: { prefix: "node", header: nodeHeader, wideHeader: nodeWideHeader },
};

interface KindColumns {
  readonly prefix: string;
  readonly header: readonly string[];
  readonly wideHeader: readonly string[];
}

/**
 * What `kubectl get` prints of objects of one kind, sorted by namespace and name; "" for none.
 *
 * @example
 * printTable("Service", services, { withNamespace: true, nowSeconds });
 */
export function printTable(kind: PrintableKind, objects: Iterable<ApiObject>, options: TableOptions): string {
  const sorted = [...objects].sort(byNamespaceAndName);
  if (sorted.length === 0) return "";
  const { header, wideHeader } = columns[kind];
  const head = [
    ...header,
    ...(options.wide === true ? wideHeader : []),
    ...(options.withLabels === true ? ["LABELS"] : []),
  ];
  const rows = sorted.map((object) => objectRow(kind, object, options));
  return alignColumns([options.withNamespace === true ? ["NAMESPACE", ...head] : head, ...rows]);
}

function objectRow(kind: PrintableKind, object: ApiObject, options: TableOptions): string[] {
  const cells = objectCells(object, options.wide === true, ageText(object, options.nowSeconds));
  if (options.withLabels === true) cells.push(labelsText(object.metadata.labels));
  if (options.withKind === true) cells[0] = `${columns[kind].prefix}/${cells[0]}`;
  return options.withNamespace === true ? [object.metadata.namespace ?? "", ...cells] : cells;
}

function objectCells(object: ApiObject, wide: boolean, age: string): string[] {
  switch (object.kind) {
    case "Service":
      return [...serviceCells(object, wide), age, ...(wide ? serviceWideCells(object) : [])];
    case "Endpoints":
      return [...endpointsCells(object), age];
    case "EndpointSlice":
      return [...endpointSliceCells(object), age];
    case "Pod":
      return [...podCells(object, age), ...(wide ? podWideCells(object) : [])];
    case "Node":
      return [...nodeCells(object, age), ...(wide ? nodeWideCells(object) : [])];
    default:
      return [object.metadata.name, age];
  }
}

function ageText(object: ApiObject, nowSeconds: number): string {
  const created = parseRfc3339(object.metadata.creationTimestamp ?? "");
  return created === undefined ? "<unknown>" : humanDuration(nowSeconds - created);
}

function byNamespaceAndName(a: ApiObject, b: ApiObject): number {
  const order = compareText(a.metadata.namespace ?? "", b.metadata.namespace ?? "");
  return order === 0 ? compareText(a.metadata.name, b.metadata.name) : order;
}
