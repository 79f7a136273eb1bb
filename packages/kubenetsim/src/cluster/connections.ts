import type { ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import type { ObjectKey } from "@kubenetsim/core/model/api-object";
import { copyRandom, type Random, seededRandom } from "@kubenetsim/core/runtime/random";
import type { Trace } from "@kubenetsim/core/trace/trace";
import type { Displayed } from "@kubenetsim/display/display";
import { type Share, shares } from "@kubenetsim/network/shares/shares";
import type { Topology } from "@kubenetsim/network/topology/topology";
import type { SentPackets } from "@kubenetsim/network/trace/many-packets";
import type { Tracer } from "@kubenetsim/network/trace/tracer";
import type { RememberingWalker } from "@kubenetsim/network/walk/remembering-walker";
import type { KubeProxyConfig } from "@kubenetsim/proxy/config/kube-proxy-config";
import { BalancerPool } from "../cloud/balancer-pool.ts";
import { balancing } from "../cloud/balancing.ts";
import { LoadBalancerReport } from "../cloud/load-balancer-report.ts";
import { noSuchBalancer } from "../cloud/no-such-balancer.ts";
import { connect, requestOf } from "../connect/connect.ts";
import { type AddressedDestination, parseDestination } from "../connect/destination.ts";
import type { ManyPackets } from "../connect/many-packets.ts";
import { noSuchNode } from "../connect/no-such-node.ts";
import { generatedPod, resolveSource } from "../connect/resolve-source.ts";
import { type PacketSurroundings, sendPackets } from "../connect/send-packets.ts";
import type { Source } from "../connect/source.ts";
import type { DataPlane } from "../dataplane/data-plane.ts";
import { LazyNetwork } from "../dataplane/lazy-network.ts";
import { askNodeHealth } from "../dataplane/node-health.ts";
import type { ObjectHistory } from "../dataplane/object-history.ts";
import { shownLookup } from "../display/shown-lookup.ts";
import { shownShares } from "../display/shown-shares.ts";
import { shownTrace } from "../display/shown-trace.ts";
import type { LookupOptions, NameLookup } from "../dns/name-lookup.ts";
import { NameLookups } from "../dns/name-lookups.ts";
import type { NameServerQuery } from "../dns/name-servers.ts";
import { OutsideFiles } from "../dns/outside-files.ts";
import type { NameSystem } from "../dns/programs/name-system.ts";
import { unresolved } from "../dns/unresolved.ts";
import { locatedTrace } from "../explain/located-trace.ts";
import { sourcePositions } from "../explain/source-positions.ts";
import type { CurlOptions } from "../http/curl-options.ts";
import type { HttpTrace } from "../http/http-exchange.ts";
import { HttpRequests } from "../http/http-requests.ts";
import type { AnswerOfPod } from "../http/pod-answer.ts";
import { IngressControllers } from "../ingress/ingress-controllers.ts";
import type { RunningController } from "../ingress/running-controller.ts";
import { warningsOnTheWay } from "../warnings/proxy-warnings.ts";
import { formatWarning } from "../warnings/warning.ts";
import type { NamedTrace, Questions } from "./client-handle.ts";
import { type ClusterOptions, defaultSeed } from "./cluster-options.ts";
import type { ConnectionsBefore } from "./connections-before.ts";
import { proxyConfig } from "./effective-options.ts";

/** The first of the ports that a Linux host gives to connections of its programs. */
const firstSourcePort = 32768;
const sourcePorts = 28232;

/** What connections are opened in. */
export interface ConnectionSurroundings {
  /** The objects as long as nothing was settled. */
  readonly unsettled: () => ClusterState;
  readonly nowMs: () => number;
}

/** The connections that are opened in a cluster's newest settled state; each has a source port of its own. */
export class Connections implements Questions {
  readonly #packetSurroundings: PacketSurroundings;
  readonly #plane: DataPlane;
  readonly #network: LazyNetwork;
  readonly #entryNode: string | undefined;
  readonly #unsettled: () => ClusterState;
  /** For targets of load balancers. */
  readonly #draws: Random;
  /** The load balancers, whose turns go on from network to network. */
  readonly #pool: BalancerPool;
  /** How many there were. */
  #count: number;
  readonly #names: NameLookups;
  /** What was written on hosts outside. */
  readonly outsideFiles: OutsideFiles;
  /** The ingress controllers in Pods. */
  readonly ingress: IngressControllers;
  readonly #requests: HttpRequests;

  /** `before` are those to go on from, in a copy of their cluster. */
  constructor(
    plane: DataPlane,
    options: ClusterOptions,
    { unsettled, nowMs }: ConnectionSurroundings,
    before?: ConnectionsBefore,
  ) {
    const { seed = defaultSeed, cni = "bridge", clients, entryNode } = options;
    this.#packetSurroundings = {
      seed,
      ready: (from) => this.#ready(from),
      untracked: () => this.#network.untracked,
      sourcePort: (i) => this.#sourcePort(i),
    };
    this.#unsettled = unsettled;
    this.#plane = plane;
    this.#entryNode = entryNode;
    this.#count = before?.count ?? 0;
    this.outsideFiles = before?.outsideFiles.copy() ?? new OutsideFiles();
    const draws = seededRandom(seed).fork("network");
    this.#draws = before?.draws.seed === draws.seed ? copyRandom(before.draws) : draws;
    this.#pool = new BalancerPool(plane, nowMs);
    if (before !== undefined) this.#pool.follow(before.pool);
    this.#network = new LazyNetwork(plane, {
      random: this.#draws,
      seed,
      cni,
      clients: before?.clients ?? clients,
      balancing: balancing(this.#pool, options),
      listens: () => this.ingress.listens(),
    });
    this.#names = new NameLookups({
      dns: options.dns ?? {},
      seed,
      nowMs,
      history: () => this.#history(proxyConfig(options), nowMs()),
      podOf: (from) => this.#podOf(from),
      ports: { of: (index) => this.#sourcePort(index), use: (count) => (this.#count += count) },
      send: (query) => this.#send(query),
      hostsOf: (from) => this.outsideFiles.hostsOf(from),
    });
    this.ingress = new IngressControllers({
      definitions: options.ingressControllers ?? [],
      random: seededRandom(seed).fork("ingress"),
      history: () => this.#history(proxyConfig(options), nowMs()),
      nowMs,
      resolve: (pod, name) => this.#addressesAt(pod, name),
    });
    this.#requests = this.#requestsIn(options.http?.answer, nowMs);
  }

  /** For a copy of the cluster to go on from. */
  get now(): ConnectionsBefore {
    return {
      count: this.#count,
      draws: this.#draws,
      pool: this.#pool,
      clients: this.#network.clients,
      outsideFiles: this.outsideFiles,
    };
  }

  /** The network as it is now. */
  topology(): Topology {
    this.#plane.requireModelled();
    return this.#network.tracer(this.#state).walker.topology;
  }

  /** The load balancers of the network as it is now, in the order of their names. */
  loadBalancers(): readonly LoadBalancerReport[] {
    const { loadBalancers } = this.topology();
    return [...loadBalancers.values()].map(({ balancer }) => new LoadBalancerReport(balancer!));
  }

  /** Those of which a listener has no healthy target. */
  deadLoadBalancers(): readonly LoadBalancerReport[] {
    const balancers = [...this.topology().loadBalancers.values()].map(({ balancer }) => balancer!);
    return balancers.filter((balancer) => !balancer.isAlive).map((balancer) => new LoadBalancerReport(balancer));
  }

  /** One of them. @throws ParseError when there is none of this name */
  loadBalancer(name: string): LoadBalancerReport {
    const { loadBalancers } = this.topology();
    const balancer = loadBalancers.get(name)?.balancer;
    if (balancer === undefined) throw noSuchBalancer(name, [...loadBalancers.keys()], this.#state);
    return new LoadBalancerReport(balancer);
  }

  connect(from: Source, to: string): NamedTrace & Displayed {
    this.#ready(from);
    const { destination, lookup } = this.#resolved(from, to);
    return this.#open(from, destination, lookup);
  }

  sendMany(packets: ManyPackets): SentPackets {
    const sent = sendPackets(packets, this.#packetSurroundings);
    this.#count += sent.count;
    return sent;
  }

  curl(from: Source, url: string, options: CurlOptions = {}): HttpTrace & Displayed {
    this.#ready(from);
    return shownTrace(this.#requests.curl(from, url, options));
  }

  #open(from: Source, destination: AddressedDestination, lookup?: NameLookup): NamedTrace & Displayed {
    const { state, tracer } = this.#ready(from);
    const traced = connect(state, tracer, { from, to: destination, sourcePort: this.#sourcePort(0) });
    this.#count++;
    const located = locatedTrace(traced, sourcePositions(state), (trace) =>
      warningsOnTheWay(this.#plane, trace).map(formatWarning),
    );
    return shownTrace(lookup === undefined ? located : Object.assign(located, { lookup }));
  }

  #requestsIn(answer: AnswerOfPod | undefined, nowMs: () => number): HttpRequests {
    return new HttpRequests({
      answer,
      nowMs,
      connect: (from, to, lookup) => this.#open(from, to, lookup),
      resolve: (from, name) => this.#found(from, name),
      controllerAt: (pod) => this.ingress.controllerAt(pod),
      healthAnswer: (node, question) => askNodeHealth(this.#plane.node(node), this.#state, question, nowMs()),
      positions: () => sourcePositions(this.#state),
    });
  }

  resolve(from: Source, name: string, options: LookupOptions = {}): NameLookup & Displayed {
    return shownLookup(this.#names.resolve(from, name, options));
  }

  /** What programs that look names up find at the sender's. */
  names(from: Source): NameSystem {
    return this.#names.system(from);
  }

  controller(from: Source): RunningController | undefined {
    const pod = this.#podOf(from);
    return pod === undefined ? undefined : this.ingress.at(pod);
  }

  /** @throws ParseError where nobody is there */
  #podOf(from: Source): ObjectKey | undefined {
    const { state, tracer } = this.#ready(from);
    resolveSource(state, tracer.walker.topology, from);
    if (from.kind !== "pod") return undefined;
    const key = `${from.namespace}/${from.name}`;
    return state.tables.Pod.has(key) ? key : generatedPod(state, key);
  }

  /** Of a name, the first of its addresses. @throws ParseError where it has none */
  #resolved(
    from: Source,
    to: string,
    options: { readonly quiet?: boolean } = {},
  ): { readonly destination: AddressedDestination; readonly lookup?: NameLookup } {
    const destination = parseDestination(to);
    if (destination.kind !== "name") return { destination };
    const { name, port, protocol } = destination;
    const lookup = this.#found(from, name, options);
    return { destination: { kind: "address", address: lookup.addresses[0]!, port, protocol }, lookup };
  }

  /** @throws ParseError for a name that has no address */
  #found(from: Source, name: string, options: { readonly quiet?: boolean } = {}): NameLookup {
    const lookup = this.#names.resolve(from, name, options);
    if (lookup.addresses.length === 0) throw unresolved(this.#state, from, lookup);
    return lookup;
  }

  /** Of a name that a program in a Pod looks up beside all traffic; none where it finds none. */
  #addressesAt(pod: ObjectKey, name: string): readonly string[] {
    const [namespace = "", podName = ""] = pod.split("/");
    if (!this.#state.tables.Pod.has(pod)) return [];
    return this.#names.resolve({ kind: "pod", namespace, name: podName }, name, { quiet: true, pod }).addresses;
  }

  /** Where nothing was settled, the objects as they are. */
  #history(config: KubeProxyConfig, nowMs: number): ObjectHistory {
    const { history } = this.#plane;
    return history.length > 0 ? history : [{ state: this.#state, changes: [], config, nowMs }];
  }

  #send({ from, address, port, transport, sourcePort }: NameServerQuery): Trace {
    const { state, tracer } = this.#ready(from);
    const to = { kind: "address", address, port, protocol: transport === "udp" ? "UDP" : "TCP" } as const;
    return connect(state, tracer, { from, to, sourcePort });
  }

  shares(from: Source, to: string): readonly Share[] & Displayed {
    const { state, tracer } = this.#ready(from);
    const { topology } = tracer.walker;
    const { destination } = this.#resolved(from, to, { quiet: true });
    const request = requestOf(state, topology, { from, to: destination, sourcePort: this.#sourcePort(0) });
    return shownShares(shares(topology, this.#plane.attach(topology.nodes), request));
  }

  /** Of the connection after so many others. */
  #sourcePort(index: number): number {
    return firstSourcePort + ((this.#count + index) % sourcePorts);
  }

  get #state(): ClusterState {
    return this.#plane.history.at(-1)?.state ?? this.#unsettled();
  }

  /** The settled state, and its network with the sender in it. */
  #ready(from: Source): { readonly state: ClusterState; readonly tracer: Tracer<RememberingWalker> } {
    this.#plane.requireModelled();
    const state = this.#state;
    if (this.#entryNode !== undefined && !state.tables.Node.has(this.#entryNode)) {
      throw noSuchNode(this.#entryNode, state.tables.Node.keys());
    }
    return { state, tracer: this.#network.tracer(state, from.kind === "external" ? from.address : undefined) };
  }
}
