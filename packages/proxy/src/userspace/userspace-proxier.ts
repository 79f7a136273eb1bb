import type { Change } from "@kubenetsim/core/apiserver/cluster-state";
import type { Endpoints } from "@kubenetsim/core/model/endpoints";
import type { Service, ServicePortSpec } from "@kubenetsim/core/model/service";
import { type AddressWords, formatAddress } from "@kubenetsim/core/net/address";
import type { Protocol } from "@kubenetsim/core/net/protocol";
import type { Clock } from "@kubenetsim/core/runtime/clock";
import type { Random } from "@kubenetsim/core/runtime/random";
import { error, type LogLine } from "../log/log-line.ts";
import type { Problem } from "../log/problem.ts";
import { HeldSockets } from "./held-sockets.ts";
import type { IptablesCommand } from "./iptables-command.ts";
import { PortClaims } from "./port-claims.ts";
import { ensurePortalChains, flushPortalChains } from "./portal-chains.ts";
import { isAnyAddress } from "./portal-rules.ts";
import { type PortalOptions, Portals } from "./portals.ts";
import { noPortsLeft, type PortRange, ProxyPorts, startFailure } from "./proxy-ports.ts";
import { ProxySocket, type SocketSurroundings } from "./proxy-socket.ts";
import { RoundRobin } from "./round-robin.ts";
import {
  isServed,
  isWatched,
  type ServedPort,
  sameConfig,
  servedPort,
  servedPortName,
  serviceName,
} from "./served-port.ts";

/** `family` is that of the node's primary address: userspace mode has no other. */
export interface UserspaceOptions extends PortalOptions {
  /** Undefined to leave the choice of ports to the node's kernel. */
  readonly portRange: PortRange | undefined;
  /** `--udp-timeout`. */
  readonly udpIdleMs: number;
}

/** Something that kube-proxy could not do for a Service port. */
export interface UserspaceProblem extends Problem {
  readonly servicePort: string;
}

/** Ports of the node from which kube-proxy dials, in turn. */
const sourcePorts = { first: 32768, last: 60999 };

/**
 * kube-proxy in userspace mode on one node (pkg/proxy/userspace/proxier.go of Kubernetes 1.25, the last that had it): it
 * listens on a port of its own for each port of a Service, iptables rules lead to these, and what it accepts it passes on to
 * endpoints in turn. Mutable, as the process is: `fork` gives one that goes its own way.
 *
 * Changed Services are taken in the order of their names where the real one takes that of a Go map.
 */
export class UserspaceProxier {
  readonly options: UserspaceOptions;
  readonly #random: Random;
  readonly #around: SocketSurroundings;
  readonly #balancer: RoundRobin;
  readonly #ports: ProxyPorts;
  readonly #held: HeldSockets;
  readonly #claims: PortClaims;
  readonly #portals: Portals;
  readonly #served = new Map<string, ServedPort>();
  readonly #sockets = new Map<string, ProxySocket>();
  /** Service ports that it does not serve, and why. */
  readonly #failed = new Map<string, LogLine>();
  #openProblems: UserspaceProblem[] = [];
  #started = new Map<string, number>();
  #nextSourcePort = sourcePorts.first;

