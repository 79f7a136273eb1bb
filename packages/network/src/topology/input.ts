import type { ObjectKey } from "@kubenetsim/core/model/api-object";
import type { Node } from "@kubenetsim/core/model/node";
import type { Pod } from "@kubenetsim/core/model/pod";
import type { IpAddress } from "@kubenetsim/core/net/address";
import type { Balancer } from "../balancer/balancer.ts";
import type { Port, Process } from "./process.ts";

/**
 * How Pods are attached to their node.
 *
 * - `bridge`: a bridge cni0 with the first address of the node's podCIDR, hairpin on, frames seen by iptables.
 * - `ptp`: a veth for each Pod with a /32 route and proxy ARP, no address on the node's side, as Calico does.
 */
export type Cni = "bridge" | "ptp";

/** What the network is built from. Services are no part of it: they are what the hosts' kernels make of packets. */
export interface TopologyInput {
  readonly nodes: readonly Node[];
  readonly pods: readonly Pod[];
  /** `bridge` unless given. */
  readonly cni?: Cni;
  /** Hosts outside of the cluster; unless given, `ext1` and `ext2`, with the first and the second node as their routers. */
  readonly clients?: readonly OutsideClient[];
  /** A host on the nodes' network that listens on this TCP port. */
  readonly apiServer?: { readonly address: IpAddress; readonly port: number };
  /** Load balancers between the hosts outside and the nodes; of two with one address the first has it. */
  readonly loadBalancers?: readonly Balancer[];
  /** What kube-proxy configured on a node besides rules, by the node's name. */
  readonly nodeSettings?: ReadonlyMap<string, NodeSettings>;
  /** Ports on which a Pod listens although its containers do not declare them. */
  readonly listens?: ReadonlyMap<ObjectKey, readonly Port[]>;
}

/** A host on the nodes' network that is none of the cluster's. */
export interface OutsideClient {
  readonly name: string;
  /** The first of a family is the one that it sends from. An address outside of the nodes' network is behind the default gateway. */
  readonly addresses: readonly IpAddress[];
  /** The node that is its default router. */
  readonly via: string;
}

export interface NodeSettings {
  /** Addresses of the dummy device kube-ipvs0: they become the node's own. */
  readonly dummyAddresses?: readonly IpAddress[];
  /** net.ipv4.conf.all.route_localnet, which kube-proxy sets for NodePorts on 127.0.0.1. */
  readonly routeLocalnet?: boolean;
  /** What listens on the node, always and on all of its addresses, besides Pods on its network. */
  readonly processes?: readonly Process[];
}
