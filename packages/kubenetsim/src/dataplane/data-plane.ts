import type { ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import type { Node } from "@kubenetsim/core/model/node";
import type { Clock } from "@kubenetsim/core/runtime/clock";
import type { Random } from "@kubenetsim/core/runtime/random";
import { SharedNumbers } from "@kubenetsim/netfilter/engine/shared-numbers";
import type { Ruleset } from "@kubenetsim/netfilter/ruleset/ruleset";
import type { Host } from "@kubenetsim/network/topology/host";
import type { Cni } from "@kubenetsim/network/topology/input";
import type { KernelNames } from "@kubenetsim/network/trace/kernel-names";
import type { KubeProxyConfig } from "@kubenetsim/proxy/config/kube-proxy-config";
import type { ProxyNode } from "@kubenetsim/proxy/snapshot/proxy-node";
import { isModelled, requireModelled } from "./modelled-config.ts";
import type { KernelSurroundings } from "./node-kernel.ts";
import { NodePlane, type PlaneSource } from "./node-plane.ts";
import {
  concerns,
  hasZoneHints,
  type ObjectHistory,
  type ProxyAction,
  type ProxyStart,
  type Settled,
  startOn,
} from "./object-history.ts";
import { ProcessStarts } from "./process-starts.ts";
import { proxyNodes, zoneOf } from "./proxy-node.ts";

export interface DataPlaneOptions {
  readonly random: Random;
  readonly clock: Clock;
  readonly cni: Cni;
  /** As of the nodes' kernels (KernelOptions). */
  readonly keptWaste?: number;
}

type NodeTable = ClusterState["tables"]["Node"];

/** What `runningWithout` found, and for what. */
interface RunningProxies {
  readonly nodes: NodeTable | undefined;
  readonly config: KubeProxyConfig;
  readonly count: number;
  readonly running: ReadonlyMap<string, ProxyStart>;
}

/** All nodes' kube-proxies and kernels of a cluster, over one history of settled states. */
export class DataPlane implements PlaneSource {
  readonly #options: DataPlaneOptions;
  readonly #planes = new Map<string, NodePlane>();
  readonly #proxyNodes = new WeakMap<ClusterState["tables"]["Node"], ReadonlyMap<string, ProxyNode>>();
  readonly #history: Settled[] = [];
  readonly #starts = new ProcessStarts();
  readonly #lives = new Map<string, string>();
  /** Of each node, the zones that it has stood in. */
  readonly #zones = new Map<string, string>();
  /** Some endpoint has been for one zone alone: until then kube-proxies of all zones write the same. */
  #zonesMatter = false;
  /** Of nodes that nothing tells apart, by what they have in common: the one that the others follow. */
  readonly #leaders = new Map<string, NodePlane>();
  readonly #numbers: SharedNumbers;
  #sharedLife = "";
  readonly #cleanUps: ProxyAction[] = [];
  #lastRunning: RunningProxies | undefined;
  /** How many dumps of rules nodes have got. */
  #dumps = 0;

  constructor(options: DataPlaneOptions, history: ObjectHistory = [], numbers: SharedNumbers = new SharedNumbers()) {
    this.#options = options;
    this.#numbers = numbers;
    for (const settled of history) this.add(settled);
  }

  get history(): ObjectHistory {
    return this.#history;
  }

  /** Tells the nodes of a newly settled state; they read it when they need it. */
  add(settled: Settled): void {
    if (!this.#zonesMatter && hasZoneHints(settled, this.#history.length === 0)) this.#tellZonesApart();
    const time = this.#history.push(settled) - 1;
    const { action, changes, running } = settled;
    this.#starts.add(settled, time, (node) => this.startOf(node)!.config);
    if (action?.kind === "cleanup") {
      this.#cleanUps.push(action);
      if (action.node === undefined) this.#sharedLife += ` ${time}`;
      else this.#befalls(action.node, time);
    }
    for (const [node, { config }] of running ?? []) this.#befalls(node, `${time}:${JSON.stringify(config)}`);
    for (const { kind, key, after } of changes) {
      if (kind !== "Node") continue;
      this.#befalls(key, time);
      this.#zones.set(key, `${this.#zones.get(key) ?? ""} ${zoneOf(after as Node | undefined)}`);
    }
    for (const plane of this.#planes.values()) if (plane.mustKeepPace) plane.keepPace();
  }

  /** From here a node follows one of its own zone. What all have written so far they have in common. */
  #tellZonesApart(): void {
    for (const plane of this.#planes.values()) plane.keepPace();
    this.#zonesMatter = true;
    for (const leader of [...this.#leaders.values()]) this.leaderOf(leader);
  }

  #befalls(node: string, time: number | string): void {
    this.#lives.set(node, `${this.#lives.get(node) ?? ""} ${time}`);
  }

  /** The time at which a node's kube-proxy has started, with the configuration that it took; undefined before the first. */
  startOf(node: string): Settled | undefined {
    const settled = this.#history[this.#starts.of(node)];
    return settled && startOn(settled, node);
  }

  /**
   * The kube-proxies of these nodes that run with another configuration than this. Nothing is looked for where neither the
   * nodes nor what started has changed since the last time.
   */
  runningWithout(config: KubeProxyConfig, nodes: NodeTable | undefined): ReadonlyMap<string, ProxyStart> {
    const { count } = this.#starts;
    const last = this.#lastRunning;
    if (last?.nodes === nodes && last?.config === config && last.count === count) return last.running;
    const running = new Map<string, ProxyStart>();
    for (const node of nodes?.keys() ?? []) {
      const start = this.startOf(node);
      if (start === undefined || start.config === config) continue;
      running.set(node, { config: start.config, configSource: start.configSource });
    }
    this.#lastRunning = { nodes, config, count, running };
    return running;
  }

  /**
   * Is all that the kube-proxies run with modelled, or that of one node?
   *
   * @throws UnsupportedError where the mode or the IPVS scheduler stands
   */
  requireModelled(node?: string): void {
    for (const { config, configSource } of this.#startsOf(node)) requireModelled(config, configSource);
  }

  /** Is all that the kube-proxies run with modelled? */
  get isModelled(): boolean {
    return this.#startsOf(undefined).every(({ config }) => isModelled(config));
  }

  #startsOf(node: string | undefined): ProxyStart[] {
    const times = node === undefined ? this.#starts.all().flatMap((index) => this.#history[index] ?? []) : [];
    const nodes = node === undefined ? times.flatMap(({ running }) => [...(running?.keys() ?? [])]) : [node];
    return [...times, ...nodes.flatMap((name) => this.startOf(name) ?? [])];
  }

  /** May somebody have tried to remove what earlier kube-proxies left there? True for few nodes, without looking at any. */
  mayHaveCleanedUp(node: string): boolean {
    const hasStartedAgain = this.#starts.of(node) > 0;
    if (hasStartedAgain && this.startOf(node)?.config.mode === "nftables") return true;
    return this.#cleanUps.some((action) => concerns(action, node));
  }

  /** Does the node's kube-proxy start at the time of this index? */
  startsAt(node: string, index: number): boolean {
    return this.#starts.has(node, index);
  }

  node(name: string): NodePlane {
    const known = this.#planes.get(name);
    if (known !== undefined) return known;
    const plane = new NodePlane(name, this, this.#surroundings(name));
    this.#planes.set(name, plane);
    return plane;
  }

  /** Gives a node the rules of a dump in the place of its kube-proxy's. */
  load(name: string, ruleset: Ruleset): void {
    this.node(name).load(ruleset);
    this.#befalls(name, `dump ${this.#dumps++}`);
  }

  /** Changes with all that may change what nodes have besides rules. */
  get revision(): number {
    return this.#history.length + this.#dumps;
  }

  /** The kernels of a topology's nodes, with the devices that it gives them. */
  attach(nodes: ReadonlyMap<string, Host>): Map<string, NodePlane> {
    const kernels = new Map<string, NodePlane>();
    for (const [name, host] of nodes) {
      const plane = this.node(name);
      plane.attach(host);
      kernels.set(name, plane);
    }
    return kernels;
  }

  /** What the tape of a node says, by the host's name in the topology. */
  namesOf(host: Host): KernelNames | undefined {
    return host.kind === "node" ? this.#planes.get(host.name.slice("node ".length))?.names() : undefined;
  }

  /** The node that this one is to follow: the first that somebody looked at of those with the same past. */
  leaderOf(plane: NodePlane): NodePlane {
    const past = this.#pastOf(plane);
    const leader = this.#leaders.get(past);
    if (leader !== undefined && this.#pastOf(leader) === past) return leader;
    this.#leaders.set(past, plane);
    return plane;
  }

  #pastOf({ name }: NodePlane): string {
    return this.#zonesMatter ? `${this.lifeOf(name)};${this.#zones.get(name) ?? ""}` : this.lifeOf(name);
  }

  proxyNode(name: string, { state }: Settled): ProxyNode | undefined {
    const table = state.tables.Node;
    let nodes = this.#proxyNodes.get(table);
    if (nodes === undefined) {
      nodes = proxyNodes(table.values(), this.#options.cni);
      this.#proxyNodes.set(table, nodes);
    }
    return nodes.get(name);
  }

  /** The same nodes with the same kernel state, for a copy of the cluster. */
  fork(options: DataPlaneOptions): DataPlane {
    const copy = new DataPlane(options, this.#history, this.#numbers);
    for (const [name, life] of this.#lives) copy.#lives.set(name, life);
    for (const [name, plane] of this.#planes) copy.#planes.set(name, plane.fork(copy, copy.#surroundings(name)));
    return copy;
  }

  /** What befell a node and its kube-proxy, as a text: nodes with equal ones had the same kube-proxies. */
  lifeOf(name: string): string {
    return `${this.#starts.textOf(name)};${this.#sharedLife};${this.#lives.get(name) ?? ""}`;
  }

  /** The same objects seen by kube-proxies with another configuration, on fresh kernels. */
  restarted(options: DataPlaneOptions, config: KubeProxyConfig): DataPlane {
    return new DataPlane(
      options,
      this.#history.map((settled) => ({
        ...settled,
        config,
        configSource: undefined,
        running: undefined,
        action: undefined,
      })),
    );
  }

  #surroundings(name: string): KernelSurroundings {
    const { random, clock, keptWaste } = this.#options;
    return { random: random.fork(`node/${name}`), clock, numbers: this.#numbers, keptWaste };
  }
}