  constructor(options: UserspaceOptions, random: Random, clock: Clock, copied?: UserspaceProxier) {
    this.options = options;
    this.#random = random;
    this.#balancer =
      copied === undefined
        ? new RoundRobin(random.fork("round-robin"), clock)
        : copied.#balancer.fork(random.fork("round-robin"), clock);
    this.#ports =
      copied === undefined ? new ProxyPorts(options.portRange, random.fork("proxy-ports")) : copied.#ports.fork();
    this.#held = copied === undefined ? new HeldSockets() : copied.#held.fork();
    this.#claims = copied === undefined ? new PortClaims(this.#held) : copied.#claims.fork(this.#held);
    this.#portals = copied === undefined ? new Portals(options, this.#claims) : copied.#portals.fork(this.#claims);
    this.#around = {
      balancer: this.#balancer,
      clock,
      udpIdleMs: options.udpIdleMs,
      nextSourcePort: () => this.#takeSourcePort(),
    };
  }

  /** What went wrong and has not been put right since, sorted by Service port. */
  get problems(): readonly UserspaceProblem[] {
    const failed = [...this.#failed].map(([servicePort, line]) => ({ servicePort, line }));
    return [...failed, ...this.#openProblems].sort((a, b) => (a.servicePort < b.servicePort ? -1 : 1));
  }

  /** Who takes what comes to an address and port of the node, if it is a proxy. */
  listener(protocol: Protocol, address: AddressWords, port: number): ProxySocket | undefined {
    const { listenIP } = this.options.proxy;
    const listens = isAnyAddress(listenIP)
      ? listenIP === "::" || address.length === 1
      : formatAddress(address) === listenIP;
    return !listens ? undefined : this.#sockets.get(`${protocol}/${port}`);
  }

  /** The Service ports that are served, in the order in which they were opened. */
  get served(): Iterable<ServedPort> {
    return this.#served.values();
  }

  /** kube-proxy starts: it empties the chains that an earlier one may have left, hears of all objects and syncs. */
  start(iptables: IptablesCommand, services: readonly Service[], endpoints: readonly Endpoints[]): void {
    ensurePortalChains(iptables);
    flushPortalChains(iptables);
    for (const one of endpoints) if (isWatched(one.metadata)) this.#balancer.addEndpoints(one);
    this.#sync(
      iptables,
      services.map((service) => ({ before: undefined, after: service })),
    );
  }

  /**
   * Hears of changes and syncs; false when none of them concerned it. A sync follows a change of a Service at once, so Services
   * come before the Endpoints that their controller makes. Gives the UDP cluster IPs whose connections conntrack is to forget.
   */
  change(iptables: IptablesCommand, changes: readonly Pick<Change, "kind" | "before" | "after">[]): AddressWords[] {
    const services = changes.filter(({ kind }) => kind === "Service") as ServiceChange[];
    const stale = services.length === 0 ? [] : this.#sync(iptables, services);
    for (const { kind, before, after } of changes) {
      if (kind === "Endpoints") this.#changeEndpoints(watched(before as Endpoints), watched(after as Endpoints));
    }
    return stale;
  }

  /** A copy that goes its own way from here. */
  fork(random: Random, clock: Clock): UserspaceProxier {
    const copy = new UserspaceProxier(this.options, random, clock, this);
    for (const [name, served] of this.#served) copy.#served.set(name, served);
    for (const [key, socket] of this.#sockets) copy.#sockets.set(key, socket.fork(copy.#around));
    for (const [name, line] of this.#failed) copy.#failed.set(name, line);
    copy.#openProblems = this.#openProblems;
    copy.#started = new Map(this.#started);
    copy.#nextSourcePort = this.#nextSourcePort;
    return copy;
  }

  #changeEndpoints(before: Endpoints | undefined, after: Endpoints | undefined): void {
    if (before !== undefined && after !== undefined) this.#balancer.updateEndpoints(before, after);
    else if (after !== undefined) this.#balancer.addEndpoints(after);
    else if (before !== undefined) this.#balancer.deleteEndpoints(before);
  }

  /** One run of syncProxyRules. */
  #sync(iptables: IptablesCommand, changes: readonly ServiceChange[]): AddressWords[] {
    ensurePortalChains(iptables);
    const stale: AddressWords[] = [];
    for (const { before, after } of [...changes].sort(byName)) {
      const ports = after === undefined || !isServed(after) ? [] : this.#merge(iptables, after);
      if (before !== undefined && isServed(before)) stale.push(...this.#unmerge(iptables, before, new Set(ports)));
    }
    this.#portals.learnLocalAddresses();
    this.#openProblems = [];
    for (const [name, served] of this.#served) {
      const problem = this.#portals.open(iptables, served);
      if (problem !== undefined) {
        const line = error("Failed to ensure portal", { err: problem, servicePortName: name });
        this.#openProblems.push({ servicePort: name, line });
      }
      this.#balancer.forgetStale(name);
    }
    return stale;
  }

  /** Serves the ports of a Service as it is now; those that have changed get another proxy. Gives their names. */
  #merge(iptables: IptablesCommand, service: Service): string[] {
    const ports = service.spec.ports ?? [];
    for (const port of ports) {
      const known = this.#served.get(servedPortName(service, port));
      if (known !== undefined && sameConfig(known, servedPort(service, port, known.proxyPort))) continue;
      if (known !== undefined) this.#closePortalAndProxy(iptables, known);
      this.#serve(iptables, service, port);
    }
    return ports.map((port) => port.name ?? "");
  }

  #serve(iptables: IptablesCommand, service: Service, port: ServicePortSpec): void {
    const name = servedPortName(service, port);
    const allocated = this.#ports.allocate();
    const proxyPort = allocated === undefined ? undefined : this.#listen(name, port.protocol ?? "TCP", allocated);
    if (proxyPort === undefined) {
      const line =
        allocated === undefined
          ? error("Failed to allocate proxy port", { err: noPortsLeft, serviceName: name })
          : error("Failed to start proxy", { err: startFailure(port.protocol ?? "TCP", allocated), serviceName: name });
      this.#failed.set(name, line);
      return;
    }
    this.#failed.delete(name);
    const served = servedPort(service, port, proxyPort);
    this.#served.set(name, served);
    this.#sockets.set(`${served.protocol}/${proxyPort}`, new ProxySocket(served, this.#around));
    this.#portals.open(iptables, served);
    this.#balancer.newService(name, served.clientIP, served.stickySeconds);
  }

  /** The port on which it listens; undefined when it cannot. */
  #listen(name: string, protocol: Protocol, port: number): number | undefined {
    if (protocol === "SCTP") return undefined;
    const address = this.#listenAddress;
    if (port !== 0) return this.#held.open(protocol, address, port) ? port : undefined;
    const times = (this.#started.get(name) ?? 0) + 1;
    this.#started.set(name, times);
    return this.#held.openAny(protocol, address, this.#random.fork(`proxy-port/${name}/${times}`));
  }

  #unmerge(iptables: IptablesCommand, service: Service, left: ReadonlySet<string>): AddressWords[] {
    const stale: AddressWords[] = [];
    for (const port of service.spec.ports ?? []) {
      if (left.has(port.name ?? "")) continue;
      const name = servedPortName(service, port);
      this.#failed.delete(name);
      const served = this.#served.get(name);
      if (served === undefined) continue;
      if (served.protocol === "UDP") stale.push(served.clusterIP);
      this.#closePortalAndProxy(iptables, served);
      this.#balancer.deleteService(name);
    }
    return stale;
  }

  /** Of a portal that another Service's claim keeps from being closed, the proxy stays too. */
  #closePortalAndProxy(iptables: IptablesCommand, served: ServedPort): void {
    if (!this.#portals.close(iptables, served)) return;
    this.#served.delete(served.name);
    this.#sockets.delete(`${served.protocol}/${served.proxyPort}`);
    this.#held.close(served.protocol, this.#listenAddress, served.proxyPort);
    this.#ports.release(served.proxyPort);
  }

  get #listenAddress(): string {
    const { listenIP } = this.options.proxy;
    return isAnyAddress(listenIP) ? "" : listenIP;
  }

  #takeSourcePort(): number {
    const port = this.#nextSourcePort;
    this.#nextSourcePort = port === sourcePorts.last ? sourcePorts.first : port + 1;
    return port;
  }
}

interface ServiceChange {
  readonly before: Service | undefined;
  readonly after: Service | undefined;
}

function byName(a: ServiceChange, b: ServiceChange): number {
  const [left, right] = [serviceName((a.after ?? a.before)!), serviceName((b.after ?? b.before)!)];
  return left < right ? -1 : left > right ? 1 : 0;
}

function watched(endpoints: Endpoints | undefined): Endpoints | undefined {
  return endpoints !== undefined && isWatched(endpoints.metadata) ? endpoints : undefined;
}
