import { invariant } from "@kubenetsim/core/runtime/invariant";
import { defaultKubeProxyConfig } from "@kubenetsim/proxy/config/kube-proxy-config";
import { type ProxySnapshot, takeSnapshot, updateSnapshot } from "@kubenetsim/proxy/snapshot/snapshot";
import { proxyNodes } from "kubenetsim/dataplane/proxy-node";
import type { Cell } from "kubenetsim/experiment/experiment";
import { freshSite } from "kubenetsim/experiment/fresh-site";
import { madeCluster } from "kubenetsim/experiment/made-cluster";
import { defaultParameters, type Parameters } from "kubenetsim/experiment/parameters";

/** Mode and size of the cluster whose rules are measured: the one that experiments count in. */
export type ClusterSize = Pick<Parameters, "mode" | "services" | "endpoints" | "scheduler">;

export function cellOf(size: ClusterSize): Cell {
  return { index: 0, seed: "calibrate", parameters: { ...defaultParameters, ...size } };
}

/** What kube-proxy on the only node knows of the cluster, as its Services come, so many at once; the last is all of it. */
export function* growingSnapshots(size: ClusterSize, servicesAtOnce: number): Generator<ProxySnapshot> {
  const { parameters } = cellOf(size);
  const site = freshSite(parameters);
  const { Node, Service, EndpointSlice, ServiceCIDR } = madeCluster(parameters, site).tables;
  const node = proxyNodes(Node.values(), "bridge").get(site.client.node);
  invariant(node !== undefined, "the made cluster has its node");
  const ipvs = { ...defaultKubeProxyConfig.ipvs, scheduler: size.scheduler };
  let snapshot = takeSnapshot({
    family: "IPv4",
    // Its counter would have to be made by hand, and stands where these packets do not come by.
    node: { ...node, nfacct: false },
    config: { ...defaultKubeProxyConfig, mode: size.mode, ipvs },
    services: [],
    endpointSlices: EndpointSlice.values(),
    serviceCIDRs: ServiceCIDR.values(),
  });
  const services = Service.values();
  for (let from = 0; from < services.length; from += servicesAtOnce) {
    const more = services.slice(from, from + servicesAtOnce);
    snapshot = updateSnapshot(
      snapshot,
      more.map((after) => ({ kind: "Service", before: undefined, after })),
    );
    yield snapshot;
  }
}
