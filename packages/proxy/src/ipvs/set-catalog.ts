import type { IpFamily } from "@kubenetsim/core/net/address";
import type { IpSetType } from "@kubenetsim/netfilter/ruleset/ip-set";

/** The ipsets of ipvs mode (pkg/proxy/ipvs/ipset.go), in kube-proxy's order. */
export const setNames = [
  "KUBE-LOOP-BACK",
  "KUBE-CLUSTER-IP",
  "KUBE-EXTERNAL-IP",
  "KUBE-EXTERNAL-IP-LOCAL",
  "KUBE-LOAD-BALANCER",
  "KUBE-LOAD-BALANCER-FW",
  "KUBE-LOAD-BALANCER-LOCAL",
  "KUBE-LOAD-BALANCER-SOURCE-IP",
  "KUBE-LOAD-BALANCER-SOURCE-CIDR",
  "KUBE-NODE-PORT-TCP",
  "KUBE-NODE-PORT-LOCAL-TCP",
  "KUBE-NODE-PORT-UDP",
  "KUBE-NODE-PORT-LOCAL-UDP",
  "KUBE-NODE-PORT-SCTP-HASH",
  "KUBE-NODE-PORT-LOCAL-SCTP-HASH",
  "KUBE-HEALTH-CHECK-NODE-PORT",
  "KUBE-IPVS-IPS",
] as const;

export type SetName = (typeof setNames)[number];

export interface SetInfo {
  readonly type: IpSetType;
  /** Of the rules that ask the set. */
  readonly comment: string;
}

export const setCatalog: Readonly<Record<SetName, SetInfo>> = {
  "KUBE-LOOP-BACK": entry("hash:ip,port,ip", "Kubernetes endpoints dst ip:port, source ip for solving hairpin purpose"),
  "KUBE-CLUSTER-IP": entry("hash:ip,port", "Kubernetes service cluster ip + port for masquerade purpose"),
  "KUBE-EXTERNAL-IP": entry("hash:ip,port", "Kubernetes service external ip + port for masquerade and filter purpose"),
  "KUBE-EXTERNAL-IP-LOCAL": entry(
    "hash:ip,port",
    "Kubernetes service external ip + port with externalTrafficPolicy=local",
  ),
  "KUBE-LOAD-BALANCER": entry("hash:ip,port", "Kubernetes service lb portal"),
  "KUBE-LOAD-BALANCER-FW": entry(
    "hash:ip,port",
    "Kubernetes service load balancer ip + port for load balancer with sourceRange",
  ),
  "KUBE-LOAD-BALANCER-LOCAL": entry(
    "hash:ip,port",
    "Kubernetes service load balancer ip + port with externalTrafficPolicy=local",
  ),
  "KUBE-LOAD-BALANCER-SOURCE-IP": entry(
    "hash:ip,port,ip",
    "Kubernetes service load balancer ip + port + source IP for packet filter purpose",
  ),
  "KUBE-LOAD-BALANCER-SOURCE-CIDR": entry(
    "hash:ip,port,net",
    "Kubernetes service load balancer ip + port + source cidr for packet filter purpose",
  ),
  "KUBE-NODE-PORT-TCP": entry("bitmap:port", "Kubernetes nodeport TCP port for masquerade purpose"),
  "KUBE-NODE-PORT-LOCAL-TCP": entry("bitmap:port", "Kubernetes nodeport TCP port with externalTrafficPolicy=local"),
  "KUBE-NODE-PORT-UDP": entry("bitmap:port", "Kubernetes nodeport UDP port for masquerade purpose"),
  "KUBE-NODE-PORT-LOCAL-UDP": entry("bitmap:port", "Kubernetes nodeport UDP port with externalTrafficPolicy=local"),
  "KUBE-NODE-PORT-SCTP-HASH": entry(
    "hash:ip,port",
    "Kubernetes nodeport SCTP port for masquerade purpose with type 'hash ip:port'",
  ),
  "KUBE-NODE-PORT-LOCAL-SCTP-HASH": entry(
    "hash:ip,port",
    "Kubernetes nodeport SCTP port with externalTrafficPolicy=local with type 'hash ip:port'",
  ),
  "KUBE-HEALTH-CHECK-NODE-PORT": entry("bitmap:port", "Kubernetes health check node port"),
  "KUBE-IPVS-IPS": entry("hash:ip", "Addresses on the ipvs interface"),
};

/** The kernel's limit on the length of a set's name (IPSET_MAXNAMELEN less the final zero). */
const longestName = 31;

/** A set's name in the kernel: IPv6 sets have a 6 in it and lose what is too long. */
export function kernelSetName(name: SetName, family: IpFamily): string {
  return family === "IPv4" ? name : name.replace("KUBE-", "KUBE-6-").slice(0, longestName);
}

function entry(type: IpSetType, comment: string): SetInfo {
  return { type, comment };
}
