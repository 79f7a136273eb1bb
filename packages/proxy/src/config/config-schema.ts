/** The type of a field, as Go's decoder names it. A null is the zero value, of a `v1.Duration` a text that is none. */
export type FieldType =
  | "string"
  | "bool"
  | "int32"
  | "float32"
  | "[]string"
  | "map[string]bool"
  | "v1.Duration"
  | "*v1.Duration"
  | "v1.TimeOrMetaDuration"
  | "v1.VerbosityLevel"
  | "v1.VModuleConfiguration"
  | "resource.QuantityValue"
  | "v1alpha1.ProxyMode"
  | "v1alpha1.LocalMode";

export interface StructType {
  /** With its package: `v1.LoggingConfiguration`. */
  readonly go: string;
  readonly fields: Readonly<Record<string, FieldType | StructType>>;
}

function struct(go: string, fields: StructType["fields"]): StructType {
  return { go, fields };
}

/** An item of `logging.vmodule`. */
export const vmoduleItem: StructType = struct("v1.VModuleItem", {
  filePattern: "string",
  verbosity: "v1.VerbosityLevel",
});

/**
 * All fields of a `KubeProxyConfiguration` of v1alpha1, those too that decide nothing here
 * (k8s.io/kube-proxy config/v1alpha1/types.go, k8s.io/component-base config/v1alpha1 and logs/api/v1).
 */
export const configSchema: StructType = struct("v1alpha1.KubeProxyConfiguration", {
  apiVersion: "string",
  kind: "string",
  featureGates: "map[string]bool",
  clientConnection: struct("v1alpha1.ClientConnectionConfiguration", {
    kubeconfig: "string",
    acceptContentTypes: "string",
    contentType: "string",
    qps: "float32",
    burst: "int32",
  }),
  logging: struct("v1.LoggingConfiguration", {
    format: "string",
    flushFrequency: "v1.TimeOrMetaDuration",
    verbosity: "v1.VerbosityLevel",
    vmodule: "v1.VModuleConfiguration",
    options: struct("v1.FormatOptions", {
      text: struct("v1.TextOptions", { splitStream: "bool", infoBufferSize: "resource.QuantityValue" }),
      json: struct("v1.JSONOptions", { splitStream: "bool", infoBufferSize: "resource.QuantityValue" }),
    }),
  }),
  hostnameOverride: "string",
  bindAddress: "string",
  healthzBindAddress: "string",
  metricsBindAddress: "string",
  bindAddressHardFail: "bool",
  enableProfiling: "bool",
  showHiddenMetricsForVersion: "string",
  mode: "v1alpha1.ProxyMode",
  iptables: struct("v1alpha1.KubeProxyIPTablesConfiguration", {
    masqueradeBit: "int32",
    masqueradeAll: "bool",
    localhostNodePorts: "bool",
    syncPeriod: "v1.Duration",
    minSyncPeriod: "v1.Duration",
  }),
  ipvs: struct("v1alpha1.KubeProxyIPVSConfiguration", {
    syncPeriod: "v1.Duration",
    minSyncPeriod: "v1.Duration",
    scheduler: "string",
    excludeCIDRs: "[]string",
    strictARP: "bool",
    tcpTimeout: "v1.Duration",
    tcpFinTimeout: "v1.Duration",
    udpTimeout: "v1.Duration",
  }),
  nftables: struct("v1alpha1.KubeProxyNFTablesConfiguration", {
    masqueradeBit: "int32",
    masqueradeAll: "bool",
    syncPeriod: "v1.Duration",
    minSyncPeriod: "v1.Duration",
  }),
  winkernel: struct("v1alpha1.KubeProxyWinkernelConfiguration", {
    networkName: "string",
    sourceVip: "string",
    enableDSR: "bool",
    rootHnsEndpointName: "string",
    forwardHealthCheckVip: "bool",
  }),
  detectLocalMode: "v1alpha1.LocalMode",
  detectLocal: struct("v1alpha1.DetectLocalConfiguration", {
    bridgeInterface: "string",
    interfaceNamePrefix: "string",
  }),
  clusterCIDR: "string",
  nodePortAddresses: "[]string",
  oomScoreAdj: "int32",
  conntrack: struct("v1alpha1.KubeProxyConntrackConfiguration", {
    maxPerCore: "int32",
    min: "int32",
    tcpEstablishedTimeout: "*v1.Duration",
    tcpCloseWaitTimeout: "*v1.Duration",
    tcpBeLiberal: "bool",
    udpTimeout: "v1.Duration",
    udpStreamTimeout: "v1.Duration",
  }),
  configSyncPeriod: "v1.Duration",
  portRange: "string",
  windowsRunAsService: "bool",
});
