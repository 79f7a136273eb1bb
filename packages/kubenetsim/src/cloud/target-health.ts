import type { ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import type { ObjectKey } from "@kubenetsim/core/model/api-object";
import type { EndpointSlice } from "@kubenetsim/core/model/endpoint-slice";
import { formatAddress } from "@kubenetsim/core/net/address";
import type {
  HealthCheck,
  HealthChecks,
  LoadBalancerListener,
  LoadBalancerTarget,
} from "@kubenetsim/network/balancer/load-balancer";
import { shares } from "@kubenetsim/network/shares/shares";
import type { Topology } from "@kubenetsim/network/topology/topology";
import type { KubeProxyConfig } from "@kubenetsim/proxy/config/kube-proxy-config";
import { takeSnapshot } from "@kubenetsim/proxy/snapshot/snapshot";
import type { DataPlane } from "../dataplane/data-plane.ts";
import { type AskedProxy, healthStatus } from "../dataplane/health-servers.ts";
import { heldPorts } from "../dataplane/held-ports.ts";
import { kubeProxyCheck } from "./service-balancer.ts";

/** The nodes that have endpoints of a Service, ready or not. */
function nodesOf(slices: Iterable<EndpointSlice>): ReadonlySet<string | undefined> {
  return new Set([...slices].flatMap(({ endpoints }) => (endpoints ?? []).map(({ nodeName }) => nodeName)));
}

/** What is asked, as a text. */
function nameOf({ healthCheck, protocol }: LoadBalancerListener): string {
  if (healthCheck === undefined) return "";
  const { service = "", port, path = "" } = healthCheck;
  return `${service} ${protocol} ${port}${path}`;
}

/** The network in which targets are asked. */
export interface AskedNetwork {
  readonly state: ClusterState;
  readonly topology: Topology;
  slicesOf(service: ObjectKey): Iterable<EndpointSlice>;
}

type Health = readonly (string | undefined)[];

/**
 * What load balancers find when they check their targets: kube-proxies answer on their health ports, anybody else by a connection
 * that is tried without leaving a trace. Asked again when something was settled.
 */
export class TargetHealth {
  readonly #plane: DataPlane;
  readonly #nowMs: () => number;
  #network: AskedNetwork | undefined;
  /** The data plane's revision at which `#known` was found. */
  #at = -1;
  readonly #known = new Map<readonly LoadBalancerTarget[], Map<string, Health>>();
  /** What was found before, kept where it is the same. */
  #before = new Map<string, Health>();
  #held: ReturnType<typeof heldPorts> | undefined;

  constructor(plane: DataPlane, nowMs: () => number) {
    this.#plane = plane;
    this.#nowMs = nowMs;
  }

  /** From now on this network's targets are asked. */
  look(network: AskedNetwork): void {
    if (this.#network?.topology !== network.topology) this.#at = -1;
    this.#network = network;
  }

  readonly of: HealthChecks = (listener) => {
    if (this.#at !== this.#plane.revision) this.#forget();
    const { targets } = listener;
    const byCheck = this.#known.get(targets) ?? new Map<string, Health>();
    this.#known.set(targets, byCheck);
    const name = nameOf(listener);
    const known = byCheck.get(name);
    if (known !== undefined) return known;
    const found = this.#same(name, this.#check(listener));
    byCheck.set(name, found);
    return found;
  };

  #forget(): void {
    this.#at = this.#plane.revision;
    this.#known.clear();
    this.#held = undefined;
  }

  #same(name: string, found: Health): Health {
    const before = this.#before.get(name);
    if (before?.length === found.length && before.every((reason, i) => reason === found[i])) return before;
    this.#before.set(name, found);
    return found;
  }

  #check({ healthCheck, targets, protocol }: LoadBalancerListener): Health {
    const network = this.#network;
    if (healthCheck === undefined || network === undefined) return targets.map(() => undefined);
    if (healthCheck.path !== undefined) return this.#askAll(network, targets, healthCheck);
    return targets.map((target) => (protocol === "TCP" ? this.#tried(network, target, healthCheck) : undefined));
  }

  /** A Service's health check is answered alike by all kube-proxies without an endpoint of it, where they are configured alike. */
  #askAll(network: AskedNetwork, targets: readonly LoadBalancerTarget[], check: HealthCheck): Health {
    const endpointNodes = check.service === undefined ? undefined : nodesOf(network.slicesOf(check.service));
    const alike = new Map<KubeProxyConfig, string | undefined>();
    return targets.map((target) => {
      const config = this.#plane.startOf(target.name)?.config;
      const isAlike =
        endpointNodes?.has(target.name) === false &&
        config?.nodePortAddresses.length === 0 &&
        !this.#isHeld(network, target, check);
      if (!isAlike) return this.#asked(network, target, check);
      if (!alike.has(config)) alike.set(config, this.#asked(network, target, check));
      return alike.get(config);
    });
  }

  /** An HTTP request: kube-proxy tells what it would answer; of others it is enough that they take the connection. */
  #asked(network: AskedNetwork, target: LoadBalancerTarget, check: HealthCheck): string | undefined {
    const isHeld = this.#isHeld(network, target, check);
    const proxy = isHeld ? undefined : this.#proxyOf(network, target, check);
    const node = network.state.tables.Node.get(target.name);
    const question = { path: check.path!, node, nowMs: this.#nowMs() };
    for (const words of proxy === undefined ? [] : target.addresses) {
      const status = healthStatus(proxy!, words, check.port, question);
      if (status === 200) return undefined;
      if (status !== undefined) return `${check.port}${check.path} answers ${status}`;
    }
    const isProxys = check.service !== undefined || check.port === kubeProxyCheck.port;
    return isProxys && !isHeld ? `port ${check.port}: refused` : this.#tried(network, target, check);
  }

  /** Does a Pod on the node's network have the port? */
  #isHeld({ state }: AskedNetwork, { name }: LoadBalancerTarget, { port }: HealthCheck): boolean {
    this.#held ??= heldPorts(state.tables.Pod.values());
    return this.#held.get(name)?.has(port) === true;
  }

  /** What answers on the node's health ports, of one Service alone: nothing else of kube-proxy is looked at. */
  #proxyOf(network: AskedNetwork, { name }: LoadBalancerTarget, check: HealthCheck): AskedProxy | undefined {
    const config = this.#plane.startOf(name)?.config;
    const settled = this.#plane.history.at(-1);
    const node = settled === undefined ? undefined : this.#plane.proxyNode(name, settled);
    if (config === undefined || node === undefined) return undefined;
    const service = check.service === undefined ? undefined : network.state.tables.Service.get(check.service);
    const endpointSlices = check.service === undefined ? [] : [...network.slicesOf(check.service)];
    const families = service === undefined ? [] : (["IPv4", "IPv6"] as const);
    const proxiers = families.map((family) => ({
      snapshot: takeSnapshot({ family, node, config, services: [service!], endpointSlices }),
    }));
    return { config, syncedMs: [0, 0], proxiers };
  }

  /** A connection from the network in front of the nodes, tried on copies of the nodes' kernels. */
  #tried({ topology }: AskedNetwork, { addresses }: LoadBalancerTarget, { port }: HealthCheck): string | undefined {
    const from = topology.gateway;
    const [address] = addresses;
    if (address === undefined || from === undefined) return "there is no such Node with an address";
    const fates = shares(topology, this.#plane.attach(topology.nodes), {
      from,
      protocol: "TCP",
      destination: formatAddress(address),
      destinationPort: port,
    });
    const isTaken = fates.some(({ disposition }) => disposition === "delivered");
    return isTaken ? undefined : `port ${port}: ${fates[0]?.disposition ?? "no answer"}`;
  }
}
