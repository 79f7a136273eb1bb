import type { ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import { generatedName } from "@kubenetsim/core/controllers/generated-name";
import type { Node } from "@kubenetsim/core/model/node";
import { seededRandom } from "@kubenetsim/core/runtime/random";
import { sha256Hex } from "@kubenetsim/core/runtime/sha256-hex";
import { defaultKubeProxyConfig } from "@kubenetsim/proxy/config/kube-proxy-config";
import { type ClusterOptions, defaultSeed } from "../cluster/cluster-options.ts";
import type { InputText } from "../cluster/control-plane.ts";
import { kubeProxyConfigMap } from "./kube-proxy-config-map.ts";

/**
 * What `kubeadm init` and the nodes that join have brought about of kube-proxy, as texts to apply: its ConfigMap, and on each node
 * the Pod of its DaemonSet. (ServiceAccount and roles decide nothing about the network.)
 */
export function kubeadmTexts(
  nodes: readonly Node[],
  { settings }: ClusterState,
  { proxyMode, seed = defaultSeed }: ClusterOptions,
): InputText[] {
  const draws = seededRandom(seed).fork("kubeadm");
  const taken = new Set<string>();
  const pods = nodes.map((node) => {
    const name = generatedName("kube-proxy-", draws, (one) => taken.has(one));
    taken.add(name);
    return kubeProxyPod(name, node.metadata.name);
  });
  const clusterCIDR = defaultKubeProxyConfig.clusterCIDRs.join();
  const configMap = kubeProxyConfigMap({ mode: proxyMode ?? "", clusterCIDR, apiServer: settings.apiServer });
  return [configMap, ...pods].map((object) => ({ source: "kubeadm", text: JSON.stringify(object) }));
}

/** Of the template in cmd/kubeadm/app/phases/addons/proxy/manifests.go. */
function kubeProxyPod(name: string, node: string): object {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name,
      generateName: "kube-proxy-",
      namespace: "kube-system",
      labels: { "controller-revision-hash": "6c7b8d9f5c", "k8s-app": "kube-proxy", "pod-template-generation": "1" },
      ownerReferences: [
        {
          apiVersion: "apps/v1",
          kind: "DaemonSet",
          name: "kube-proxy",
          uid: sha256Hex("DaemonSet kube-system/kube-proxy").slice(0, 32),
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    spec: {
      nodeName: node,
      hostNetwork: true,
      containers: [
        {
          name: "kube-proxy",
          image: "kube-proxy:v1.37.2",
          command: [
            "/usr/local/bin/kube-proxy",
            "--config=/var/lib/kube-proxy/config.conf",
            "--hostname-override=$(NODE_NAME)",
          ],
        },
      ],
    },
  };
}
