import { formatAddress, type IpAddress } from "@kubenetsim/core/net/address";
import { formatCidr } from "@kubenetsim/core/net/cidr";
import { joinHostPort } from "@kubenetsim/core/net/endpoint-text";
import type { Protocol } from "@kubenetsim/core/net/protocol";
import type { Origin } from "@kubenetsim/core/trace/origin";
import { alignColumns } from "@kubenetsim/kubectl/output/align-columns";
import type { Balancer } from "@kubenetsim/network/balancer/balancer";
import type {
  HealthCheck,
  LoadBalancerListener,
  LoadBalancerMode,
  LoadBalancerTarget,
} from "@kubenetsim/network/balancer/load-balancer";

/** A node behind a listener. */
export interface TargetReport {
  readonly name: string;
  /** `192.168.10.11:30080`; in mode `vip` the address alone. One of each family. */
  readonly addresses: readonly string[];
  readonly healthy: boolean;
  /** Why it gets nothing: `30590/healthz answers 503`; undefined for one that is healthy. */
  readonly reason: string | undefined;
}

export interface ListenerReport {
  readonly protocol: Protocol;
  readonly port: number;
  readonly algorithm: string;
  /** `HTTP 10256/healthz`, `TCP 80`; undefined where nothing is checked. */
  readonly healthCheck: string | undefined;
  /** The security list, as CIDR texts; undefined where all may come in. */
  readonly allowedSources: readonly string[] | undefined;
  readonly origin: Origin | undefined;
  readonly targets: readonly TargetReport[];
}

/**
 * A load balancer as it stands: what it listens on, and its targets with their health.
 *
 * @example
 * lab.loadBalancer("shop/web").listeners[0].targets.filter(({ healthy }) => healthy).map(({ name }) => name);
 * console.log(String(lab.loadBalancer("public")));
 */
export class LoadBalancerReport {
  /** `shop/web` of a Service, else as the options call it. */
  readonly name: string;
  readonly addresses: readonly IpAddress[];
  readonly mode: LoadBalancerMode;
  /** The security list of the whole, as CIDR texts; undefined where all may come in. */
  readonly allowedSources: readonly string[] | undefined;
  readonly listeners: readonly ListenerReport[];

  constructor(balancer: Balancer) {
    const { name, addresses, mode, listeners, allowedSources } = balancer.config;
    this.name = name;
    this.addresses = addresses;
    this.mode = mode;
    this.allowedSources = allowedSources?.map(formatCidr);
    this.listeners = listeners.map((listener) => listenerReport(balancer, listener));
  }

  /** A table: one line for each target of each listener. */
  toString(): string {
    const head = `load balancer ${this.name}   ${this.addresses.join(", ")}   mode ${this.mode}${sources(this.allowedSources)}\n`;
    const rows = this.listeners.flatMap(rowsOf);
    return head + alignColumns([["LISTENER", "ALGORITHM", "HEALTH CHECK", "TARGET", "ADDRESS", "HEALTH"], ...rows]);
  }
}

function rowsOf({ protocol, port, algorithm, healthCheck, targets, allowedSources }: ListenerReport): string[][] {
  const first = [`${protocol} ${port}${sources(allowedSources)}`, algorithm, healthCheck ?? "<none>"];
  if (targets.length === 0) return [[...first, "<none>", "<none>", "<none>"]];
  return targets.map(({ name, addresses, reason }, i) => [
    ...(i === 0 ? first : ["", "", ""]),
    name,
    addresses.join(",") || "<none>",
    reason === undefined ? "healthy" : `unhealthy: ${reason}`,
  ]);
}

function sources(ranges: readonly string[] | undefined): string {
  return ranges === undefined ? "" : ` from ${ranges.join(",") || "nobody"}`;
}

function listenerReport(balancer: Balancer, listener: LoadBalancerListener): ListenerReport {
  const { protocol, port, healthCheck, allowedSources, origin, targets, algorithm = "five-tuple" } = listener;
  const { health } = balancer.stateOf(listener).view;
  return {
    protocol,
    port,
    algorithm,
    healthCheck: healthCheck === undefined ? undefined : checkText(healthCheck, protocol),
    allowedSources: allowedSources?.map(formatCidr),
    origin,
    targets: targets.map((target, i) => ({
      name: target.name,
      addresses: addressesOf(target, listener, balancer.config.mode),
      healthy: health[i] === undefined,
      reason: health[i],
    })),
  };
}

function checkText({ port, path }: HealthCheck, protocol: Protocol): string | undefined {
  if (path !== undefined) return `HTTP ${port}${path}`;
  return protocol === "TCP" ? `TCP ${port}` : undefined;
}

function addressesOf({ addresses }: LoadBalancerTarget, { targetPort }: LoadBalancerListener, mode: LoadBalancerMode) {
  return addresses.map((words) => {
    const address = formatAddress(words);
    return mode === "vip" ? address : joinHostPort(address, targetPort);
  });
}
