import type { Change, ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import { emptyState } from "@kubenetsim/core/apiserver/empty-state";
import type { Kind, ObjectKey } from "@kubenetsim/core/model/api-object";
import { ChangeEvents } from "@kubenetsim/core/runtime/change-events";
import { type Clock, virtualClock } from "@kubenetsim/core/runtime/clock";
import { seededRandom } from "@kubenetsim/core/runtime/random";
import { timestampOf } from "@kubenetsim/core/runtime/timestamp";
import { printHttpAnswer } from "@kubenetsim/proxy/healthcheck/http-answer";
import { httpDate } from "@kubenetsim/proxy/healthcheck/http-date";
import type { LoadBalancerReport } from "../cloud/load-balancer-report.ts";
import { ingressOf } from "../cloud/service-balancer.ts";
import { noSuchNode } from "../connect/no-such-node.ts";
import { DataPlane } from "../dataplane/data-plane.ts";
import { askNodeHealth } from "../dataplane/node-health.ts";
import type { NodePlane } from "../dataplane/node-plane.ts";
import type { ProxyAction } from "../dataplane/object-history.ts";
import { isProxyPod } from "../dataplane/process-starts.ts";
import { writeIngressStatus } from "../ingress/ingress-status.ts";
import { findWarnings } from "../warnings/find-warnings.ts";
import { healthWarnings } from "../warnings/health-warnings.ts";
import { ingressWarnings } from "../warnings/ingress-warnings.ts";
import { proxyWarnings } from "../warnings/proxy-warnings.ts";
import type { Warning } from "../warnings/warning.ts";
import { type ClusterOptions, defaultSeed } from "./cluster-options.ts";
import { type ClusterSnapshot, requireSnapshot, takeSnapshot } from "./cluster-snapshot.ts";
import { type ConnectionSurroundings, Connections } from "./connections.ts";
import {
  applyTexts,
  type ControlContext,
  type ControlPlane,
  committed,
  deleteFrom,
  type InputText,
  settlePlane,
} from "./control-plane.ts";
import { cloudSettings, proxyConfig, withMode } from "./effective-options.ts";
import type { NodeControl } from "./node-handle.ts";

/** What may be another in a copy of a cluster. */
export type ForkOptions = Partial<Pick<ClusterOptions, "proxyMode" | "seed">>;

/**
 * What stands behind the front door: the control plane, the nodes and the connections of one cluster, and how what one of them
 * did is handed to the next.
 */
export class Stages {
  readonly options: ClusterOptions;
  readonly seed: string;
  readonly clock: Clock;
  readonly events: ChangeEvents<Change> = new ChangeEvents();
  #control: ControlPlane;
  #data: DataPlane;
  #connections: Connections;
  #applyWarnings: readonly Warning[] = [];

  private constructor(options: ClusterOptions, control: ControlPlane, clock: Clock) {
    this.options = options;
    this.seed = options.seed ?? defaultSeed;
    this.clock = clock;
    this.#control = control;
    this.#data = new DataPlane(this.#surroundings());
    this.#connections = new Connections(this.#data, options, this.#connectionSurroundings());
  }

  /** Nothing in it but what an empty cluster has. */
  static empty(options: ClusterOptions): Stages {
    const control = { state: emptyState(options), config: proxyConfig(options), pending: [], settled: undefined };
    return new Stages(options, control, virtualClock());
  }

  get control(): ControlPlane {
    return this.#control;
  }

  get data(): DataPlane {
    return this.#data;
  }

  get connections(): Connections {
    return this.#connections;
  }

  /** Of the applied texts, and of the cluster as it stands. */
  get warnings(): readonly Warning[] {
    const { settledState } = this;
    return [
      ...this.#applyWarnings,
      ...proxyWarnings(this.#data, this.#control),
      ...findWarnings(settledState),
      ...ingressWarnings(settledState, this.#connections.ingress),
      ...healthWarnings(settledState, this.deadLoadBalancers()),
    ];
  }

  get state(): ClusterState {
    return this.#control.state;
  }

  /** What the nodes have seen; all objects as long as nothing was settled. */
  get settledState(): ClusterState {
    return this.#data.history.at(-1)?.state ?? this.state;
  }

  /** What the API server and the controllers draw from, and their time. */
  get context(): ControlContext {
    return { random: seededRandom(this.seed), clock: this.clock };
  }

  /**
   * Load balancers of which a listener has no healthy target. None where a kube-proxy runs that is not modelled, or nothing was
   * settled: there is no network then.
   */
  readonly deadLoadBalancers = (): readonly LoadBalancerReport[] => {
    const hasAny =
      (this.options.loadBalancers ?? []).length > 0 ||
      this.settledState.tables.Service.values().some((service) => ingressOf(service).length > 0);
    const { entryNode } = this.options;
    const isEntered = entryNode === undefined || this.settledState.tables.Node.has(entryNode);
    if (!hasAny || !isEntered || this.#data.history.length === 0 || !this.#data.isModelled) return [];
    return this.#connections.deadLoadBalancers();
  };

  apply(texts: readonly InputText[]): readonly Change[] {
    const applied = applyTexts(this.#control, texts, this.context);
    this.#control = withMode(applied.plane, this.options);
    this.#warn(applied.warnings);
    this.events.tell(applied.changes);
    return applied.changes;
  }

  /** Takes the outcome of a write through the API. */
  commit(state: ClusterState, changes: readonly Change[]): void {
    const { plane, warnings } = committed(this.#control, state, changes);
    this.#control = plane;
    this.#warn(warnings);
    this.events.tell(changes);
  }

  delete(kind: Kind, key: ObjectKey): Change {
    const { plane, change } = deleteFrom(this.#control, kind, key);
    this.#control = plane;
    this.events.tell([change]);
    return change;
  }

  /** Status that ingress controllers write of what has settled is settled, too. */
  settle(): readonly Change[] {
    const all = [...this.#settleObjects()];
    for (;;) {
      const { state, changes } = writeIngressStatus(this.state, this.#connections.ingress);
      if (changes.length === 0) return all;
      this.#control = { ...this.#control, state, pending: changes };
      this.events.tell(changes);
      all.push(...this.#settleObjects());
    }
  }

  #settleObjects(): readonly Change[] {
    const rested = settlePlane(this.#control, this.context, cloudSettings(this.options));
    const { config, configSource, pending } = this.#control;
    this.#control = rested.plane;
    const { state } = rested.plane;
    this.#data.add({ state, changes: rested.changes, config, configSource, nowMs: this.clock.nowMs });
    this.events.tell(rested.changes.slice(pending.length));
    return rested.changes;
  }

  /** Does something to kube-proxies. Before anything is settled none runs. */
  act(action: ProxyAction): void {
    const last = this.#data.history.at(-1);
    if (last === undefined) return;
    const { config, configSource } = this.#control;
    this.#data.add({ state: last.state, changes: [], config, configSource, action, nowMs: this.clock.nowMs });
  }

  /** How a handle gets at its node, whenever there is one of this name. */
  nodeControl(name: string): NodeControl {
    return {
      plane: () => this.#nodePlane(name),
      act: (kind) => {
        this.#nodePlane(name);
        this.act({ kind, node: name });
      },
      load: (ruleset) => this.#data.load(this.#nodePlane(name).name, ruleset),
      network: () => {
        this.#nodePlane(name);
        const topology = this.#connections.topology();
        return { topology, host: topology.nodes.get(name)! };
      },
      proxyIsPod: () =>
        this.settledState.tables.DaemonSet.values().some(isProxyPod) ||
        this.settledState.tables.Pod.values().some((pod) => isProxyPod(pod) && pod.spec.nodeName === name),
      ask: (question) => {
        const { nowMs } = this.clock;
        const answer = askNodeHealth(this.#nodePlane(name), this.settledState, question, nowMs);
        return answer && printHttpAnswer(answer, httpDate(nowMs, timestampOf(nowMs)));
      },
    };
  }

  #nodePlane(name: string): NodePlane {
    const nodes = this.settledState.tables.Node;
    if (!nodes.has(name)) throw noSuchNode(name, nodes.keys());
    return this.#data.node(name);
  }

  fork(options: ForkOptions): Stages {
    const { config } = this.#control;
    const { proxyMode = config.mode } = options;
    const otherConfig = { ...config, mode: proxyMode };
    const control = proxyMode === config.mode ? this.#control : { ...this.#control, config: otherConfig };
    const copy = new Stages({ ...this.options, ...options }, control, this.clock.fork());
    copy.#data =
      control === this.#control
        ? this.#data.fork(copy.#surroundings())
        : this.#data.restarted(copy.#surroundings(), otherConfig);
    copy.#connections = new Connections(
      copy.#data,
      copy.options,
      copy.#connectionSurroundings(),
      this.#connections.now,
    );
    copy.#applyWarnings = this.#applyWarnings;
    return copy;
  }

  snapshot(): ClusterSnapshot {
    return takeSnapshot(this.#control, this.#data, this.#applyWarnings);
  }

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
    this.#connections = new Connections(this.#data, this.options, this.#connectionSurroundings());
  }

  #warn(warnings: readonly Warning[]): void {
    this.#applyWarnings = [...this.#applyWarnings, ...warnings];
  }

  #connectionSurroundings(): ConnectionSurroundings {
    return { unsettled: () => this.state, nowMs: () => this.clock.nowMs };
  }

  #surroundings() {
    return { ...this.context, cni: this.options.cni ?? "bridge" };
  }
}
