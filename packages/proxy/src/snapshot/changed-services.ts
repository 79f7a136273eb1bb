import type { ServiceState } from "./service-state.ts";
import type { ProxySnapshot } from "./snapshot.ts";
import { SortedMap } from "./sorted-map.ts";

/** A Service that came (`before` undefined), changed, or went (`after` undefined). */
export interface ChangedService {
  /** `namespace/name`. */
  readonly key: string;
  readonly before: ServiceState | undefined;
  readonly after: ServiceState | undefined;
}

/**
 * The Services whose state is not the same object in both snapshots, sorted by key in byte order. Between snapshots that
 * came from one another it costs as much as changed, however many Services there are.
 */
export function changedServices(previous: ProxySnapshot, next: ProxySnapshot): Iterable<ChangedService> {
  return SortedMap.differences(previous.serviceTable, next.serviceTable);
}
