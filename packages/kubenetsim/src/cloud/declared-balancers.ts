import { matchesEqualities } from "@kubenetsim/core/model/label-selector";
import type { Node } from "@kubenetsim/core/model/node";
import type { Labels } from "@kubenetsim/core/model/object-meta";
import { type IpAddress, parseAddress } from "@kubenetsim/core/net/address";
import { type Cidr, parseCidr } from "@kubenetsim/core/net/cidr";
import type { Protocol } from "@kubenetsim/core/net/protocol";
import type {
  HealthCheck,
  LoadBalancer,
  LoadBalancerAlgorithm,
  LoadBalancerListener,
  LoadBalancerMode,
  LoadBalancerTarget,
  ProxyProtocol,
} from "@kubenetsim/network/balancer/load-balancer";
import { targetOf } from "./node-target.ts";

/** A load balancer that somebody has set up by hand, in front of nodes. */
export interface LoadBalancerOption {
  /** A label of DNS: what traces and `loadBalancer(name)` call it. */
  readonly name: string;
  readonly addresses: readonly string[];
  readonly listeners: readonly ListenerOption[];
  /** How it hands connections on; `nat` unless given. */
  readonly mode?: LoadBalancerMode;
  /** In mode `proxy`: it tells its targets of the client by a header of the PROXY protocol, `v1` or `v2`. Not unless given. */
  readonly proxyProtocol?: ProxyProtocol;
  /** Its security list: ranges of sources that may come in; all unless given. */
  readonly allowedSources?: readonly string[];
}

export interface ListenerOption {
  /** TCP unless given. */
  readonly protocol?: Protocol;
  readonly port: number;
  /** Nodes by name or by their labels, and the port at which they take connections. */
  readonly targets:
    | { readonly nodes: readonly string[]; readonly port: number }
    | { readonly nodeSelector: Labels; readonly port: number };
  /** `five-tuple` unless given. */
  readonly algorithm?: LoadBalancerAlgorithm;
  /** Unless given, a connection to the target's port is tried (TCP), or nothing (other protocols). */
  readonly health?: { readonly port: number; readonly path?: string };
  readonly allowedSources?: readonly string[];
}

export type DeclaredBalancers = readonly LoadBalancerOption[];

/** What the options name, with the nodes that there are. */
export function declaredBalancers(options: DeclaredBalancers, nodes: readonly Node[]): LoadBalancer[] {
  return options.map((option) => ({
    name: option.name,
    addresses: option.addresses.map((text) => parseAddress(text)).filter((one): one is IpAddress => one !== undefined),
    mode: option.mode ?? "nat",
    listeners: option.listeners.map((listener) => listenerOf(option, listener, nodes)),
    ...(option.proxyProtocol === undefined ? {} : { proxyProtocol: option.proxyProtocol }),
    ...rangesOf(option.allowedSources),
  }));
}

function listenerOf(
  { mode, name }: LoadBalancerOption,
  listener: ListenerOption,
  nodes: readonly Node[],
): LoadBalancerListener {
  const { targets, protocol = "TCP", port, algorithm = "five-tuple", health } = listener;
  const check: HealthCheck = health ?? { port: mode === "vip" ? port : targets.port };
  return {
    protocol,
    port,
    targetPort: mode === "vip" ? port : targets.port,
    targets: targetsOf(targets, nodes),
    algorithm,
    healthCheck: check,
    origin: { object: `load balancer ${name}`, reason: `listener ${protocol} ${port}` },
    ...rangesOf(listener.allowedSources),
  };
}

/** A name that no Node has stays a target, which cannot be healthy. */
function targetsOf(targets: ListenerOption["targets"], nodes: readonly Node[]): LoadBalancerTarget[] {
  if ("nodeSelector" in targets) {
    return nodes.filter(({ metadata }) => matchesEqualities(targets.nodeSelector, metadata.labels)).map(targetOf);
  }
  return targets.nodes.map((name) => {
    const node = nodes.find(({ metadata }) => metadata.name === name);
    return node === undefined ? { name, addresses: [] } : targetOf(node);
  });
}

function rangesOf(texts: readonly string[] | undefined): { readonly allowedSources?: readonly Cidr[] } {
  if (texts === undefined) return {};
  return { allowedSources: texts.map(parseCidr).filter((range) => range !== undefined) };
}
