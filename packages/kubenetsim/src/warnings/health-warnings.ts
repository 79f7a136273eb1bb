import type { ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import { positionOf } from "@kubenetsim/core/apiserver/source-position";
import type { ListenerReport, LoadBalancerReport } from "../cloud/load-balancer-report.ts";
import type { Warning } from "./warning.ts";

/** Load balancers that have an address and nobody behind it: each listener's first reason, one line for those alike. */
export function healthWarnings(state: ClusterState, balancers: readonly LoadBalancerReport[]): Warning[] {
  return balancers.flatMap((balancer) => {
    const dead = balancer.listeners.filter(({ targets }) => targets.every(({ healthy }) => !healthy));
    const byReason = new Map<string, ListenerReport[]>();
    for (const listener of dead) {
      const reason = reasonOf(listener);
      byReason.set(reason, [...(byReason.get(reason) ?? []), listener]);
    }
    return [...byReason].map(([reason, listeners]) => warningOf(state, balancer, listeners, reason));
  });
}

function reasonOf({ targets }: ListenerReport): string {
  const reasons = [...new Set(targets.map(({ reason }) => reason))];
  return reasons.length === 0 ? "it has no node" : `no node is healthy (${reasons.slice(0, 3).join("; ")})`;
}

function warningOf(
  state: ClusterState,
  { name, addresses }: LoadBalancerReport,
  listeners: readonly ListenerReport[],
  reason: string,
): Warning {
  const ports = listeners.map(({ protocol, port }) => `${protocol} ${port}`).join(", ");
  const isService = state.tables.Service.has(name);
  const title = isService ? `Service ${name}: its load balancer` : `load balancer ${name}`;
  return {
    message: `${title} ${addresses.join(", ")} takes nothing on ${ports}: ${reason}`,
    position: isService ? positionOf(state, "Service", name, ["spec", "type"]) : undefined,
  };
}
