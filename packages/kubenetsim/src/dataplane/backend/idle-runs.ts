import { fullSyncPeriodMs } from "@kubenetsim/proxy/config/full-sync-period";
import type { KubeProxyConfig } from "@kubenetsim/proxy/config/kube-proxy-config";

/** When a proxier has run last, and how often since its last change. */
export interface Runs {
  readonly lastMs: number;
  readonly idle: number;
}

/**
 * When it runs again although nothing changes (BoundedFrequencyRunner of pkg/proxy/runner): when the hour since its last run is
 * over, and after a failed run when the sync period is.
 */
export function idleIntervalMs({ syncPeriodSeconds }: KubeProxyConfig, hasFailed: boolean): number {
  return hasFailed ? Math.min(syncPeriodSeconds * 1000, fullSyncPeriodMs) : fullSyncPeriodMs + 1;
}

/**
 * The time of the next run of those that are due until then. The first may write something, the second may clear away what that
 * has left behind; all further ones write the same, so that only the last of them is run.
 */
export function dueRunMs({ lastMs, idle }: Runs, intervalMs: number, untilMs: number): number {
  return idle < 2 ? lastMs + intervalMs : lastRepeatMs(lastMs, intervalMs, untilMs);
}

/** The last of the times that come one, two … intervals after a time, and not after `untilMs`. */
function lastRepeatMs(fromMs: number, intervalMs: number, untilMs: number): number {
  return nextRepeatMs(fromMs, intervalMs, untilMs) - intervalMs;
}

/** The first of the times that come one, two … intervals after a time, and after `afterMs`. */
export function nextRepeatMs(fromMs: number, intervalMs: number, afterMs: number): number {
  return fromMs + (Math.floor((afterMs - fromMs) / intervalMs) + 1) * intervalMs;
}
