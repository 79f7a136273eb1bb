/**
 * iptables, ipvs and nftables are kube-proxy's on Linux (pkg/proxy/apis/config/types.go); userspace was until 1.26,
 * kernelspace is the one on Windows.
 */
export type ProxyMode = "iptables" | "ipvs" | "nftables" | "userspace" | "kernelspace";

export const localModes = ["ClusterCIDR", "NodeCIDR", "BridgeInterface", "InterfaceNamePrefix"] as const;
export type LocalMode = (typeof localModes)[number];

/**
 * The fields of a `KubeProxyConfiguration` (kubeproxy.config.k8s.io/v1alpha1) that decide what is written to the kernel,
 * defaulted. Times are in seconds.
 */
export interface KubeProxyConfig {
  readonly mode: ProxyMode;
  /** The configuration names no mode: kube-proxy takes iptables and says that this will change. */
  readonly modeIsDefault: boolean;
  /** An address other than 0.0.0.0 and :: stands in for the node's primary IP. */
  readonly bindAddress: string;
  /** Address and port on which /healthz and /livez answer. */
  readonly healthzBindAddress: string;
  /** Address and port on which /proxyMode answers. */
  readonly metricsBindAddress: string;
  readonly hostnameOverride: string;
  /** One CIDR or one of each family; an empty list detects nothing as local. */
  readonly clusterCIDRs: readonly string[];
  readonly detectLocalMode: LocalMode;
  readonly bridgeInterface: string;
  readonly interfaceNamePrefix: string;
  /** CIDRs and the words `primary`, `localhost`, `all`; none is all addresses, and in nftables mode `primary`. */
  readonly nodePortAddresses: readonly string[];
  /** Of the mode. After so long kube-proxy looks whether its rules are still there, and tries again what has failed. */
  readonly syncPeriodSeconds: number;
  readonly iptables: {
    /** Bit of the packet mark, 0–31; ipvs mode uses it too. */
    readonly masqueradeBit: number;
    readonly masqueradeAll: boolean;
    readonly localhostNodePorts: boolean;
  };
  readonly nftables: { readonly masqueradeBit: number; readonly masqueradeAll: boolean };
  readonly ipvs: {
    /** A kernel scheduler's name; "" is rr. */
    readonly scheduler: string;
    readonly strictARP: boolean;
    readonly excludeCIDRs: readonly string[];
    /** 0 leaves the kernel's value. */
    readonly tcpTimeoutSeconds: number;
    readonly tcpFinTimeoutSeconds: number;
    readonly udpTimeoutSeconds: number;
  };
  /** Of the mode that was removed in 1.26. */
  readonly userspace: {
    /** `portRange`, which 1.37 still reads: `30000-30100`; "" leaves the choice of ports to the node's kernel. */
    readonly portRange: string;
    /** For how long a UDP client is known after its last datagram: `udpIdleTimeout`, which 1.37 has no more. */
    readonly udpIdleTimeoutMs: number;
  };
  /** Seconds; 0 leaves the kernel's value. The size of connection tracking (maxPerCore, min) is not modelled. */
  readonly conntrack: {
    readonly tcpEstablishedTimeoutSeconds: number;
    readonly tcpCloseWaitTimeoutSeconds: number;
    readonly udpTimeoutSeconds: number;
    readonly udpStreamTimeoutSeconds: number;
    readonly tcpBeLiberal: boolean;
  };
  readonly featureGates: Readonly<Record<string, boolean>>;
}

/**
 * What kube-proxy is taken to run with when the input has no configuration: the v1alpha1 defaults
 * (pkg/proxy/apis/config/v1alpha1/defaults.go) with mode iptables and the pod range that kubeadm users mostly give.
 */
export const defaultKubeProxyConfig: KubeProxyConfig = {
  mode: "iptables",
  modeIsDefault: false,
  bindAddress: "0.0.0.0",
  healthzBindAddress: "0.0.0.0:10256",
  metricsBindAddress: "127.0.0.1:10249",
  hostnameOverride: "",
  clusterCIDRs: ["10.244.0.0/16"],
  detectLocalMode: "ClusterCIDR",
  bridgeInterface: "",
  interfaceNamePrefix: "",
  nodePortAddresses: [],
  syncPeriodSeconds: 30,
  iptables: { masqueradeBit: 14, masqueradeAll: false, localhostNodePorts: true },
  nftables: { masqueradeBit: 14, masqueradeAll: false },
  ipvs: {
    scheduler: "",
    strictARP: false,
    excludeCIDRs: [],
    tcpTimeoutSeconds: 0,
    tcpFinTimeoutSeconds: 0,
    udpTimeoutSeconds: 0,
  },
  userspace: { portRange: "", udpIdleTimeoutMs: 250 },
  conntrack: {
    tcpEstablishedTimeoutSeconds: 86_400,
    tcpCloseWaitTimeoutSeconds: 3600,
    udpTimeoutSeconds: 0,
    udpStreamTimeoutSeconds: 0,
    tcpBeLiberal: false,
  },
  featureGates: {},
};

/** The section of a configuration that holds what a mode has for itself; where the mode is none of these, that of iptables. */
export function modeSection(mode: ProxyMode): "iptables" | "ipvs" | "nftables" {
  return mode === "ipvs" || mode === "nftables" ? mode : "iptables";
}
