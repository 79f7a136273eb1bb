import type { ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import { copyRandom, type Random, seededRandom } from "@kubenetsim/core/runtime/random";
import type { Trace } from "@kubenetsim/core/trace/trace";
import { type Share, shares } from "@kubenetsim/network/shares/shares";
import type { OutsideClient } from "@kubenetsim/network/topology/input";
import type { Topology } from "@kubenetsim/network/topology/topology";
import type { Tracer } from "@kubenetsim/network/trace/tracer";
import { connect, requestOf } from "../connect/connect.ts";
import { noSuchNode } from "../connect/no-such-node.ts";
import type { Source } from "../connect/source.ts";
import type { DataPlane } from "../dataplane/data-plane.ts";
import { LazyNetwork } from "../dataplane/lazy-network.ts";
import { locatedTrace } from "../explain/located-trace.ts";
import { sourcePositions } from "../explain/source-positions.ts";
import { warningsOnTheWay } from "../warnings/proxy-warnings.ts";
import { formatWarning } from "../warnings/warning.ts";
import type { Questions } from "./client-handle.ts";
import { type ClusterOptions, defaultSeed } from "./cluster-options.ts";

/** The first of the ports that a Linux host gives to connections of its programs. */
const firstSourcePort = 32768;
const sourcePorts = 28232;

/** Where a cluster's connections stand. */
export interface ConnectionsBefore {
  readonly count: number;
  readonly draws: Random;
  readonly clients: readonly OutsideClient[] | undefined;
}

/** The connections that are opened in a cluster's newest settled state; each has a source port of its own. */
export class Connections implements Questions {
  readonly #plane: DataPlane;
  readonly #network: LazyNetwork;
  readonly #entryNode: string | undefined;
  readonly #unsettled: () => ClusterState;
  /** What the network itself draws: a load balancer's node. */
  readonly #draws: Random;
  /** How many there were. */
  #count: number;

  /** `unsettled` gives the objects as long as nothing was settled; `before` are those to go on from, in a copy of their cluster. */
  constructor(plane: DataPlane, options: ClusterOptions, unsettled: () => ClusterState, before?: ConnectionsBefore) {
    const { seed = defaultSeed, cni = "bridge", clients, entryNode } = options;
    this.#unsettled = unsettled;
    this.#plane = plane;
    this.#entryNode = entryNode;
    this.#count = before?.count ?? 0;
    const draws = seededRandom(seed).fork("network");
    this.#draws = before?.draws.seed === draws.seed ? copyRandom(before.draws) : draws;
    this.#network = new LazyNetwork(plane, {
      random: this.#draws,
      seed,
      cni,
      clients: before?.clients ?? clients,
      entryNode,
    });
  }

  /** For a copy of the cluster to go on from. */
  get now(): ConnectionsBefore {
    return { count: this.#count, draws: this.#draws, clients: this.#network.clients };
  }

  /** The network as it is now. */
  topology(): Topology {
    this.#plane.requireModelled();
    return this.#network.tracer(this.#state).walker.topology;
  }

  connect(from: Source, to: string): Trace {
    const { state, tracer } = this.#ready(from);
    const traced = connect(state, tracer, { from, to, sourcePort: this.#sourcePort });
    this.#count++;
    return locatedTrace(traced, sourcePositions(state), (trace) =>
      warningsOnTheWay(this.#plane, nodesOf(trace)).map(formatWarning),
    );
  }

  shares(from: Source, to: string): readonly Share[] {
    const { state, tracer } = this.#ready(from);
    const { topology } = tracer.walker;
    const request = requestOf(state, topology, { from, to, sourcePort: this.#sourcePort });
    return shares(topology, this.#plane.attach(topology.nodes), request);
  }

  get #sourcePort(): number {
    return firstSourcePort + (this.#count % sourcePorts);
  }

  get #state(): ClusterState {
    return this.#plane.history.at(-1)?.state ?? this.#unsettled();
  }

  /** The settled state, and its network with the sender in it. */
  #ready(from: Source): { readonly state: ClusterState; readonly tracer: Tracer } {
    this.#plane.requireModelled();
    const state = this.#state;
    if (this.#entryNode !== undefined && !state.tables.Node.has(this.#entryNode)) {
      throw noSuchNode(this.#entryNode, state.tables.Node.keys());
    }
    return { state, tracer: this.#network.tracer(state, from.kind === "external" ? from.address : undefined) };
  }
}

/** The nodes on a packet's way, each once. */
function nodesOf({ request, reply }: Trace): string[] {
  const hops = [...request.hops, ...(reply?.hops ?? [])].filter(({ hostKind }) => hostKind === "node");
  return [...new Set(hops.map(({ host }) => host.slice("node ".length)))];
}
