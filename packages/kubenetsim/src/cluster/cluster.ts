import type { Change, ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import type { TextStream } from "@kubenetsim/core/apiserver/manifest/read-manifests";
import { RestServer } from "@kubenetsim/core/apiserver/rest/rest-server";
import type { Kind, KindMap, ObjectKey } from "@kubenetsim/core/model/api-object";
import type { Listener } from "@kubenetsim/core/runtime/change-events";
import type { Clock } from "@kubenetsim/core/runtime/clock";
import type { Trace } from "@kubenetsim/core/trace/trace";
import type { Displayed } from "@kubenetsim/display/display";
import type { CommandResult, FileTree } from "@kubenetsim/kubectl";
import type { Share } from "@kubenetsim/network/shares/shares";
import type { SentPackets } from "@kubenetsim/network/trace/many-packets";
import type { KubeProxyConfig, ProxyMode } from "@kubenetsim/proxy/config/kube-proxy-config";
import type { LoadBalancerReport } from "../cloud/load-balancer-report.ts";
import type { ManyPackets } from "../connect/many-packets.ts";
import { parseSource } from "../connect/source.ts";
import { requireModelled } from "../dataplane/modelled-config.ts";
import type { LookupOptions, NameLookup } from "../dns/name-lookup.ts";
import type { CurlOptions } from "../http/curl-options.ts";
import type { HttpTrace } from "../http/http-exchange.ts";
import { kubeadmTexts } from "../kubeadm/kubeadm-objects.ts";
import { commandSource, type ShellValue } from "../shell/command-source.ts";
import { type KubectlOptions, kubectlProgram, runKubectlLine } from "../shell/kubectl-line.ts";
import { MemoryFiles } from "../shell/memory-files.ts";
import type { Warning } from "../warnings/warning.ts";
import type { ClusterOptions } from "./cluster-options.ts";
import type { ClusterSnapshot } from "./cluster-snapshot.ts";
import { ClusterStore } from "./cluster-store.ts";
import type { InputText } from "./control-plane.ts";
import { checkOptions } from "./effective-options.ts";
import { newNodes } from "./new-node.ts";
import { NodeHandle } from "./node-handle.ts";
import { findObject, listObjects } from "./object-lookup.ts";
import { OutsideHandle } from "./outside-handle.ts";
import { PodHandle } from "./pod-handle.ts";
import { type ForkOptions, Stages } from "./stages.ts";

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
  /** What `kubectl` and the nodes' `sh` read and write: `files.write(path, text)`, `files.read(path)`, `files.list(folder)`. */
  readonly files: FileTree;
  readonly #stages: Stages;

  private constructor(stages: Stages, files: FileTree) {
    this.files = files;
    this.seed = stages.seed;
    this.clock = stages.clock;
    this.#stages = stages;
    this.api = new RestServer(
      new ClusterStore({
        ...stages.context,
        state: () => stages.state,
        commit: (state, changes) => stages.commit(state, changes),
        events: stages.events,
      }),
    );
  }

  /** @throws ParseError, StatusError for options that cannot be, UnsupportedError for a mode or scheduler that is not modelled. */
  static create(options: ClusterOptions = {}): Cluster {
    checkOptions(options);
    const cluster = new Cluster(Stages.empty(options), options.files ?? new MemoryFiles());
    for (const node of newNodes(options.nodes ?? [])) cluster.apply(JSON.stringify(node), { source: "nodes" });
    if (options.kubeadm === true) {
      cluster.applyAll(kubeadmTexts(cluster.state, options));
      cluster.settle();
    }
    return cluster;
  }

  /** All objects as they are now, settled or not. */
  get state(): ClusterState {
    return this.#stages.state;
  }

  /** The mode of a kube-proxy that starts now; `node(name).proxyMode` is the one that runs there. */
  get proxyMode(): ProxyMode {
    return this.#stages.control.config.mode;
  }

  /** What a kube-proxy takes that starts now. Those that run keep what they have until they restart. */
  get proxyConfig(): KubeProxyConfig {
    return this.#stages.control.config;
  }

  /** What is allowed and probably not meant: of the applied texts, and of the cluster as it stands. */
  get warnings(): readonly Warning[] {
    return this.#stages.warnings;
  }

  /**
   * Creates or replaces objects from YAML or JSON, all of the text or nothing. Returns what changed. A text too large to be held comes
   * in pieces, cut anywhere, from a function that may be called again; of its objects only where they begin is remembered.
   * @example lab.apply(() => fileChunks("dump.jsonl"), { source: "dump.jsonl" });
   * @throws ParseError, StatusError (worded as the API server words it), UnsupportedError
   */
  apply(text: string | TextStream["chunks"], options: { readonly source?: string } = {}): readonly Change[] {
    const { source = "<text>" } = options;
    return this.applyAll([typeof text === "function" ? { source, chunks: text } : { source, text }]);
  }

  /** Several texts at once, or streams: they may refer to each other in any order, and all of them are applied or none. */
  applyAll(texts: readonly InputText[]): readonly Change[] {
    return this.#stages.apply(texts);
  }

  /** Lets cloud, controllers and kube-proxy work until nothing is left to do. Returns all changes since the last time. */
  settle(): readonly Change[] {
    return this.#stages.settle();
  }

  /**
   * Deletes an object, as `kubectl delete` does. What hangs on it follows when the cluster settles: Endpoints of a Pod, a new
   * Pod of its Deployment or DaemonSet. The Pod of a kube-proxy (kube-system, label k8s-app=kube-proxy) takes it along: another
   * one starts on its node.
   * @throws StatusError NotFound, ParseError for what is no kind or no key
   */
  delete(kind: Kind, key: ObjectKey): Change {
    return this.#stages.delete(kind, key);
  }

  /** Ends kube-proxy on all nodes (`kubectl rollout restart`): those that start then take the configuration of now. */
  restartKubeProxy(): void {
    this.#stages.act({ kind: "restart", node: undefined });
  }

  /** @throws ParseError for what is no kind or no key */
  get<K extends Kind>(kind: K, key: ObjectKey): KindMap[K] | undefined {
    return findObject(this.state, kind, key);
  }

  /** In the order in which they were created. @throws ParseError for what is no kind */
  list<K extends Kind>(kind: K, namespace?: string): readonly KindMap[K][] {
    return listObjects(this.state, kind, namespace);
  }

  /**
   * Runs a command line of kubectl, with or without that word before it: `> file`, `| grep …`, `;` and here-documents work as in
   * a shell, on `files`. In a template each inserted value is one word, or a part of one; nothing else is expanded. The cluster
   * settles after each command.
   *
   * @example
   * lab.kubectl`create service clusterip ${name} --tcp=80:8080 --dry-run=client -o yaml > service.yaml`;
   * lab.kubectl("apply -f service.yaml").stdout; // "service/web created\n"
   * lab.kubectl("edit configmap kube-proxy -n kube-system", { edit: (text) => text.replace('mode: ""', "mode: ipvs") });
   * lab.kubectl("EDITOR='sed -i s/80/81/' kubectl edit service web");
   * What kubectl or a shell has and this has not is refused on `stderr`, by name.
   * @throws ParseError for an inserted value that is neither text nor number
   */
  kubectl(line: string, options?: KubectlOptions): CommandResult;
  kubectl(line: TemplateStringsArray, ...values: readonly ShellValue[]): CommandResult;
  kubectl(line: string | TemplateStringsArray, ...given: readonly unknown[]): CommandResult {
    if (typeof line === "string")
      return runKubectlLine(this, commandSource(line), given[0] as KubectlOptions | undefined);
    return runKubectlLine(this, commandSource(line, given as readonly ShellValue[]));
  }

  /** `shop/client`, or `client` of the namespace default; also the name of a Deployment, for the first of its Pods. */
  pod(name: string): PodHandle {
    return new PodHandle(parseSource(`pod/${name}`), this.#stages.connections, this.files);
  }

  node(name: string): NodeHandle {
    const shell = { files: this.files, programs: [["kubectl", kubectlProgram(this)] as const] };
    return new NodeHandle(name, this.#stages.nodeControl(name), this.#stages.connections, shell);
  }

  /** A host outside of the cluster; any address will do. It keeps the files that were written there. */
  external(address?: string): OutsideHandle {
    const source = parseSource(address === undefined ? "external" : `external:${address}`);
    const { connections } = this.#stages;
    return new OutsideHandle(source, connections, connections.outsideFiles.of(source));
  }

  /**
   * A load balancer with its listeners and their targets' health, as settled: `shop/web` of a Service, or as `loadBalancers` calls it.
   * @example console.log(String(lab.loadBalancer("ingress-nginx/ingress-nginx-controller")));
   * @throws ParseError where there is none of this name
   */
  loadBalancer(name: string): LoadBalancerReport {
    return this.#stages.connections.loadBalancer(name);
  }

  /** All load balancers. It sees what was settled. */
  loadBalancers(): readonly LoadBalancerReport[] {
    return this.#stages.connections.loadBalancers();
  }

  /**
   * Opens a connection and tells its packets' whole way. It sees what was settled.
   *
   * @example lab.trace({ from: "pod/shop/client", to: "svc/shop/api:grpc" });
   * @throws ParseError for names that do not exist
   */
  trace(connection: { readonly from: string; readonly to: string }): Trace & Displayed {
    return this.#stages.connections.connect(parseSource(connection.from), connection.to);
  }

  /**
   * Opens many connections, one after another, and tells in numbers what `trace` would tell of each; nothing is built for a packet.
   * Each has the next source port, and leaves on its hosts what it leaves: conntrack entries, counters, schedulers' turns.
   * @example lab.sendMany({ from: ["pod/shop/client"], to: ["svc/shop/web", "svc/shop/api:grpc"], count: 100_000 }).requestRules;
   * @throws ParseError for what does not exist, before anything is sent
   */
  sendMany(packets: ManyPackets): SentPackets {
    return this.#stages.connections.sendMany(packets);
  }

  /**
   * Asks for a URL as curl does there, and tells the whole way, through every proxy. It sees what was settled.
   *
   * @example lab.request({ from: "external", to: "http://shop.test/cart", resolve: ["shop.test:80:203.0.113.1"] }).http?.response?.status;
   * @throws ParseError for what is no URL, for names without an address, and senders that do not exist
   */
  request({
    from,
    to,
    ...options
  }: { readonly from: string; readonly to: string } & CurlOptions): HttpTrace & Displayed {
    return this.#stages.connections.curl(parseSource(from), to, options);
  }

  /**
   * Looks a name up as a program there does, and tells every query, its way and its answer. A name that is not found is an
   * outcome too. It sees what was settled.
   *
   * @example lab.resolve({ from: "pod/shop/client", name: "web", libc: "musl" }).addresses;
   * @throws ParseError for senders that do not exist.
   */
  resolve({
    from,
    name,
    ...options
  }: { readonly from: string; readonly name: string } & LookupOptions): NameLookup & Displayed {
    return this.#stages.connections.resolve(parseSource(from), name, options);
  }

  /**
   * All that may become of the next such connection, each with its exact chance as a fraction; together they are 1. Nothing
   * is sampled and nothing changes. It sees what was settled.
   *
   * @example lab.shares({ from: "pod/shop/client", to: "svc/shop/web" }).map(({ endpoint, chance }) => [endpoint, ratioText(chance)]);
   * @throws ParseError for names that do not exist.
   */
  shares(connection: { readonly from: string; readonly to: string }): readonly Share[] & Displayed {
    return this.#stages.connections.shares(parseSource(connection.from), connection.to);
  }

  /**
   * The same objects in a cluster that goes its own way. With the same proxy mode its kernels are in the same state; with
   * another mode its nodes are fresh ones, that never had another. Random streams go on where they stand, those of load
   * balancers too, unless another seed is given. To see what a change of mode leaves on the same nodes, change the
   * configuration and restart kube-proxy.
   */
  fork(options: ForkOptions = {}): Cluster {
    const files = this.files instanceof MemoryFiles ? this.files.copy() : this.files;
    return new Cluster(this.#stages.fork(options), files);
  }

  /**
   * The objects, the configuration, and what each node's kube-proxy runs with. Costs next to nothing: states are values.
   * Connections, random streams and what earlier kube-proxies have left on the nodes are not part of it.
   */
  snapshot(): ClusterSnapshot {
    return this.#stages.snapshot();
  }

  /**
   * Back to the objects and warnings of a snapshot. The nodes start anew with them, each with the configuration that its
   * kube-proxy had: their connections are forgotten, source ports and random streams begin where they did at first. The clock
   * goes on; `watch` tells nothing of it.
   * @throws ParseError for what `snapshot()` has not given
   */
  restore(snapshot: ClusterSnapshot): void {
    this.#stages.restore(snapshot);
  }

  /** Tells of every write to an object. Returns how to stop. */
  watch(listener: Listener<Change>): () => void {
    return this.#stages.events.watch(listener);
  }

  /** Tracing and the nodes' rules ask by themselves. @throws UnsupportedError where a mode or scheduler stands that is not modelled. */
  requireModelled(mode: ProxyMode = this.proxyMode): void {
    requireModelled({ ...this.proxyConfig, mode }, this.#stages.control.configSource);
  }
}
