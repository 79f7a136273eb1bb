import type { ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import { defaultKubeProxyConfig } from "@kubenetsim/proxy/config/kube-proxy-config";
import type { ClusterOptions } from "../cluster/cluster-options.ts";
import type { InputText } from "../cluster/control-plane.ts";
import { corednsObjects } from "../dns/kubeadm-coredns.ts";
import { kubeProxyConfigMap } from "./kube-proxy-config-map.ts";

/**
 * What `kubeadm init` has brought about of kube-proxy and CoreDNS, as texts to apply: their ConfigMaps and ServiceAccounts, the DaemonSet
 * that makes a kube-proxy on each node that joins, the Deployment of two CoreDNS and the Service kube-dns. (Roles decide nothing about the network.)
 */
export function kubeadmTexts(state: ClusterState, { proxyMode }: ClusterOptions): InputText[] {
  const clusterCIDR = defaultKubeProxyConfig.clusterCIDRs.join();
  const configMap = kubeProxyConfigMap({ mode: proxyMode ?? "", clusterCIDR, apiServer: state.settings.apiServer });
  return [configMap, kubeProxyAccount, kubeProxyDaemonSet, ...corednsObjects(state)].map((object) => ({
    source: "kubeadm",
    text: JSON.stringify(object),
  }));
}

const kubeProxyAccount: object = {
  apiVersion: "v1",
  kind: "ServiceAccount",
  metadata: { name: "kube-proxy", namespace: "kube-system" },
};

const labels = { "k8s-app": "kube-proxy" };

/** The template of cmd/kubeadm/app/phases/addons/proxy/manifests.go; the image without its registry. */
const kubeProxyDaemonSet: object = {
  apiVersion: "apps/v1",
  kind: "DaemonSet",
  metadata: { labels, name: "kube-proxy", namespace: "kube-system" },
  spec: {
    selector: { matchLabels: labels },
    updateStrategy: { type: "RollingUpdate" },
    template: {
      metadata: { labels },
      spec: {
        priorityClassName: "system-node-critical",
        containers: [
          {
            name: "kube-proxy",
            image: "kube-proxy:v1.37.2",
            imagePullPolicy: "IfNotPresent",
            command: [
              "/usr/local/bin/kube-proxy",
              "--config=/var/lib/kube-proxy/config.conf",
              "--hostname-override=$(NODE_NAME)",
            ],
            securityContext: { privileged: true },
            volumeMounts: [
              { mountPath: "/var/lib/kube-proxy", name: "kube-proxy" },
              { mountPath: "/run/xtables.lock", name: "xtables-lock", readOnly: false },
              { mountPath: "/lib/modules", name: "lib-modules", readOnly: true },
            ],
            env: [{ name: "NODE_NAME", valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } } }],
          },
        ],
        hostNetwork: true,
        serviceAccountName: "kube-proxy",
        volumes: [
          { name: "kube-proxy", configMap: { name: "kube-proxy" } },
          { name: "xtables-lock", hostPath: { path: "/run/xtables.lock", type: "FileOrCreate" } },
          { name: "lib-modules", hostPath: { path: "/lib/modules" } },
        ],
        tolerations: [{ operator: "Exists" }],
        nodeSelector: { "kubernetes.io/os": "linux" },
      },
    },
  },
};
