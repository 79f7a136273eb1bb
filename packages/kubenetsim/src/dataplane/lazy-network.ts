import type { ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import type { IpAddress } from "@kubenetsim/core/net/address";
import { buildTopology } from "@kubenetsim/network/topology/build";
import type { OutsideClient } from "@kubenetsim/network/topology/input";
import type { Tracer } from "@kubenetsim/network/trace/tracer";
import { clientWith } from "../connect/resolve-source.ts";
import type { DataPlane } from "./data-plane.ts";
import { buildNetwork, clientsOf, type NetworkOptions } from "./network.ts";

/** The network of the newest settled state, built when a packet is to be sent and kept until something is settled. */
export class LazyNetwork {
  readonly #plane: DataPlane;
  readonly #options: NetworkOptions;
  #clients: readonly OutsideClient[] | undefined;
  #tracer: Tracer | undefined;
  #builtOf: ClusterState | undefined;
  /** The data plane's revision then: a restarted kube-proxy changes what the nodes have. */
  #builtAt = 0;

  constructor(plane: DataPlane, options: NetworkOptions) {
    this.#plane = plane;
    this.#options = options;
    this.#clients = options.clients;
  }

  /** The hosts outside that were named or have sent something; undefined for the topology's own. */
  get clients(): readonly OutsideClient[] | undefined {
    return this.#clients;
  }

  /** `sender` is the address of an outside host that must be there. */
  tracer(state: ClusterState, sender?: IpAddress): Tracer {
    if (this.#tracer === undefined || this.#builtOf !== state || this.#builtAt !== this.#plane.revision)
      this.#build(state);
    if (sender !== undefined && clientWith(this.#tracer!.walker.topology, sender) === undefined) {
      this.#addClient(state, sender);
      this.#build(state);
    }
    return this.#tracer!;
  }

  #build(state: ClusterState): void {
    if (this.#options.entryNode !== undefined) this.#enterBy(state, this.#options.entryNode);
    this.#tracer = buildNetwork(state, this.#plane, { ...this.#options, clients: this.#clients });
    this.#builtOf = state;
    this.#builtAt = this.#plane.revision;
  }

  /** Makes a node the router of all hosts outside. */
  #enterBy(state: ClusterState, via: string): void {
    this.#clients ??= clientsOf(buildTopology({ nodes: state.tables.Node.values(), pods: [] }), []);
    this.#clients = this.#clients.map((client) => ({ ...client, via }));
  }

  #addClient(state: ClusterState, address: IpAddress): void {
    const nodes = state.tables.Node.values();
    this.#clients ??= clientsOf(buildTopology({ nodes, pods: [] }), nodes);
    const via = nodes[0]?.metadata.name ?? "";
    this.#clients = [...this.#clients, { name: address, addresses: [address], via }];
  }
}
