export { address, cidr, cidrText } from "./address.ts";
export { type ClusterOptions, cluster, randomCluster, service } from "./cluster.ts";
export { clusterObjects, type GeneratedCluster } from "./generated-cluster.ts";
export {
  allocationComplaints,
  clusterComplaints,
  endpointComplaints,
  podAddressComplaints,
} from "./invariants.ts";
export {
  type ProxyCase,
  type ProxyCaseOptions,
  type ProxyStep,
  proxyCase,
  randomProxyCase,
} from "./kube-proxy/proxy-case.ts";
export type { ProxyConfiguration } from "./kube-proxy/proxy-configuration.ts";
export { labelSelector, labels } from "./labels.ts";
export { type PacketPlan, type PacketSource, packetInto } from "./packet-into.ts";
export type { ServiceKind, ServiceOptions } from "./service-plan.ts";
export { toYaml } from "./to-yaml.ts";
