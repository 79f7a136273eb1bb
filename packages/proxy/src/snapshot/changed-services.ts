import type { ServiceState } from "./service-state.ts";
import type { ProxySnapshot } from "./snapshot.ts";

/** A Service that came (`before` undefined), changed, or went (`after` undefined). */
export interface ChangedService {
  /** `namespace/name`. */
  readonly key: string;
  readonly before: ServiceState | undefined;
  readonly after: ServiceState | undefined;
}

/** The Services whose state is not the same object in both snapshots, sorted by key in byte order. */
export function changedServices(previous: ProxySnapshot, next: ProxySnapshot): Iterable<ChangedService> {
  const before = previous.services;
  const after = next.services;
  const changed: ChangedService[] = [];
  let b = 0;
  let a = 0;
  while (b < before.length || a < after.length) {
    const old = before[b];
    const now = after[a];
    if (old !== undefined && old === now) {
      b++;
      a++;
      continue;
    }
    const key = now === undefined || (old !== undefined && old.key < now.key) ? old!.key : now.key;
    const gone = old?.key === key ? old : undefined;
    const come = now?.key === key ? now : undefined;
    if (gone !== undefined) b++;
    if (come !== undefined) a++;
    changed.push({ key, before: gone, after: come });
  }
  return changed;
}
