import type { ObjectKey } from "@kubenetsim/core/model/api-object";
import { Host } from "./host.ts";
import { RouteTable } from "./route-table.ts";
import { Segment } from "./segment.ts";

/** All hosts and what connects them. A host's `id` is its index in `hosts`. */
export class Topology {
  readonly hosts: Host[] = [];
  /** The layer 2 network between the nodes. */
  readonly fabric: Segment = new Segment("fabric");
  /** Routes to the Pods of every node, which all nodes and the API server have. */
  readonly podRoutes: RouteTable = new RouteTable();
  readonly nodes: Map<string, Host> = new Map();
  /** By `namespace/name`; a Pod on its node's network stands for the node. */
  readonly pods: Map<ObjectKey, Host> = new Map();
  /** By the names of `OutsideClient`. */
  readonly clients: Map<string, Host> = new Map();

  /** `routes` may be shared by hosts whose routes are the same. */
  addHost(kind: Host["kind"], name: string, routes?: RouteTable): Host {
    const host = new Host(this.hosts.length, kind, name, routes);
    this.hosts.push(host);
    return host;
  }
}
