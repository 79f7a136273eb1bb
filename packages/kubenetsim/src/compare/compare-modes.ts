import type { Change, ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import type { IpAddress } from "@kubenetsim/core/net/address";
import { virtualClock } from "@kubenetsim/core/runtime/clock";
import { invariant } from "@kubenetsim/core/runtime/invariant";
import { seededRandom } from "@kubenetsim/core/runtime/random";
import type { Cost } from "@kubenetsim/core/trace/cost";
import type { KubeProxyConfig, ProxyMode } from "@kubenetsim/proxy/config/kube-proxy-config";
import { BalancerPool } from "../cloud/balancer-pool.ts";
import { balancing } from "../cloud/balancing.ts";
import { DataPlane } from "../dataplane/data-plane.ts";
import { Network } from "../dataplane/network.ts";
import { GrowingServices } from "./growing-services.ts";
import { type TestBench, testBench } from "./test-bench.ts";

/** What the first packet of a connection to the last Service costs, by mode: exact counts. */
export interface ModeComparison {
  /** Services that were added to those of the cluster. */
  readonly services: number;
  readonly iptables: Cost;
  readonly ipvs: Cost;
  readonly nftables: Cost;
  /** Of both connections; only where it was asked for. */
  readonly userspace?: Cost;
}

export interface ComparisonOptions {
  readonly config: KubeProxyConfig;
  readonly seed: string;
  /** Also userspace mode, as Kubernetes had it until 1.25: its node has no ports for more than some 28,000 Services. */
  readonly withUserspace?: boolean;
  /** Told before each measurement. */
  readonly onStep?: (services: number, mode: ProxyMode) => void;
}

/**
 * Adds Services to a cluster and counts, at each number of them, what a new connection from a Pod to the last one costs
 * on the way there. Going from one number to the next only the new Services are computed.
 *
 * @param sizes numbers of Services to add, in ascending order
 * @throws ParseError when they do not fit into the cluster's ranges.
 */
export function compareModes(
  state: ClusterState,
  sizes: readonly number[],
  options: ComparisonOptions,
): ModeComparison[] {
  const bench = testBench(state);
  const modes = {
    iptables: new Measurement(bench, "iptables", options),
    ipvs: new Measurement(bench, "ipvs", options),
    nftables: new Measurement(bench, "nftables", options),
    ...(options.withUserspace === true ? { userspace: new Measurement(bench, "userspace", options) } : {}),
  };
  const growing = new GrowingServices(state, bench);
  return sizes.map((services) => {
    const changes: Change[] = [];
    let last: IpAddress | undefined;
    while (growing.count < services) {
      const grown = growing.next();
      changes.push(...grown.changes);
      last = grown.address;
    }
    invariant(last !== undefined, "sizes must be positive and ascending");
    const measure = (mode: keyof typeof modes): Cost => {
      options.onStep?.(services, mode);
      return modes[mode]!.measure(changes, last!);
    };
    return {
      services,
      iptables: measure("iptables"),
      ipvs: measure("ipvs"),
      nftables: measure("nftables"),
      ...(modes.userspace === undefined ? {} : { userspace: measure("userspace") }),
    };
  });
}

/** One mode's kube-proxy and kernel on the bench. */
class Measurement {
  readonly #bench: TestBench;
  readonly #options: ComparisonOptions;
  readonly #config: KubeProxyConfig;
  readonly #plane: DataPlane;

  constructor(bench: TestBench, mode: ProxyMode, options: ComparisonOptions) {
    this.#bench = bench;
    this.#options = options;
    this.#config = { ...options.config, mode };
    this.#plane = new DataPlane({ random: seededRandom(options.seed), clock: virtualClock(), cni: "bridge" });
    this.#plane.add({ state: bench.state, changes: [], config: this.#config });
  }

  measure(changes: readonly Change[], destination: IpAddress): Cost {
    const { state, client } = this.#bench;
    const { seed } = this.#options;
    this.#plane.add({ state, changes, config: this.#config });
    const tracer = Network.of(state, this.#plane, {
      random: seededRandom(seed).fork("network"),
      seed,
      cni: "bridge",
      clients: undefined,
      balancing: balancing(new BalancerPool(this.#plane, () => 0)),
    }).tracer(this.#plane);
    const from = tracer.walker.topology.pods.get(client)!;
    const trace = tracer.trace({ from, protocol: "TCP", destination, destinationPort: 80 });
    invariant(trace.disposition === "delivered", `the measured packet was ${trace.disposition}: ${trace.reason}`);
    return trace.request.cost;
  }
}
