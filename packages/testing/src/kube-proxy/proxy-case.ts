import type { EndpointSlice } from "@kubenetsim/core/model/endpoint-slice";
import type { Node } from "@kubenetsim/core/model/node";
import type { Service } from "@kubenetsim/core/model/service";
import * as fc from "fast-check";
import { changeSteps } from "./change-steps.ts";
import { type ProxyConfiguration, proxyConfiguration } from "./proxy-configuration.ts";
import { nodeAddresses, proxyHostNode } from "./proxy-host.ts";

/** What one kube-proxy is started with and then sees. Everything in it is JSON. */
export interface ProxyCase extends ProxyStep {
  readonly config: ProxyConfiguration;
  /** The Node that it runs on. */
  readonly node: Node;
  /** The addresses of the host's eth0, with prefix length. */
  readonly addresses: readonly string[];
  /** What happens afterwards; each step ends with a sync where kube-proxy would sync. */
  readonly steps: readonly ProxyStep[];
}

/** Objects as the API server stores them, and what else happens before one sync. A missing field says that nothing does. */
export interface ProxyStep {
  /** New and changed ones. */
  readonly services?: readonly Service[];
  readonly endpointSlices?: readonly EndpointSlice[];
  /** `Service/namespace/name` or `EndpointSlice/namespace/name`. */
  readonly delete?: readonly string[];
  /** All the cluster's CIDRs of ClusterIPs, where they changed. */
  readonly serviceCIDRs?: readonly string[];
  /** The Node's labels, where they changed. */
  readonly nodeLabels?: Readonly<Record<string, string>>;
  /** Seconds that pass before this sync. */
  readonly elapsed?: number;
  /** The sync writes everything, as after a flush of the tables. */
  readonly full?: boolean;
  /** The first write of each family in this sync fails. */
  readonly refuse?: boolean;
}

export interface ProxyCaseOptions {
  readonly mode: "iptables" | "nftables";
  readonly maxServices?: number;
  readonly minSteps?: number;
  readonly maxSteps?: number;
}

/**
 * A kube-proxy over time: every field of a Service, an EndpointSlice and the configuration that it reads, both families,
 * with objects that come, change and go, and now and then more endpoints than a large cluster starts with.
 *
 * @example
 * fc.assert(fc.property(proxyCase({ mode: "iptables" }), ({ services }) => services!.length <= 6));
 */
export function proxyCase(options: ProxyCaseOptions): fc.Arbitrary<ProxyCase> {
  return fc
    .record({
      config: proxyConfiguration(options.mode),
      node: proxyHostNode(),
      addresses: nodeAddresses(),
      serviceCIDRs: fc.constantFrom(["10.96.0.0/12"], ["10.96.0.0/12", "fd00:10:96::/112"], undefined),
      steps: changeSteps(options),
    })
    .map(({ config, node, addresses, serviceCIDRs, steps: [first, ...steps] }) => ({
      config,
      node,
      addresses,
      ...(serviceCIDRs === undefined ? {} : { serviceCIDRs }),
      ...first,
      steps,
    }));
}

/** A case that depends on nothing but the seed and the options; unlike the arbitrary's first runs it is not kept small. */
export function randomProxyCase(seed: number, options: ProxyCaseOptions): ProxyCase {
  return fc.sample(fc.noBias(proxyCase(options)), { seed, numRuns: 1 })[0]!;
}
