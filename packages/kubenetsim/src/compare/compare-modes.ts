import type { ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import { invariant } from "@kubenetsim/core/runtime/invariant";
import type { Cost } from "@kubenetsim/core/trace/cost";
import type { KubeProxyConfig } from "@kubenetsim/proxy/config/kube-proxy-config";
import { packetMeasures } from "../experiment/measures.ts";
import { defaultParameters, type Parameters } from "../experiment/parameters.ts";
import { runCell } from "../experiment/run-cell.ts";
import type { Site } from "../experiment/site.ts";
import { siteIn } from "./site-in-cluster.ts";

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
  readonly onStep?: (services: number, mode: Parameters["mode"]) => void;
}

/**
 * An experiment in somebody's cluster: adds Services to it and counts, at each number of them, what a new connection from a Pod to the last one costs
 * on the way there.
 *
 * @param sizes numbers of Services to add, from 1
 * @throws ParseError when they do not fit into the cluster's ranges.
 */
export function compareModes(
  state: ClusterState,
  sizes: readonly number[],
  { config, seed, withUserspace = false, onStep }: ComparisonOptions,
): ModeComparison[] {
  const site = siteIn(state, config);
  return sizes.map((services) => {
    const measure = (mode: Parameters["mode"]): Cost => {
      onStep?.(services, mode);
      return costIn(site, { ...defaultParameters, services, mode }, seed);
    };
    return {
      services,
      iptables: measure("iptables"),
      ipvs: measure("ipvs"),
      nftables: measure("nftables"),
      ...(withUserspace ? { userspace: measure("userspace") } : {}),
    };
  });
}

function costIn(site: Site, parameters: Parameters, seed: string): Cost {
  const cell = { index: 0, seed, parameters };
  const { delivered, ...cost } = runCell(cell, [...packetMeasures, "delivered"], [], site).measured;
  invariant(delivered === 1, "the measured packet was not delivered");
  return cost as Cost;
}
