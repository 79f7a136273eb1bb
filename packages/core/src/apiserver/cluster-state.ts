import type { ApiObject, Kind, KindMap, ObjectKey } from "../model/api-object.ts";
import type { Allocations } from "./allocate/allocations.ts";
import type { ObjectPlace } from "./manifest/manifest-document.ts";
import type { KeyedVector } from "./store/keyed-vector.ts";
import type { ObjectTable } from "./store/object-table.ts";

/** What the API server was started with. */
export interface ApiServerSettings {
  /** First and last port, both included: `--service-node-port-range`. */
  readonly nodePortRange: { readonly first: number; readonly last: number };
  /** Where clients outside of the service range reach it: `--advertise-address` and `--secure-port`. */
  readonly apiServer: { readonly address: string; readonly port: number };
}

/**
 * Everything that the API server stores, as one frozen value: keep it to have a snapshot, use it again to go back.
 * `allocations` follow from the Services and `sources` from what was applied; both are kept so that nothing has to be
 * searched for.
 */
export interface ClusterState {
  /** Counts writes; the newest object's `resourceVersion`. */
  readonly revision: number;
  readonly settings: ApiServerSettings;
  readonly tables: { readonly [K in Kind]: ObjectTable<KindMap[K]> };
  /** Cluster IPs and node ports that are taken, and by which Service. */
  readonly allocations: Allocations;
  /** The document that an object was last applied from, by `Kind key`. */
  readonly sources: KeyedVector<SourceOfObject>;
}

/** What is kept of the document that an object came from: not its value, only where its fields stand. */
export type SourceOfObject = ObjectPlace;

/** One write. `before` is undefined for a creation, `after` for a deletion. */
export interface Change {
  readonly revision: number;
  readonly kind: Kind;
  readonly key: ObjectKey;
  readonly before: ApiObject | undefined;
  readonly after: ApiObject | undefined;
}

/** The object of a kind by `namespace/name` (`name` where the kind has no namespace). */
export function getObject<K extends Kind>(state: ClusterState, kind: K, key: ObjectKey): KindMap[K] | undefined {
  return state.tables[kind].get(key);
}

/** The name of an object among all kinds: `Service default/web`. */
export function objectTitle(kind: string, key: ObjectKey): string {
  return `${kind} ${key}`;
}
