import type { ApiObject, Kind, KindMap } from "../../model/api-object.ts";
import { epoch } from "../../runtime/clock.ts";
import type { PlainObject } from "../manifest/manifest-document.ts";
import { endpointSliceTable } from "./endpoint-slice-table.ts";
import { endpointsTable } from "./endpoints-table.ts";
import { eventTable } from "./event-table.ts";
import { humanDuration } from "./human-duration.ts";
import { ingressClassTable, ingressTable, secretTable } from "./ingress-table.ts";
import type { KindTable } from "./kind-table.ts";
import { nodeTable } from "./node-table.ts";
import { podTable } from "./pod-table.ts";
import { parseRfc3339 } from "./rfc3339.ts";
import { serviceTable } from "./service-table.ts";
import { configMapTable, namespaceTable, serviceAccountTable, serviceCidrTable } from "./small-tables.ts";
import {
  controllerRevisionTable,
  daemonSetTable,
  deploymentTable,
  replicaSetTable,
  type ScaledObject,
  scaleTable,
  statefulSetTable,
} from "./workload-table.ts";

/** A workload's scale has columns of its own. */
export type TableKind = Kind | "Scale";

const tables: { readonly [K in Kind]: KindTable<KindMap[K]> } & { readonly Scale: KindTable<ScaledObject> } = {
  Namespace: namespaceTable,
  Node: nodeTable,
  Pod: podTable,
  Service: serviceTable,
  Endpoints: endpointsTable,
  EndpointSlice: endpointSliceTable,
  Deployment: deploymentTable,
  ReplicaSet: replicaSetTable,
  StatefulSet: statefulSetTable,
  DaemonSet: daemonSetTable,
  ControllerRevision: controllerRevisionTable,
  ServiceAccount: serviceAccountTable,
  Event: eventTable,
  ConfigMap: configMapTable,
  ServiceCIDR: serviceCidrTable,
  Ingress: ingressTable,
  IngressClass: ingressClassTable,
  Secret: secretTable,
  Scale: scaleTable,
};

/** How much of an object stands in its row: the parameter `includeObject`. */
export type RowObject = "None" | "Metadata" | "Object";

export interface TableOptions {
  /** Ages count to here, in virtual milliseconds. */
  readonly nowMs: number;
  readonly include: RowObject;
  /** Of the list, or of the one object. */
  readonly metadata: PlainObject;
  /** Of the Table: `v1`, `v1beta1`. */
  readonly version: string;
  /** The whole object of a row, as it is answered. */
  readonly bodyOf: (object: ApiObject) => PlainObject;
}

/** Objects of a kind as `metav1.Table`, as the API server answers who accepts `as=Table`. */
export function tableOf(kind: TableKind, objects: readonly ApiObject[], options: TableOptions): PlainObject {
  const table = tables[kind] as unknown as KindTable<ApiObject>;
  const nowSeconds = parseRfc3339(epoch)! + options.nowMs / 1000;
  const since = (time: string): string => {
    const seconds = parseRfc3339(time);
    return seconds === undefined ? "<unknown>" : humanDuration(nowSeconds - seconds);
  };
  const rows = objects.map((object) => ({
    cells: table.cells(object, since(object.metadata.creationTimestamp ?? ""), since),
    object: rowObject(object, options, table.fieldAnnotation),
  }));
  const columnDefinitions = table.columns.map(({ name, type, format, priority }) => ({
    name,
    type,
    format,
    description: "",
    priority,
  }));
  return {
    kind: "Table",
    apiVersion: `meta.k8s.io/${options.version}`,
    metadata: options.metadata,
    columnDefinitions,
    rows,
  } as unknown as PlainObject;
}

function rowObject(object: ApiObject, { include, version, bodyOf }: TableOptions, hidden?: string): PlainObject | null {
  if (include === "None") return null;
  const body = bodyOf(object);
  if (include === "Object") return body;
  const metadata = hidden === undefined ? body.metadata! : withoutAnnotation(body.metadata as PlainObject, hidden);
  return { kind: "PartialObjectMetadata", apiVersion: `meta.k8s.io/${version}`, metadata };
}

function withoutAnnotation(metadata: PlainObject, hidden: string): PlainObject {
  const { annotations, ...rest } = metadata;
  const { [hidden]: _, ...others } = (annotations ?? {}) as PlainObject;
  return Object.keys(others).length === 0 ? rest : { ...metadata, annotations: others };
}
