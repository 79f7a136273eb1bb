import type { ApiObject, Kind, KindMap, ObjectKey } from "../model/api-object.ts";
import { objectKey } from "../model/api-object.ts";
import { type Allocations, addressesOf, nodePortsOf } from "./allocate/allocations.ts";
import type { ApiServerSettings, ClusterState } from "./cluster-state.ts";
import { blankState } from "./empty-state.ts";
import { KeyedVector } from "./store/keyed-vector.ts";
import { ObjectTable } from "./store/object-table.ts";
import { deepFreeze } from "./write-object.ts";

/** A state as JSON can hold it. Where objects stood in the user's text is not part of it. */
export interface StateJson {
  readonly revision: number;
  readonly settings: ApiServerSettings;
  /** Kind by kind, in the order of creation. */
  readonly objects: readonly ApiObject[];
}

export function stateToJson(state: ClusterState): StateJson {
  const objects = (Object.keys(state.tables) as Kind[]).flatMap((kind): ApiObject[] => state.tables[kind].values());
  return { revision: state.revision, settings: state.settings, objects };
}

/** The state that `stateToJson` described. */
export function restoreState(json: StateJson): ClusterState {
  const blank = blankState(json.settings);
  const tables = Object.fromEntries(
    Object.keys(blank.tables).map((kind) => [
      kind,
      ObjectTable.of(json.objects.filter((object) => object.kind === kind).map(deepFreeze)),
    ]),
  ) as unknown as { [K in Kind]: ObjectTable<KindMap[K]> };
  return Object.freeze({
    ...blank,
    revision: json.revision,
    tables: Object.freeze(tables),
    allocations: allocationsOf(tables.Service.values()),
  });
}

/** The allocations of all Services, from nothing: what keeping them up with each write must come to. */
export function allocationsOf(services: readonly KindMap["Service"][]): Allocations {
  const pairs = (items: (service: KindMap["Service"]) => readonly string[]): KeyedVector<ObjectKey> =>
    KeyedVector.from(services.flatMap((service) => items(service).map((item) => [item, objectKey(service)] as const)));
  return { addresses: pairs(addressesOf), nodePorts: pairs(nodePortsOf) };
}
