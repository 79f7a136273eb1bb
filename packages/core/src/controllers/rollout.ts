import type { Deployment } from "../model/pod.ts";

/** What a rolling update may do at any time, in Pods. */
export interface RolloutLimits {
  readonly replicas: number;
  readonly maxSurge: number;
  readonly maxUnavailable: number;
}

/** One ReplicaSet as the arithmetic sees it. */
export interface RolloutPart {
  /** `spec.replicas`. */
  readonly replicas: number;
  readonly available: number;
}

/**
 * The limits of a Deployment: 25 % each by default; a percentage of surge is rounded up, one of unavailability down, and
 * when both come to nothing one Pod may be unavailable (deployment util, ResolveFenceposts).
 */
export function rolloutLimits(deployment: Deployment): RolloutLimits {
  const replicas = deployment.spec.replicas ?? 1;
  const rolling = (deployment.spec.strategy?.rollingUpdate ?? {}) as Readonly<Record<string, unknown>>;
  const maxSurge = podCount(rolling.maxSurge, replicas, Math.ceil);
  const maxUnavailable = podCount(rolling.maxUnavailable, replicas, Math.floor);
  const stuck = maxSurge === 0 && maxUnavailable === 0;
  return { replicas, maxSurge, maxUnavailable: Math.min(stuck ? 1 : maxUnavailable, replicas) };
}

/** The size that the new ReplicaSet may have now (deployment util, NewRSNewReplicas). */
export function newReplicas(limits: RolloutLimits, current: RolloutPart, old: readonly RolloutPart[]): number {
  const total = current.replicas + sum(old);
  const room = limits.replicas + limits.maxSurge - total;
  if (room <= 0) return current.replicas;
  return current.replicas + Math.min(room, Math.max(0, limits.replicas - current.replicas));
}

/**
 * The sizes that the old ReplicaSets, oldest first, may come down to: first what does not run anyway, then as many as
 * keep enough available (deployment rolling.go, reconcileOldReplicaSets).
 */
export function oldReplicas(limits: RolloutLimits, current: RolloutPart, old: readonly RolloutPart[]): number[] {
  const sizes = old.map((part) => part.replicas);
  const minAvailable = limits.replicas - limits.maxUnavailable;
  const unavailableNew = current.replicas - current.available;
  let removable = current.replicas + sum(old) - minAvailable - unavailableNew;
  if (removable <= 0) return sizes;
  old.forEach((part, index) => {
    const unhealthy = Math.min(removable, part.replicas - part.available);
    if (unhealthy <= 0) return;
    sizes[index]! -= unhealthy;
    removable -= unhealthy;
  });
  let spare = old.reduce((total, part) => total + part.available, current.available) - minAvailable;
  sizes.forEach((size, index) => {
    const down = Math.max(0, Math.min(spare, size));
    sizes[index] = size - down;
    spare -= down;
  });
  return sizes;
}

function podCount(value: unknown, replicas: number, round: (count: number) => number): number {
  const given = value ?? "25%";
  if (typeof given === "number") return given;
  return round((replicas * Number.parseInt(String(given), 10)) / 100);
}

function sum(parts: readonly RolloutPart[]): number {
  return parts.reduce((total, part) => total + part.replicas, 0);
}
