import type { KubeProxyConfig } from "./kube-proxy-config.ts";

/** By which a kernel does not take a segment out of its window for invalid; kube-proxy in iptables mode reads it too. */
export const beLiberal = "net/netfilter/nf_conntrack_tcp_be_liberal";

/**
 * The sysctls of connection tracking that a kube-proxy sets when it starts, in any mode (pkg/proxy/conntrack/sysctls.go), but for
 * nf_conntrack_max. Those that the configuration does not ask for it leaves as they are. The kube-proxy that had userspace mode
 * knew only those of TCP's timeouts.
 */
export function conntrackSysctls({ mode, conntrack }: KubeProxyConfig): ReadonlyMap<string, number> {
  const sysctls = new Map<string, number>();
  const set = (name: string, seconds: number): void => {
    if (seconds > 0) sysctls.set(`net/netfilter/nf_conntrack_${name}`, Math.trunc(seconds));
  };
  set("tcp_timeout_established", conntrack.tcpEstablishedTimeoutSeconds);
  set("tcp_timeout_close_wait", conntrack.tcpCloseWaitTimeoutSeconds);
  if (mode === "userspace") return sysctls;
  if (conntrack.tcpBeLiberal) sysctls.set(beLiberal, 1);
  set("udp_timeout", conntrack.udpTimeoutSeconds);
  set("udp_timeout_stream", conntrack.udpStreamTimeoutSeconds);
  return sysctls;
}
