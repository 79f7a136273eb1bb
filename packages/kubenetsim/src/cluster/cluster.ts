import type { Change, ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import { emptyState } from "@kubenetsim/core/apiserver/empty-state";
import { RestServer } from "@kubenetsim/core/apiserver/rest/rest-server";
import type { Kind, KindMap, ObjectKey } from "@kubenetsim/core/model/api-object";
import { ChangeEvents, type Listener } from "@kubenetsim/core/runtime/change-events";
import { type Clock, virtualClock } from "@kubenetsim/core/runtime/clock";
import { seededRandom } from "@kubenetsim/core/runtime/random";
import type { Trace } from "@kubenetsim/core/trace/trace";
import type { Share } from "@kubenetsim/network/shares/shares";
import type { KubeProxyConfig, ProxyMode } from "@kubenetsim/proxy/config/kube-proxy-config";
import { noSuchNode } from "../connect/no-such-node.ts";
import { parseSource } from "../connect/source.ts";
import { DataPlane } from "../dataplane/data-plane.ts";
import { requireModelled } from "../dataplane/modelled-config.ts";
import { askNodeHealth } from "../dataplane/node-health.ts";
import type { NodePlane } from "../dataplane/node-plane.ts";
import type { ProxyAction } from "../dataplane/object-history.ts";
import { findWarnings } from "../warnings/find-warnings.ts";
import { proxyWarnings } from "../warnings/proxy-warnings.ts";
import type { Warning } from "../warnings/warning.ts";
import { ClientHandle } from "./client-handle.ts";
import { type ClusterOptions, defaultSeed } from "./cluster-options.ts";
import { type ClusterSnapshot, requireSnapshot, takeSnapshot } from "./cluster-snapshot.ts";
import { ClusterStore } from "./cluster-store.ts";
import { Connections } from "./connections.ts";
import { applyTexts, type ControlPlane, committed, deleteFrom, type InputText, settlePlane } from "./control-plane.ts";
import { checkOptions, loadBalancerCidr, proxyConfig, withMode } from "./effective-options.ts";
import { newNodes } from "./new-node.ts";
import { NodeHandle } from "./node-handle.ts";
import { findObject, listObjects } from "./object-lookup.ts";

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
  /** The API server: the Kubernetes REST API over these objects. */
  readonly api: RestServer;
  readonly #options: ClusterOptions;
  readonly #events: ChangeEvents<Change> = new ChangeEvents();
  #control: ControlPlane;
  #data: DataPlane;
  #connections: Connections;
  #applyWarnings: readonly Warning[] = [];

  private constructor(options: ClusterOptions, control: ControlPlane, clock: Clock) {
    this.seed = options.seed ?? defaultSeed;
    this.clock = clock;
    this.#options = options;
    this.#control = control;
    this.#data = new DataPlane(this.#surroundings());
    this.#connections = new Connections(this.#data, options, () => this.state);
    const commit = this.#commit.bind(this);
    this.api = new RestServer(
      new ClusterStore({ ...this.#context(), state: () => this.state, commit, events: this.#events }),
    );
  }

  /** @throws ParseError, StatusError for options that cannot be, UnsupportedError for a mode or scheduler that is not modelled. */
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

  /** The mode of a kube-proxy that starts now; `node(name).proxyMode` is the one that runs there. */
  get proxyMode(): ProxyMode {
    return this.#control.config.mode;
  }

  /** What a kube-proxy takes that starts now. Those that run keep what they have taken until they restart. */
  get proxyConfig(): KubeProxyConfig {
    return this.#control.config;
  }

  /** What is allowed and probably not meant: of the applied texts, and of the cluster as it stands. */
  get warnings(): readonly Warning[] {
    const found = findWarnings(this.#settledState());
    return [...this.#applyWarnings, ...proxyWarnings(this.#data, this.#control), ...found];
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
    const applied = applyTexts(this.#control, texts, this.#context());
    this.#control = withMode(applied.plane, this.#options);
    this.#applyWarnings = [...this.#applyWarnings, ...applied.warnings];
    this.#events.tell(applied.changes);
    return applied.changes;
  }

  /** Lets cloud, controllers and kube-proxy work until nothing is left to do. Returns all changes since the last time. */
  settle(): readonly Change[] {
    const rested = settlePlane(this.#control, this.#context(), loadBalancerCidr(this.#options));
    const { config, configSource, pending } = this.#control;
    this.#control = rested.plane;
    this.#data.add({
      state: rested.plane.state,
      changes: rested.changes,
      config,
      configSource,
      nowMs: this.clock.nowMs,
    });
    this.#events.tell(rested.changes.slice(pending.length));
    return rested.changes;
  }

  /**
   * Deletes an object, as `kubectl delete` does. What hangs on it follows when the cluster settles: Endpoints of a Pod, a new
   * Pod of its Deployment or DaemonSet. The Pod of a kube-proxy (kube-system, label k8s-app=kube-proxy) takes it along: another
   * one starts on its node.
   *
   * @throws StatusError NotFound, ParseError for what is no kind or no key
   */
  delete(kind: Kind, key: ObjectKey): Change {
    const { plane, change } = deleteFrom(this.#control, kind, key);
    this.#control = plane;
    this.#events.tell([change]);
    return change;
  }

  /** Ends kube-proxy on all nodes (`kubectl rollout restart`): those that start in their place take the configuration of now. */
  restartKubeProxy(): void {
    this.#act({ kind: "restart", node: undefined });
  }

  /** @throws ParseError for what is no kind or no key */
  get<K extends Kind>(kind: K, key: ObjectKey): KindMap[K] | undefined {
    return findObject(this.state, kind, key);
  }

  /** In the order in which they were created. @throws ParseError for what is no kind */
  list<K extends Kind>(kind: K, namespace?: string): readonly KindMap[K][] {
    return listObjects(this.state, kind, namespace);
  }

  /** `shop/client`, or `client` of the namespace default; also the name of a Deployment, for the first of its Pods. */
  pod(name: string): ClientHandle {
    return new ClientHandle(parseSource(`pod/${name}`), this.#connections);
  }

  node(name: string): NodeHandle {
    return new NodeHandle(
      name,
      {
        plane: () => this.#nodePlane(name),
        act: (kind) => {
          this.#nodePlane(name);
          this.#act({ kind, node: name });
        },
        load: (ruleset) => this.#data.load(this.#nodePlane(name).name, ruleset),
        ask: (question) => askNodeHealth(this.#nodePlane(name), this.#settledState(), question, this.clock.nowMs),
      },
      this.#connections,
    );
  }

  /** A host outside of the cluster; any address will do. */
  external(address?: string): ClientHandle {
    return new ClientHandle(parseSource(address === undefined ? "external" : `external:${address}`), this.#connections);
  }

  /**
   * Opens a connection and tells its packets' whole way. It sees what was settled.
   *
   * @example lab.trace({ from: "pod/shop/client", to: "svc/shop/api:grpc" });
   * @throws ParseError for names that do not exist.
   */
  trace(connection: { readonly from: string; readonly to: string }): Trace {
    return this.#connections.connect(parseSource(connection.from), connection.to);
  }

  /**
   * All that may become of the next such connection, each with its exact chance as a fraction; together they are 1. Nothing
   * is sampled and nothing changes. It sees what was settled.
   *
   * @example lab.shares({ from: "pod/shop/client", to: "svc/shop/web" }).map(({ endpoint, chance }) => [endpoint, ratioText(chance)]);
   * @throws ParseError for names that do not exist.
   */
  shares(connection: { readonly from: string; readonly to: string }): readonly Share[] {
    return this.#connections.shares(parseSource(connection.from), connection.to);
  }

  /**
   * The same objects in a cluster that goes its own way. With the same proxy mode its kernels are in the same state; with
   * another mode its nodes are fresh ones, that never had another. Random streams go on where they stand, those of load
   * balancers too, unless another seed is given. To see what a change of mode leaves on the same nodes, change the
   * configuration and restart kube-proxy.
   */
  fork(options: Partial<Pick<ClusterOptions, "proxyMode" | "seed">> = {}): Cluster {
    const { proxyMode = this.proxyMode } = options;
    const config = { ...this.proxyConfig, mode: proxyMode };
    const control = proxyMode === this.proxyMode ? this.#control : { ...this.#control, config };
    const copy = new Cluster({ ...this.#options, ...options }, control, this.clock.fork());
    copy.#data =
      control === this.#control
        ? this.#data.fork(copy.#surroundings())
        : this.#data.restarted(copy.#surroundings(), config);
    copy.#connections = new Connections(copy.#data, copy.#options, () => copy.state, this.#connections.now);
    copy.#applyWarnings = this.#applyWarnings;
    return copy;
  }

  /**
   * The objects, the configuration, and what each node's kube-proxy runs with. Costs next to nothing: states are values.
   * Connections, random streams and what earlier kube-proxies have left on the nodes are not part of it.
   */
  snapshot(): ClusterSnapshot {
    return takeSnapshot(this.#control, this.#data, this.#applyWarnings);
  }

  /**
   * Back to the objects and warnings of a snapshot. The nodes start anew with them, each with the configuration that its
   * kube-proxy had: their connections are forgotten, source ports and random streams begin where they did at first. The clock
   * goes on; `watch` tells nothing of it.
   *
   * @throws ParseError for what `snapshot()` has not given
   */
  restore(snapshot: ClusterSnapshot): void {
    requireSnapshot(snapshot);
    const { control, running, applyWarnings } = snapshot;
    this.#control = control;
    this.#applyWarnings = applyWarnings;
    this.#data = new DataPlane(this.#surroundings());
    if (control.settled !== undefined) {
      const { config, configSource, settled } = control;
      const { nowMs } = this.clock;
      this.#data.add({ state: settled.state, changes: [], config, configSource, running, nowMs });
    }
    this.#connections = new Connections(this.#data, this.#options, () => this.state);
  }

  /** Tells of every write to an object. Returns how to stop. */
  watch(listener: Listener<Change>): () => void {
    return this.#events.watch(listener);
  }

  /** Tracing and the nodes' rules ask by themselves. @throws UnsupportedError where a mode or scheduler stands that is not modelled. */
  requireModelled(mode: ProxyMode = this.proxyMode): void {
    requireModelled({ ...this.proxyConfig, mode }, this.#control.configSource);
  }

  #nodePlane(name: string): NodePlane {
    const nodes = this.#settledState().tables.Node;
    if (!nodes.has(name)) throw noSuchNode(name, nodes.keys());
    return this.#data.node(name);
  }

  #settledState(): ClusterState {
    return this.#data.history.at(-1)?.state ?? this.state;
  }

  #commit(state: ClusterState, changes: readonly Change[]): void {
    const { plane, warnings } = committed(this.#control, state, changes);
    this.#control = plane;
    this.#applyWarnings = [...this.#applyWarnings, ...warnings];
    this.#events.tell(changes);
  }

  /** Before anything is settled no kube-proxy runs. */
  #act(action: ProxyAction): void {
    const last = this.#data.history.at(-1);
    if (last === undefined) return;
    const { config, configSource } = this.#control;
    this.#data.add({ state: last.state, changes: [], config, configSource, action, nowMs: this.clock.nowMs });
  }

  #context() {
    return { random: seededRandom(this.seed), clock: this.clock };
  }

  #surroundings() {
    return { ...this.#context(), cni: this.#options.cni ?? "bridge" };
  }
}
