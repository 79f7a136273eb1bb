import type { ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import type { IpAddress } from "@kubenetsim/core/net/address";
import { buildTopology } from "@kubenetsim/network/topology/build";
import type { OutsideClient } from "@kubenetsim/network/topology/input";
import type { Tracer } from "@kubenetsim/network/trace/tracer";
import type { RememberingWalker } from "@kubenetsim/network/walk/remembering-walker";
import { clientWith } from "../connect/resolve-source.ts";
import type { DataPlane } from "./data-plane.ts";
import { clientsOf, Network, type NetworkOptions } from "./network.ts";

/** The network of the newest settled state, brought up to date when a packet is to be sent. */
export class LazyNetwork {
  readonly #plane: DataPlane;
  readonly #options: NetworkOptions;
  #clients: readonly OutsideClient[] | undefined;
  #network: Network | undefined;
  #tracer: Tracer<RememberingWalker> | undefined;
  #untracked: Tracer<RememberingWalker> | undefined;
  #builtOf: ClusterState | undefined;
  /** The data plane's revision then: a restarted kube-proxy changes what the nodes have. */
  #builtAt = 0;
  /** How many times had been settled then. */
  #settled = 0;

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
  tracer(state: ClusterState, sender?: IpAddress): Tracer<RememberingWalker> {
    if (this.#tracer === undefined || this.#builtOf !== state || this.#builtAt !== this.#plane.revision)
      this.#bringUpTo(state);
    if (sender !== undefined && clientWith(this.#network!.topology, sender) === undefined) {
      this.#addClient(state, sender);
      this.#build(state);
    }
    return this.#tracer!;
  }

  /** Sends packets that no node tracks through the network of the last tracer. */
  get untracked(): Tracer<RememberingWalker> {
    this.#untracked ??= this.#network!.tracer(this.#plane, { stateless: true });
    return this.#untracked;
  }

  /** What was not settled has no changes that lead to it. */
  #bringUpTo(state: ClusterState): void {
    const { history } = this.#plane;
    if (this.#network === undefined || this.#settled === 0) {
      this.#build(state);
      return;
    }
    const changes = history.slice(this.#settled).flatMap((settled) => settled.changes);
    this.#keep(state, this.#network.next(state, this.#plane, changes));
  }

  #build(state: ClusterState): void {
    const { entryNode } = this.#options.balancing;
    if (entryNode !== undefined) this.#enterBy(state, entryNode);
    this.#keep(state, Network.of(state, this.#plane, { ...this.#options, clients: this.#clients }));
  }

  #keep(state: ClusterState, network: Network): void {
    this.#network = network;
    this.#tracer = network.tracer(this.#plane);
    this.#untracked = undefined;
    this.#builtOf = state;
    this.#builtAt = this.#plane.revision;
    this.#settled = this.#plane.history.length;
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
