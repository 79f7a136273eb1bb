import type { Hook } from "@kubenetsim/netfilter/engine/hook";
import type { Meter } from "@kubenetsim/netfilter/engine/meter";
import type { Openings } from "@kubenetsim/netfilter/engine/openings";
import type { Packet } from "@kubenetsim/netfilter/engine/packet";
import type { Tape } from "@kubenetsim/netfilter/engine/tape";
import type { Verdict } from "@kubenetsim/netfilter/engine/verdict";
import type { Ruleset } from "@kubenetsim/netfilter/ruleset/ruleset";
import type { CopyableKernel } from "@kubenetsim/network/shares/trial-kernel";
import type { Host } from "@kubenetsim/network/topology/host";
import { kernelDevices } from "@kubenetsim/network/topology/kernel-devices";
import type { Process } from "@kubenetsim/network/topology/process";
import type { KernelNames } from "@kubenetsim/network/trace/kernel-names";
import type { HostKernel } from "@kubenetsim/network/walk/host-kernel";
import { awaitsPodCIDR } from "@kubenetsim/proxy/config/local-detector";
import { LocalhostPins } from "@kubenetsim/proxy/nftables/localhost-listener";
import type { ProxyNode } from "@kubenetsim/proxy/snapshot/proxy-node";
import { loadDump } from "./dump-of-rules.ts";
import {
  cleanUpKubeProxy,
  isSameOnOtherNodes,
  type KubeProxy,
  moveKubeProxy,
  proxyOnNode,
  sameNode,
  startKubeProxy,
  syncKubeProxy,
  wakeKubeProxy,
  wakingTime,
} from "./kube-proxy.ts";
import { isModelled } from "./modelled-config.ts";
import {
  emptyKernel,
  forkKernel,
  type KernelSurroundings,
  kernelNames,
  type NodeKernel,
  takeWritten,
} from "./node-kernel.ts";
import { nodeListener } from "./node-listener.ts";
import { concerns, type ObjectHistory, type Settled, startOn } from "./object-history.ts";
import { removeFlowsOf } from "./stale-flows.ts";

/** Where a node's plane reads what it has not seen yet. */
export interface PlaneSource {
  readonly history: ObjectHistory;
  /** Does the node's kube-proxy start at the time of this index, first or again? */
  startsAt(name: string, index: number): boolean;
  requireModelled(node: string): void;
  /** The node whose rules are this one's as long as nothing tells the two apart; the node itself where there is no other. */
  leaderOf(plane: NodePlane): NodePlane;
  /** The node as a settled state has it; undefined when it is not there. */
  proxyNode(name: string, settled: Settled): ProxyNode | undefined;
}

/**
 * One node's kube-proxy and kernel. Nothing is computed before a packet comes by or a text is asked for; then it catches
 * up with all that was settled meanwhile.
 */
export class NodePlane implements CopyableKernel {
  readonly name: string;
  readonly #source: PlaneSource;
  readonly #surroundings: KernelSurroundings;
  /** Undefined until somebody looks: most nodes of a large cluster are never asked. */
  #made: NodeKernel | undefined;
  #proxy: KubeProxy | undefined;
  /** How many settled times it has seen. */
  #seen = 0;
  /** The node whose rules it has; undefined when it has computed its own. Only from that one's next rules do its counters go on. */
  #followed: NodePlane | undefined;
  /** The last that it followed before it went its own way, and how many settled times it had seen by then. */
  #left: { readonly leader: NodePlane; readonly seen: number } | undefined;
  /** Its kube-proxy has never written what that of a node with the same past would not have written. */
  #isCommon = true;
  #host: Host | undefined;
  /** Grows whenever kube-proxy or what it has written changes. */
  #changes = 0;
  /** How many devices the kernel has been given. */
  #devices = 0;
  #names: KernelNames | undefined;
  /** When kube-proxy wants to do something without a change. */
  #wakesAtMs = Number.POSITIVE_INFINITY;
  /** When the clock calls it, if it may not be late. */
  #calledAtMs = Number.POSITIVE_INFINITY;

  constructor(name: string, source: PlaneSource, surroundings: KernelSurroundings, copied?: NodeKernel) {
    this.name = name;
    this.#source = source;
    this.#surroundings = surroundings;
    this.#made = copied;
  }

