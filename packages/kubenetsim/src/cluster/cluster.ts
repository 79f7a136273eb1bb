import type { Change, ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import { emptyState } from "@kubenetsim/core/apiserver/empty-state";
import type { Kind, KindMap, ObjectKey } from "@kubenetsim/core/model/api-object";
import { ChangeEvents, type Listener } from "@kubenetsim/core/runtime/change-events";
import { type Clock, virtualClock } from "@kubenetsim/core/runtime/clock";
import { seededRandom } from "@kubenetsim/core/runtime/random";
import type { Trace } from "@kubenetsim/core/trace/trace";
import { type Share, shares } from "@kubenetsim/network/shares/shares";
import type { Tracer } from "@kubenetsim/network/trace/tracer";
import type { KubeProxyConfig, ProxyMode } from "@kubenetsim/proxy/config/kube-proxy-config";
import { connect, requestOf } from "../connect/connect.ts";
import { noSuchNode } from "../connect/no-such-node.ts";
import { parseSource, type Source } from "../connect/source.ts";
import { DataPlane } from "../dataplane/data-plane.ts";
import { LazyNetwork } from "../dataplane/lazy-network.ts";
import type { NodePlane } from "../dataplane/node-plane.ts";
import { locatedTrace } from "../explain/located-trace.ts";
import { sourcePositions } from "../explain/source-positions.ts";
import { findWarnings } from "../warnings/find-warnings.ts";
import type { Warning } from "../warnings/warning.ts";
import { ClientHandle, type Questions } from "./client-handle.ts";
import { type ClusterOptions, defaultSeed } from "./cluster-options.ts";
import { applyTexts, type ControlPlane, type InputText, settlePlane } from "./control-plane.ts";
import { checkOptions, loadBalancerCidr, proxyConfig, withMode } from "./effective-options.ts";
import { requireModelled } from "./modelled-config.ts";
import { newNodes } from "./new-node.ts";
import { NodeHandle } from "./node-handle.ts";

/** A cluster's objects and warnings at one time; `restore` goes back to it. */
export interface ClusterSnapshot {
  readonly control: ControlPlane;
  readonly applyWarnings: readonly Warning[];
}

/** The first of the ports that a Linux host gives to connections of its programs. */
const firstSourcePort = 32768;
const sourcePorts = 28232;

/**
 * A cluster to play with: apply YAML, let it settle, send packets, read what the nodes hold. Each method calls one stage;
 * the stages are public too.
 *
 * @example
 * const lab = Cluster.create({ nodes: ["n1", "n2"], seed: "lesson-1" });
 * lab.apply(yaml, { source: "shop.yaml" });
 * lab.settle();
 * const trace = lab.pod("shop/client").curl("http://web");
 * lab.node("n1").iptablesSave("nat");
 */
export class Cluster {
  readonly seed: string;
  readonly clock: Clock;
  readonly #options: ClusterOptions;
  readonly #events: ChangeEvents<Change> = new ChangeEvents();
  #control: ControlPlane;
  #data: DataPlane;
  #network: LazyNetwork;
  #applyWarnings: readonly Warning[] = [];
  #connections = 0;

  private constructor(options: ClusterOptions, control: ControlPlane, clock: Clock) {
    this.seed = options.seed ?? defaultSeed;
    this.clock = clock;
    this.#options = options;
    this.#control = control;
    this.#data = new DataPlane(this.#surroundings());
    this.#network = this.#newNetwork();
  }

  /** @throws ParseError for options that cannot be, UnsupportedError for a mode or scheduler that is not modelled. */
  static create(options: ClusterOptions = {}): Cluster {
    checkOptions(options);
    const control = { state: emptyState(options), config: proxyConfig(options), pending: [], settled: undefined };
    const cluster = new Cluster(options, control, virtualClock());
    for (const node of newNodes(options.nodes ?? [])) cluster.apply(JSON.stringify(node), { source: "nodes" });
    return cluster;
  }

  /** All objects as they are now, settled or not. */
  get state(): ClusterState {
    return this.#control.state;
  }

  get proxyMode(): ProxyMode {
    return this.#control.config.mode;
  }

  /** What kube-proxy runs with. */
  get proxyConfig(): KubeProxyConfig {
    return this.#control.config;
  }

  /** What is allowed and probably not meant: of the applied texts, and of the cluster as it stands. */
  get warnings(): readonly Warning[] {
    return [...this.#applyWarnings, ...findWarnings(this.#data.history.at(-1)?.state ?? this.state)];
  }

  /**
   * Creates or replaces objects from YAML or JSON, all of the text or nothing. Returns what changed.
   *
   * @throws ParseError, StatusError (worded as the API server words it), UnsupportedError
   */
  apply(text: string, options: { readonly source?: string } = {}): readonly Change[] {
    return this.applyAll([{ source: options.source ?? "<text>", text }]);
  }

  /** Several texts at once: they may refer to each other in any order, and all of them are applied or none. */
  applyAll(texts: readonly InputText[]): readonly Change[] {
    for (const { text } of texts) {
      if (typeof text !== "string")
        throw new TypeError("apply takes YAML or JSON as a string; JSON.stringify an object");
    }
    const applied = applyTexts(this.#control, texts, this.#context());
    this.#control = withMode(applied.plane, this.#options);
    this.#applyWarnings = [...this.#applyWarnings, ...applied.warnings];
    this.#events.tell(applied.changes);
    return applied.changes;
  }

  /** Lets cloud, controllers and kube-proxy work until nothing is left to do. Returns all changes since the last time. */
  settle(): readonly Change[] {
    const rested = settlePlane(this.#control, this.#context(), loadBalancerCidr(this.#options));
    const { config, pending } = this.#control;
    this.#control = rested.plane;
    this.#data.add({ state: rested.plane.state, changes: rested.changes, config });
    this.#events.tell(rested.changes.slice(pending.length));
    return rested.changes;
  }

  get<K extends Kind>(kind: K, key: ObjectKey): KindMap[K] | undefined {
    return this.state.tables[kind].get(key);
  }

  /** In the order in which they were created. */
  list<K extends Kind>(kind: K, namespace?: string): readonly KindMap[K][] {
    return this.state.tables[kind].list(namespace);
  }

  /** `shop/client`, or `client` of the namespace default; also the name of a Deployment, for the first of its Pods. */
  pod(name: string): ClientHandle {
    return new ClientHandle(parseSource(`pod/${name}`), this.#ask);
  }

  node(name: string): NodeHandle {
    return new NodeHandle(name, () => this.#nodePlane(name), this.#ask);
  }

  /** A host outside of the cluster; any address will do. */
  external(address?: string): ClientHandle {
    return new ClientHandle(parseSource(address === undefined ? "external" : `external:${address}`), this.#ask);
  }

  /**
   * Opens a connection and tells its packets' whole way. It sees what was settled.
   *
   * @example lab.trace({ from: "pod/shop/client", to: "svc/shop/api:grpc" });
   * @throws ParseError for names that do not exist.
   */
  trace(connection: { readonly from: string; readonly to: string }): Trace {
    return this.#connect(parseSource(connection.from), connection.to);
  }

  /**
   * All that may become of the next such connection, each with its exact chance as a fraction; together they are 1. Nothing
   * is sampled and nothing changes. It sees what was settled.
   *
   * @example lab.shares({ from: "pod/shop/client", to: "svc/shop/web" }).map(({ endpoint, chance }) => [endpoint, ratioText(chance)]);
   * @throws ParseError for names that do not exist.
   */
  shares(connection: { readonly from: string; readonly to: string }): readonly Share[] {
    return this.#ask.shares(parseSource(connection.from), connection.to);
  }

  /**
   * The same objects in a cluster that goes its own way. With the same proxy mode its kernels are in the same state, random
   * streams included (unless another seed is given); with another mode they start anew.
   */
  fork(options: Partial<Pick<ClusterOptions, "proxyMode" | "seed">> = {}): Cluster {
    const changed = { ...this.#options, ...options };
    const copy = new Cluster(changed, withMode(this.#control, changed), this.clock.fork());
    copy.#data =
      copy.proxyMode === this.proxyMode
        ? this.#data.fork(copy.#surroundings())
        : this.#data.restarted(copy.#surroundings(), copy.#control.config);
    copy.#network = copy.#newNetwork();
    copy.#applyWarnings = this.#applyWarnings;
    copy.#connections = this.#connections;
    return copy;
  }

  /** Costs nothing: states are values. Connections and random streams are not part of it. */
  snapshot(): ClusterSnapshot {
    return { control: this.#control, applyWarnings: this.#applyWarnings };
  }

  /**
   * Back to the objects and warnings of a snapshot. The nodes start anew with them: their connections are forgotten, source
   * ports and random streams begin where they did at first. The clock goes on; `watch` tells nothing of it.
   */
  restore({ control, applyWarnings }: ClusterSnapshot): void {
    this.#control = control;
    this.#applyWarnings = applyWarnings;
    this.#connections = 0;
    this.#data = new DataPlane(this.#surroundings());
    if (control.settled !== undefined) {
      this.#data.add({ state: control.settled.state, changes: [], config: control.config });
    }
    this.#network = this.#newNetwork();
  }

  /** Tells of every write to an object. Returns how to stop. */
  watch(listener: Listener<Change>): () => void {
    return this.#events.watch(listener);
  }

  /**
   * Is all that kube-proxy is configured to do modelled? Tracing and the nodes' rules ask by themselves.
   *
   * @throws UnsupportedError where the mode or the IPVS scheduler stands
   */
  requireModelled(mode: ProxyMode = this.proxyMode): void {
    requireModelled({ ...this.proxyConfig, mode }, this.#control.configSource);
  }

  #nodePlane(name: string): NodePlane {
    const nodes = (this.#data.history.at(-1)?.state ?? this.state).tables.Node;
    if (!nodes.has(name)) throw noSuchNode(name, nodes.keys());
    this.requireModelled();
    return this.#data.node(name);
  }

  readonly #ask: Questions = {
    connect: (from, to) => this.#connect(from, to),
    shares: (from, to) => {
      const { state, tracer } = this.#ready(from);
      const { topology } = tracer.walker;
      const request = requestOf(state, topology, { from, to, sourcePort: this.#sourcePort });
      return shares(topology, this.#data.attach(topology.nodes), request);
    },
  };

  #connect(from: Source, to: string): Trace {
    const { state, tracer } = this.#ready(from);
    const traced = connect(state, tracer, { from, to, sourcePort: this.#sourcePort });
    this.#connections++;
    return locatedTrace(traced, sourcePositions(state));
  }

  get #sourcePort(): number {
    return firstSourcePort + (this.#connections % sourcePorts);
  }

  /** The settled state, and its network with the sender in it. */
  #ready(from: Source): { readonly state: ClusterState; readonly tracer: Tracer } {
    this.requireModelled();
    const { state } = this.#data.history.at(-1) ?? { state: this.state };
    const { entryNode } = this.#options;
    if (entryNode !== undefined && !state.tables.Node.has(entryNode)) {
      throw noSuchNode(entryNode, state.tables.Node.keys());
    }
    return { state, tracer: this.#network.tracer(state, from.kind === "external" ? from.address : undefined) };
  }

  #context() {
    return { random: seededRandom(this.seed), clock: this.clock };
  }

  #surroundings() {
    return { ...this.#context(), cni: this.#options.cni ?? "bridge" };
  }

  #newNetwork(): LazyNetwork {
    const { cni, clients, entryNode } = this.#options;
    return new LazyNetwork(this.#data, {
      random: seededRandom(this.seed),
      seed: this.seed,
      cni: cni ?? "bridge",
      clients,
      entryNode,
    });
  }
}
