/** The type of a field as Go's decoder wants it; `any` for what is not looked at. */
export type FieldType = "text" | "boolean" | "integer" | "duration" | "texts" | "booleans" | "any";

export interface ConfigSchema {
  readonly [field: string]: FieldType | ConfigSchema;
}

/**
 * All fields of a `KubeProxyConfiguration` of v1alpha1, those too that decide nothing here
 * (k8s.io/kube-proxy config/v1alpha1/types.go, k8s.io/component-base config/v1alpha1 and logs/api/v1).
 */
export const configSchema: ConfigSchema = {
  apiVersion: "text",
  kind: "text",
  featureGates: "booleans",
  clientConnection: {
    kubeconfig: "text",
    acceptContentTypes: "text",
    contentType: "text",
    qps: "any",
    burst: "integer",
  },
  logging: {
    format: "text",
    flushFrequency: "any",
    verbosity: "integer",
    vmodule: "any",
    options: {
      text: { splitStream: "boolean", infoBufferSize: "any" },
      json: { splitStream: "boolean", infoBufferSize: "any" },
    },
  },
  hostnameOverride: "text",
  bindAddress: "text",
  healthzBindAddress: "text",
  metricsBindAddress: "text",
  bindAddressHardFail: "boolean",
  enableProfiling: "boolean",
  showHiddenMetricsForVersion: "text",
  mode: "text",
  iptables: {
    masqueradeBit: "integer",
    masqueradeAll: "boolean",
    localhostNodePorts: "boolean",
    syncPeriod: "duration",
    minSyncPeriod: "duration",
  },
  ipvs: {
    syncPeriod: "duration",
    minSyncPeriod: "duration",
    scheduler: "text",
    excludeCIDRs: "texts",
    strictARP: "boolean",
    tcpTimeout: "duration",
    tcpFinTimeout: "duration",
    udpTimeout: "duration",
  },
  nftables: {
    masqueradeBit: "integer",
    masqueradeAll: "boolean",
    syncPeriod: "duration",
    minSyncPeriod: "duration",
  },
  winkernel: {
    networkName: "text",
    sourceVip: "text",
    enableDSR: "boolean",
    rootHnsEndpointName: "text",
    forwardHealthCheckVip: "boolean",
  },
  detectLocalMode: "text",
  detectLocal: { bridgeInterface: "text", interfaceNamePrefix: "text" },
  clusterCIDR: "text",
  nodePortAddresses: "texts",
  oomScoreAdj: "integer",
  conntrack: {
    maxPerCore: "integer",
    min: "integer",
    tcpEstablishedTimeout: "duration",
    tcpCloseWaitTimeout: "duration",
    tcpBeLiberal: "boolean",
    udpTimeout: "duration",
    udpStreamTimeout: "duration",
  },
  configSyncPeriod: "duration",
  portRange: "text",
  windowsRunAsService: "boolean",
};
