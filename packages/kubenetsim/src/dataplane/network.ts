import type { Change, ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import { type ObjectKey, objectKey } from "@kubenetsim/core/model/api-object";
import type { Node } from "@kubenetsim/core/model/node";
import type { Pod } from "@kubenetsim/core/model/pod";
import { formatAddress, type IpAddress, parseAddress } from "@kubenetsim/core/net/address";
import type { Random } from "@kubenetsim/core/runtime/random";
import { buildTopology, changePods } from "@kubenetsim/network/topology/build";
import type { Cni, NodeSettings, OutsideClient } from "@kubenetsim/network/topology/input";
import { isOnNetwork, podAddresses, runningContainers } from "@kubenetsim/network/topology/pod-host";
import type { Port } from "@kubenetsim/network/topology/process";
import type { Topology } from "@kubenetsim/network/topology/topology";
import { Tracer } from "@kubenetsim/network/trace/tracer";
import { RememberingWalker } from "@kubenetsim/network/walk/remembering-walker";
import type { WalkerOptions } from "@kubenetsim/network/walk/walker";
import { type LoadBalancerSettings, LoadBalancers } from "../cloud/load-balancers.ts";
import { ChangedObjects, type Replaced } from "./changed-objects.ts";
import type { DataPlane } from "./data-plane.ts";
import type { NodeKernel } from "./node-kernel.ts";
import { StandInPods } from "./stand-in-pods.ts";

export interface NetworkOptions {
  /** What the network draws by itself: targets of load balancers whose algorithm draws. */
  readonly random: Random;
  readonly seed: string;
  readonly cni: Cni;
  /** Hosts outside; the topology's own choice when undefined. */
  readonly clients: readonly OutsideClient[] | undefined;
  readonly balancing: LoadBalancerSettings;
  /** Ports on which Pods listen now, whether or not their containers declare them; one with an empty list listens on none. */
  readonly listens?: () => ReadonlyMap<ObjectKey, readonly Port[]>;
}

/**
 * The network of a settled state with its nodes' kernels, ready to send packets through. What is settled later changes as much
 * of it as has changed; it is built anew for other nodes, kube-proxy settings, load balancers or Pods on their nodes' networks.
 */
export class Network {
  readonly topology: Topology;
  readonly #options: NetworkOptions;
  #state: ClusterState;
  readonly #settings: ReadonlyMap<string, NodeSettings>;
  readonly #standIns: StandInPods;
  readonly #balancers: LoadBalancers;
  readonly #listens: ReadonlyMap<ObjectKey, readonly Port[]>;

  private constructor(
    state: ClusterState,
    plane: DataPlane,
    options: NetworkOptions,
    parts?: { readonly standIns: StandInPods; readonly balancers: LoadBalancers },
  ) {
    const nodes = state.tables.Node.values();
    const names = nodes.map((node) => node.metadata.name);
    const { cni, clients, listens } = options;
    this.#options = options;
    this.#state = state;
    this.#settings = nodeSettings(names, plane);
    this.#standIns = parts?.standIns ?? new StandInPods(state);
    this.#balancers = parts?.balancers ?? new LoadBalancers(state, options.balancing);
    this.#listens = listens?.() ?? new Map();
    this.topology = buildTopology({
      nodes,
      listens: this.#listens,
      pods: [...state.tables.Pod.values().map((pod) => asItListens(pod, this.#listens)), ...this.#standIns.values()],
      cni,
      ...(clients === undefined ? {} : { clients }),
      apiServer: apiServerOf(state),
      loadBalancers: this.#balancers.values(),
      nodeSettings: this.#settings,
    });
    this.#lookOut();
  }

  static of(state: ClusterState, plane: DataPlane, options: NetworkOptions): Network {
    return new Network(state, plane, options);
  }

  /** The network after these changes: this one, brought up to date, or another one where it cannot be. */
  next(state: ClusterState, plane: DataPlane, changes: Iterable<Change>): Network {
    const { tables, settings } = this.#state;
    if (state.tables.Node !== tables.Node || state.settings !== settings)
      return Network.of(state, plane, this.#options);
    const changed = new ChangedObjects(this.#state, state, changes);
    const pods = [...changed.of("Pod").filter(isOtherOnNetwork), ...this.#standIns.update(state, changed)];
    const isBalancedOtherwise = this.#balancers.update(state, changed);
    const parts = { standIns: this.#standIns, balancers: this.#balancers };
    const names = [...this.topology.nodes.keys()];
    const isSame =
      !isBalancedOtherwise &&
      sameSettings(this.#settings, nodeSettings(names, plane)) &&
      sameListens(this.#listens, this.#options.listens?.() ?? new Map());
    if (!isSame || !this.#changePods(pods)) return new Network(state, plane, this.#options, parts);
    this.#state = state;
    this.#lookOut();
    return this;
  }

  /** Load balancers check their targets in this network from now on. */
  #lookOut(): void {
    const slicesOf = (service: string) => this.#balancers.slicesOf(service);
    this.#options.balancing.pool.health.look({ state: this.#state, topology: this.topology, slicesOf });
  }

  /** False where it is better built anew: also when most of it are places of Pods that have gone. */
  #changePods(pods: readonly Replaced<Pod>[]): boolean {
    const { topology } = this;
    if (topology.gone + pods.length > topology.hosts.length / 2 + 64) return false;
    return changePods(
      topology,
      pods.map(({ before }) => before).filter((pod) => pod !== undefined),
      pods.map(({ after }) => after).filter((pod) => pod !== undefined),
    );
  }

  /** Sends packets through it. */
  tracer(plane: DataPlane, options: WalkerOptions = {}): Tracer<RememberingWalker> {
    const { topology } = this;
    const { random, seed } = this.#options;
    const modes = new Set([...topology.nodes.keys()].map((name) => plane.startOf(name)?.config.mode ?? "iptables"));
    const walker = new RememberingWalker(topology, plane.attach(topology.nodes), random, options);
    return new Tracer(walker, (host) => plane.namesOf(host), { seed, mode: [...modes].join(", ") });
  }
}

/** A Pod of whose program it is known that it listens nowhere has no ports, whatever its containers declare. */
function asItListens(pod: Pod, listens: ReadonlyMap<ObjectKey, readonly Port[]>): Pod {
  if (listens.get(objectKey(pod))?.length !== 0) return pod;
  const containers = pod.spec.containers.map(({ ports: _, ...container }) => container);
  return { ...pod, spec: { ...pod.spec, containers } };
}

/** Does the network see a difference? */
function isOtherOnNetwork({ before, after }: Replaced<Pod>): boolean {
  return onNetwork(before) !== onNetwork(after);
}

/** What the network takes of a Pod, as a text. */
function onNetwork(pod: Pod | undefined): string {
  if (pod === undefined || !isOnNetwork(pod)) return "";
  const { nodeName, hostNetwork } = pod.spec;
  const containers = runningContainers(pod).map(({ name, ports }) => [name, ports]);
  return JSON.stringify([nodeName, hostNetwork, podAddresses(pod), containers]);
}

/** The outside hosts that a topology has by itself, to add to them: each routes through the node of its own number. */
export function clientsOf(topology: Topology, nodes: readonly Node[]): OutsideClient[] {
  return [...topology.clients].map(([name, host], i) => ({
    name,
    addresses: host.devices.filter((device) => device.name !== "lo").flatMap((device) => device.addresses.map(textOf)),
    via: nodes[i]?.metadata.name ?? "",
  }));
}

function textOf({ words }: { readonly words: readonly number[] }): IpAddress {
  return formatAddress(words);
}

function apiServerOf(state: ClusterState): { readonly address: IpAddress; readonly port: number } {
  const { address, port } = state.settings.apiServer;
  return { address: parseAddress(address)!, port };
}

/** What kube-proxies have set up on the nodes besides rules. */
function nodeSettings(names: readonly string[], plane: DataPlane): Map<string, NodeSettings> {
  const settings = new Map<string, NodeSettings>();
  for (const alike of nodesAlike(names, plane)) {
    const kernels = alike.slice(0, 2).map((name) => plane.node(name).current());
    const common: NodeSettings = {
      dummyAddresses: serviceAddresses(kernels),
      routeLocalnet: letsLoopbackOut(kernels[0]!),
    };
    for (const name of alike) settings.set(name, common);
  }
  return settings;
}

/** Nodes that had the same kube-proxies: with what all of them have in common, few need to be looked at. */
function nodesAlike(names: readonly string[], plane: DataPlane): Iterable<string[]> {
  const groups = new Map<string, string[]>();
  for (const name of names) {
    const life = plane.lifeOf(name);
    const group = groups.get(life);
    if (group === undefined) groups.set(life, [name]);
    else group.push(name);
  }
  return groups.values();
}

/**
 * What kube-ipvs0 holds. An address that a node has anyway is left out there, so the nodes' lists differ; no two nodes
 * have the same address, so two lists together name every one, and on a node that has it twice it makes no difference.
 */
function serviceAddresses(kernels: readonly NodeKernel[]): readonly IpAddress[] {
  const lists = kernels.flatMap(({ dummyAddresses }) => [...dummyAddresses.values()]);
  const [first] = lists;
  if (first === undefined) return [];
  const known = gathered.get(first);
  if (known?.lists.length === lists.length && known.lists.every((list, i) => list === lists[i])) return known.all;
  const all = [...new Set(lists.flat())];
  gathered.set(first, { lists, all });
  return all;
}

/** What lists come to together, by the first of them: kube-proxy keeps a list as long as nothing in it changes. */
const gathered = new WeakMap<
  readonly IpAddress[],
  { readonly lists: readonly (readonly IpAddress[])[]; readonly all: readonly IpAddress[] }
>();

/** kube-proxy in iptables mode sets it, so that NodePorts are served on 127.0.0.1; nothing sets it back. */
function letsLoopbackOut({ sysctls }: NodeKernel): boolean {
  return sysctls.get("net/ipv4/conf/all/route_localnet") === 1;
}

function sameSettings(a: ReadonlyMap<string, NodeSettings>, b: ReadonlyMap<string, NodeSettings>): boolean {
  const compared = new Map<NodeSettings, NodeSettings>();
  for (const [name, before] of a) {
    const after = b.get(name);
    if (after === undefined) return false;
    // Nodes that are alike share their settings.
    if (compared.get(before) === after) continue;
    if (before.routeLocalnet !== after.routeLocalnet || !sameTexts(before.dummyAddresses, after.dummyAddresses))
      return false;
    compared.set(before, after);
  }
  return a.size === b.size;
}

function sameListens(a: ReadonlyMap<ObjectKey, readonly Port[]>, b: ReadonlyMap<ObjectKey, readonly Port[]>): boolean {
  const portsOf = (ports: readonly Port[] = []): string[] => ports.map(({ protocol, port }) => `${protocol} ${port}`);
  return a.size === b.size && [...a].every(([pod, ports]) => sameTexts(portsOf(ports), portsOf(b.get(pod))));
}

function sameTexts(a: readonly string[] = [], b: readonly string[] = []): boolean {
  return a === b || (a.length === b.length && a.every((text, i) => text === b[i]));
}
