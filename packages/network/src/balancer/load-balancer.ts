import type { ObjectKey } from "@kubenetsim/core/model/api-object";
import type { AddressWords, IpAddress } from "@kubenetsim/core/net/address";
import type { Cidr } from "@kubenetsim/core/net/cidr";
import type { Protocol } from "@kubenetsim/core/net/protocol";
import type { Origin } from "@kubenetsim/core/trace/origin";

/**
 * How a load balancer hands a connection on.
 *
 * - `vip`: the packet as it is, to a node that knows the address as its own affair (kube-proxy's rules for ipMode VIP); answers
 *   go from the node straight to the client (direct server return).
 * - `nat`: its destination becomes the target's address and port, its source stays; answers come back through the load balancer,
 *   which gives them its own address.
 * - `proxy`: the load balancer accepts the connection and opens one of its own, from its own address.
 */
export type LoadBalancerMode = "vip" | "nat" | "proxy";

/** Whom a listener hands connections to. */
export interface LoadBalancerTarget {
  /** As steps and listings call it: a node's name. */
  readonly name: string;
  /** One of each family at most. */
  readonly addresses: readonly AddressWords[];
}

/** What a load balancer asks each target to know that it is healthy. */
export interface HealthCheck {
  readonly port: number;
  /** Of an HTTP request, which has to be answered with 200; undefined where it is enough that a connection is accepted. */
  readonly path?: string;
  /** The Service whose health is asked, `shop/web`; undefined where it is the node's own. */
  readonly service?: ObjectKey;
}

export interface LoadBalancerListener {
  readonly protocol: Protocol;
  readonly port: number;
  /** Where targets take connections (a node port); in mode `vip` the destination stays, whatever this is. */
  readonly targetPort: number;
  /** Listeners may share a list: none is changed in place. */
  readonly targets: readonly LoadBalancerTarget[];
  /** `five-tuple` unless given. */
  readonly algorithm?: LoadBalancerAlgorithm;
  /** Sources that may come in, beside what the load balancer itself asks; all unless given. */
  readonly allowedSources?: readonly Cidr[];
  /** None unless given: all targets are healthy then. */
  readonly healthCheck?: HealthCheck;
  /** Who asked for it. */
  readonly origin?: Origin;
}

export interface LoadBalancer {
  /** Traces call its host `external load balancer NAME`. */
  readonly name: string;
  readonly addresses: readonly IpAddress[];
  readonly mode: LoadBalancerMode;
  /** Of two with the same protocol and port the first counts. */
  readonly listeners: readonly LoadBalancerListener[];
  /** The security list: sources that may come in; all unless given. */
  readonly allowedSources?: readonly Cidr[];
  /** In mode `proxy`: it begins each connection of its own by telling of the client's (PROXY protocol, HAProxy's proxy-protocol.txt). */
  readonly proxyProtocol?: ProxyProtocol;
}

/** The version: text or bytes. */
export type ProxyProtocol = "v1" | "v2";

/**
 * Why a target gets nothing, in the order of a listener's targets; undefined for one that is healthy. It is asked with each
 * packet: the same array comes back as long as nothing has changed.
 */
export type HealthChecks = (listener: LoadBalancerListener) => readonly (string | undefined)[];

/** Which target gets a connection: see `algorithms`. */
export type LoadBalancerAlgorithm = "five-tuple" | "maglev" | "source-address" | "round-robin" | "random";
