import type { ConfigMap } from "@kubenetsim/core/model/config-map";
import { joinHostPort } from "@kubenetsim/core/net/endpoint-text";
import { sha256Hex } from "@kubenetsim/core/runtime/sha256-hex";

export interface KubeProxySettings {
  /** As it stands in the text: "" for kube-proxy's default. */
  readonly mode: string;
  readonly clusterCIDR: string;
  readonly apiServer: { readonly address: string; readonly port: number };
}

/** The ConfigMap kube-system/kube-proxy as kubeadm 1.37 makes it (cmd/kubeadm/app/phases/addons/proxy, and its checksum's annotation). */
export function kubeProxyConfigMap(settings: KubeProxySettings): ConfigMap {
  const data = { "config.conf": configText(settings), "kubeconfig.conf": kubeconfigText(settings) };
  const checksum = sha256Hex(data["config.conf"] + data["kubeconfig.conf"]);
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: {
      name: "kube-proxy",
      namespace: "kube-system",
      labels: { app: "kube-proxy" },
      annotations: { "kubeadm.kubernetes.io/component-config.hash": `sha256:${checksum}` },
    },
    data,
  };
}

function kubeconfigText({ apiServer: { address, port } }: KubeProxySettings): string {
  return `apiVersion: v1
kind: Config
clusters:
- cluster:
    certificate-authority: /var/run/secrets/kubernetes.io/serviceaccount/ca.crt
    server: https://${joinHostPort(address, port)}
  name: default
contexts:
- context:
    cluster: default
    namespace: default
    user: default
  name: default
current-context: default
users:
- name: default
  user:
    tokenFile: /var/run/secrets/kubernetes.io/serviceaccount/token`;
}

/** What the Go type writes whose fields are empty, but for those that kubeadm sets. */
function configText({ mode, clusterCIDR }: KubeProxySettings): string {
  return `apiVersion: kubeproxy.config.k8s.io/v1alpha1
bindAddress: 0.0.0.0
bindAddressHardFail: false
clientConnection:
  acceptContentTypes: ""
  burst: 0
  contentType: ""
  kubeconfig: /var/lib/kube-proxy/kubeconfig.conf
  qps: 0
clusterCIDR: ${clusterCIDR}
configSyncPeriod: 0s
conntrack:
  maxPerCore: null
  min: null
  tcpBeLiberal: false
  tcpCloseWaitTimeout: null
  tcpEstablishedTimeout: null
  udpStreamTimeout: 0s
  udpTimeout: 0s
detectLocal:
  bridgeInterface: ""
  interfaceNamePrefix: ""
detectLocalMode: ""
enableProfiling: false
healthzBindAddress: ""
hostnameOverride: ""
iptables:
  localhostNodePorts: null
  masqueradeAll: false
  masqueradeBit: null
  minSyncPeriod: 0s
  syncPeriod: 0s
ipvs:
  excludeCIDRs: null
  minSyncPeriod: 0s
  scheduler: ""
  strictARP: false
  syncPeriod: 0s
  tcpFinTimeout: 0s
  tcpTimeout: 0s
  udpTimeout: 0s
kind: KubeProxyConfiguration
logging:
  flushFrequency: 0
  options:
    json:
      infoBufferSize: "0"
    text:
      infoBufferSize: "0"
  verbosity: 0
metricsBindAddress: ""
mode: ${mode === "" ? '""' : mode}
nftables:
  masqueradeAll: false
  masqueradeBit: null
  minSyncPeriod: 0s
  syncPeriod: 0s
nodePortAddresses: null
oomScoreAdj: null
portRange: ""
showHiddenMetricsForVersion: ""
winkernel:
  enableDSR: false
  forwardHealthCheckVip: false
  networkName: ""
  rootHnsEndpointName: ""
  sourceVip: ""`;
}
