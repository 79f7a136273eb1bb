import type { KubeProxyConfig } from "../config/kube-proxy-config.ts";

/**
 * The sysctls that kube-proxy sets when it starts in ipvs mode (NewProxier of pkg/proxy/ipvs/proxier.go), for IPv4 and IPv6
 * alike. On the kernels that are modelled, 5.9 and later, it leaves conn_reuse_mode as it is.
 */
export function ipvsSysctls(config: KubeProxyConfig): ReadonlyMap<string, number> {
  const sysctls = new Map([
    ["net/ipv4/vs/conntrack", 1],
    ["net/ipv4/vs/expire_nodest_conn", 1],
    ["net/ipv4/vs/expire_quiescent_template", 1],
    ["net/ipv4/ip_forward", 1],
  ]);
  if (config.ipvs.strictARP) {
    sysctls.set("net/ipv4/conf/all/arp_ignore", 1);
    sysctls.set("net/ipv4/conf/all/arp_announce", 2);
  }
  return sysctls;
}
