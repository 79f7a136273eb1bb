/** net.ipv4.vs.* that decide where a packet goes, with the kernel's defaults (Documentation/networking/ipvs-sysctl.rst). */
export interface IpvsSysctls {
  /** Leave rewritten packets to conntrack. */
  readonly conntrack: boolean;
  /**
   * 0: a client port that comes back keeps its old connection; 1: it is scheduled anew when the old one is closing; 2 also for
   * FIN_WAIT where no answers are seen.
   */
  readonly connReuseMode: number;
  /** A packet to a server that is gone (or a new one to a quiesced server) is scheduled anew at once, else dropped. */
  readonly expireNodestConn: boolean;
  /** A persistence template of a quiesced server is no longer used. */
  readonly expireQuiescentTemplate: boolean;
  /** Seconds after which lblc forgets a destination address that nobody asks for. */
  readonly lblcExpiration: number;
  /** The same of lblcr, which by then also takes the most loaded server out of a set that has not changed. */
  readonly lblcrExpiration: number;
}

export const kernelSysctls: IpvsSysctls = {
  conntrack: false,
  connReuseMode: 1,
  expireNodestConn: false,
  expireQuiescentTemplate: false,
  lblcExpiration: 86_400,
  lblcrExpiration: 86_400,
};

/** What kube-proxy sets on a kernel from 5.9 on (pkg/proxy/ipvs/proxier.go). */
export const kubeProxySysctls: IpvsSysctls = {
  ...kernelSysctls,
  conntrack: true,
  expireNodestConn: true,
  expireQuiescentTemplate: true,
};

/** Those among sysctls by path below /proc/sys (`net/ipv4/vs/conntrack`), the kernel's defaults for the others. */
export function readIpvsSysctls(values: ReadonlyMap<string, number>): IpvsSysctls {
  const read = (name: string, otherwise = 0): number => values.get(`net/ipv4/vs/${name}`) ?? otherwise;
  return {
    conntrack: read("conntrack") !== 0,
    connReuseMode: read("conn_reuse_mode", kernelSysctls.connReuseMode),
    expireNodestConn: read("expire_nodest_conn") !== 0,
    expireQuiescentTemplate: read("expire_quiescent_template") !== 0,
    lblcExpiration: read("lblc_expiration", kernelSysctls.lblcExpiration),
    lblcrExpiration: read("lblcr_expiration", kernelSysctls.lblcrExpiration),
  };
}

/** `ipvsadm --set`: seconds; 0 leaves the present value. */
export interface IpvsTimeouts {
  readonly tcp: number;
  readonly tcpFin: number;
  readonly udp: number;
}

export const kernelTimeouts: IpvsTimeouts = { tcp: 900, tcpFin: 120, udp: 300 };

/** What expires by a sysctl of the scheduler with this name, in milliseconds; undefined where there is none. */
export function schedulerExpirationMs(sysctls: IpvsSysctls, scheduler: string): number | undefined {
  if (scheduler === "lblc") return sysctls.lblcExpiration * 1000;
  return scheduler === "lblcr" ? sysctls.lblcrExpiration * 1000 : undefined;
}
