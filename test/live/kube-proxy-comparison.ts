import { type ProxyCase, type ProxyCaseOptions, randomProxyCase } from "@kubenetsim/testing";
import { CannotCompare, type Comparison } from "./comparison.ts";
import { differenceOf } from "./differences.ts";
import { askPeer, type PeerAnswer } from "./peer-answers.ts";
import { peerProgram } from "./peer-program.ts";
import type { Removable } from "./shrink.ts";

const removable: Removable = {
  lists: new Set(
    "steps services endpointSlices delete ports endpoints externalIPs ingress loadBalancerSourceRanges forZones forNodes nodePortAddresses serviceCIDRs".split(
      " ",
    ),
  ),
  fields: new Set(
    (
      "serviceCIDRs nodeLabels elapsed full refuse status externalIPs loadBalancerSourceRanges sessionAffinity sessionAffinityConfig " +
      "internalTrafficPolicy externalTrafficPolicy healthCheckNodePort nodePort hints forZones forNodes conditions ready serving " +
      "terminating nodeName ipMode nodePortAddresses bindAddress masqueradeAll masqueradeBit localhostNodePorts syncPeriod " +
      "conntrack featureGates detectLocalMode detectLocal clusterCIDR"
    ).split(" "),
  ),
};

/** kube-proxy in one mode: what it writes over a random life. */
export function kubeProxyComparison(
  mode: ProxyCaseOptions["mode"],
  { steps, services }: { readonly steps: number; readonly services: number },
): Comparison<ProxyCase, PeerAnswer> {
  const program = peerProgram(console.log);
  return {
    casesAtOnce: 50,
    removable,
    draw: (seed) => randomProxyCase(seed, { mode, minSteps: steps, maxSteps: steps + 2, maxServices: services }),
    ask: async (cases, answered) => {
      if ("missing" in program) throw new CannotCompare(program.missing);
      return askPeer(program.path, cases, 2, answered);
    },
    differenceOf,
    record: (one, answer) => ({ case: one, answer }),
  };
}