  get #kernel(): NodeKernel {
    this.#made ??= emptyKernel(this.#surroundings, this.#host === undefined ? [] : kernelDevices(this.#host));
    return this.#made;
  }

  runHook(hook: Hook, packet: Packet, meter: Meter, tape: Tape | null): Verdict {
    if (this.#seen < this.#source.history.length || this.#kernel.clock.nowMs >= this.#wakesAtMs) this.#catchUp();
    return this.#kernel.kernel.runHook(hook, packet, meter, tape);
  }

  /** As of `HostKernel`. */
  get revision(): number {
    if (this.#seen < this.#source.history.length || this.#kernel.clock.nowMs >= this.#wakesAtMs) this.#catchUp();
    return this.#kernel.kernel.revision + this.#changes;
  }

  get openings(): Openings {
    return this.#kernel.kernel.openings;
  }

  /** kube-proxy's own sockets. */
  listener(packet: Packet): Process | undefined {
    if (this.#seen < this.#source.history.length || this.#kernel.clock.nowMs >= this.#wakesAtMs) this.#catchUp();
    return nodeListener(this.#proxy, packet, this.#kernel);
  }

  copy(): HostKernel {
    const { kernel, userspace, random, clock } = this.current();
    const copy = kernel.copy();
    const node = {
      ...this.#kernel,
      userspace: userspace?.fork(random.fork("kube-proxy"), clock),
      localhostPins: this.#kernel.localhostPins.fork(),
    };
    return {
      runHook: (hook, packet, meter, tape) => copy.runHook(hook, packet, meter, tape),
      listener: (packet) => nodeListener(this.#proxy, packet, node),
    };
  }

  /** @throws UnsupportedError when the node's kube-proxy has started with what is not modelled. */
  requireModelled(): void {
    this.#source.requireModelled(this.name);
  }

  /** The kernel after everything that was settled; undefined proxy when nothing was. */
  current(): { readonly proxy: KubeProxy | undefined } & NodeKernel {
    this.#catchUp();
    return { proxy: this.#proxy, ...this.#kernel };
  }

  /** Gives the kernel the host's devices. A host gets more of them as Pods come; what they are stays. */
  attach(host: Host): void {
    if (host === this.#host && host.devices.length === this.#devices) return;
    this.#host = host;
    this.#devices = host.devices.length;
    this.#made?.kernel.setDevices(kernelDevices(host));
  }

  /**
   * Puts these rules in the place of what kube-proxy wrote for their family. kube-proxy, which takes what is there for its
   * own, notices that in iptables mode when its canary chains have gone.
   */
  load(ruleset: Ruleset): void {
    loadDump(this.current(), ruleset);
    this.#change();
  }

  #change(): void {
    this.#names = undefined;
    this.#changes++;
  }

  /** For traces: what the tape's numbers stand for, as of now. */
  names(): KernelNames {
    this.#catchUp();
    this.#names ??= kernelNames(this.#kernel);
    return this.#names;
  }

  /** The same node in another cluster that shares the history so far; its kernel's state is copied. */
  fork(source: PlaneSource, surroundings: KernelSurroundings): NodePlane {
    if (this.#made === undefined) return new NodePlane(this.name, source, surroundings);
    this.#catchUp();
    const copy = new NodePlane(this.name, source, surroundings, forkKernel(this.#kernel, surroundings));
    copy.#proxy = this.#proxy;
    copy.#seen = this.#seen;
    copy.#isCommon = this.#isCommon;
    copy.#setAlarm();
    return copy;
  }

  /** Does what kube-proxy does now hang on what the kernel has seen? Then it must not be put off. */
  get mustKeepPace(): boolean {
    return this.#made?.director.hasConnections === true;
  }

  /** Nothing for a node that nobody has looked at. */
  keepPace(): void {
    if (this.#seen > 0) this.#catchUp();
  }

  #catchUp(): void {
    const isBehind = this.#seen < this.#source.history.length || this.#kernel.clock.nowMs >= this.#wakesAtMs;
    if (isBehind) {
      if (this.#isCommon && this.#follow(this.#source.leaderOf(this))) return;
      if (this.#followed !== undefined) this.#left = { leader: this.#followed, seen: this.#seen };
      this.#followed = undefined;
    }
    this.#replay();
  }

  /**
   * Takes over what the kube-proxy of a node with the same past has written, where it would be the same here: nothing is computed
   * again, and both kernels run the same code.
   */
  #follow(leader: NodePlane): boolean {
    if (leader === this || !leader.#isCommon) return false;
    leader.#catchUp();
    const { history } = this.#source;
    const last = history.at(-1);
    if (!leader.#isCommon || leader.#proxy === undefined || last === undefined) return false;
    const isNew = this.#seen === 0;
    if (!isNew && (!this.#hasRulesOf(leader) || this.#startsAgain())) return false;
    const node = this.#source.proxyNode(this.name, last);
    if (node === undefined) return false;
    if (!isNew) removeFlowsOf(history.slice(this.#seen), this.#proxy!.proxiers, this.#kernel.kernel);
    this.#proxy = proxyOnNode(leader.#proxy, node);
    takeWritten(this.#kernel, leader.#kernel);
    this.#followed = leader;
    this.#change();
    this.#seen = history.length;
    this.#setAlarm();
    return true;
  }

  /** Does it follow this one, or did both follow another until the same time? */
  #hasRulesOf(leader: NodePlane): boolean {
    if (this.#followed === undefined || this.#followed === leader) return this.#followed === leader;
    return leader.#left?.leader === this.#followed && leader.#left.seen === this.#seen;
  }

  #startsAgain(): boolean {
    const { history } = this.#source;
    for (let at = this.#seen; at < history.length; at++) if (this.#source.startsAt(this.name, at)) return true;
    return false;
  }

  #replay(): void {
    const { history } = this.#source;
    for (; this.#seen < history.length; this.#seen++) {
      const settled = history[this.#seen]!;
      this.#wake(settled.nowMs ?? 0);
      const isCleaned = settled.action?.kind === "cleanup" && concerns(settled.action, this.name);
      if (isCleaned) cleanUpKubeProxy(this.#kernel);
      const before = this.#proxy;
      this.#proxy = this.#next(before, settled);
      if (isCleaned || this.#proxy !== before) this.#change();
      this.#isCommon &&= this.#proxy !== undefined && !isCleaned && isSameOnOtherNodes(this.#proxy);
    }
    this.#wake(this.#kernel.clock.nowMs);
    this.#setAlarm();
  }

  /** Lets kube-proxy do what it wanted to do until this time. */
  #wake(untilMs: number): void {
    if (this.#proxy === undefined) return;
    const before = this.#proxy;
    this.#proxy = wakeKubeProxy(before, untilMs, this.#kernel);
    if (this.#proxy !== before) this.#change();
  }

  #setAlarm(): void {
    const wakesAtMs = this.#proxy === undefined ? Number.POSITIVE_INFINITY : wakingTime(this.#proxy);
    this.#wakesAtMs = wakesAtMs;
    if (!this.mustKeepPace || wakesAtMs >= this.#calledAtMs) return;
    this.#calledAtMs = wakesAtMs;
    this.#kernel.clock.schedule(wakesAtMs, () => {
      this.#calledAtMs = Number.POSITIVE_INFINITY;
      this.#catchUp();
    });
  }

  /** kube-proxy after a settled time. One in a mode that is not modelled does not run. */
  #next(before: KubeProxy | undefined, settled: Settled): KubeProxy | undefined {
    const isAboutNode = settled.changes.some(({ kind, key }) => kind === "Node" && key === this.name);
    const starts = this.#source.startsAt(this.name, this.#seen);
    const node = starts || isAboutNode ? this.#source.proxyNode(this.name, settled) : before?.node;
    if (node === undefined) return before;
    if (starts) {
      this.#kernel.userspace = undefined;
      this.#kernel.localhostPins = new LocalhostPins();
      const start = startOn(settled, this.name);
      if (awaitsPodCIDR(start.config, node)) return undefined;
      return isModelled(start.config) ? startKubeProxy(node, start, this.#kernel) : undefined;
    }
    if (before === undefined) return undefined;
    if (!sameNode(before.node, node)) return moveKubeProxy(before, node, settled, this.#kernel);
    return syncKubeProxy(before, settled, this.#kernel);
  }
}
