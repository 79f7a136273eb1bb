import type { ObjectKey } from "@kubenetsim/core/model/api-object";
import { Host } from "./host.ts";
import type { NodeHost } from "./node-host.ts";
import { PodAddresses } from "./pod-addresses.ts";
import type { AttachedPod } from "./pod-host.ts";
import { RouteTable } from "./route-table.ts";
import { Segment } from "./segment.ts";

/**
 * All hosts and what connects them. A host's `id` is its index in `hosts`; that of a Pod which has gone stays empty, so that
 * an older trace's numbers keep their meaning.
 */
export class Topology {
  readonly hosts: Host[] = [];
  /** The layer 2 network between the nodes. */
  readonly fabric: Segment = new Segment("fabric");
  /** Routes to the Pods of every node, which all nodes and the API server have. */
  readonly podRoutes: RouteTable = new RouteTable();
  readonly nodes: Map<string, Host> = new Map();
  /** By `namespace/name`; a Pod on its node's network stands for the node. */
  readonly pods: Map<ObjectKey, Host> = new Map();
  /** The same Pods, but for those on their nodes' networks, with what takes them off again. */
  readonly attached: Map<ObjectKey, AttachedPod> = new Map();
  readonly podAddresses: PodAddresses = new PodAddresses();
  /** The nodes with what Pods are attached to. */
  readonly nodeHosts: Map<string, NodeHost> = new Map();
  /** How many hosts have gone and have left their places empty. */
  gone = 0;
  /** The nodes' default router; also where load balancers ask their targets from. */
  gateway: Host | undefined = undefined;
  /** By their names. */
  readonly loadBalancers: Map<string, Host> = new Map();
  /** By the names of `OutsideClient`. */
  readonly clients: Map<string, Host> = new Map();

  /** `routes` may be shared by hosts whose routes are the same. */
  addHost(kind: Host["kind"], name: string, routes?: RouteTable): Host {
    const host = new Host(this.hosts.length, kind, name, routes);
    this.hosts.push(host);
    return host;
  }
}
