import type { EmptyStateOptions } from "@kubenetsim/core/apiserver/empty-state";
import type { IngressControllerDefinition } from "@kubenetsim/ingress";
import type { FileTree } from "@kubenetsim/kubectl";
import type { LoadBalancerAlgorithm, LoadBalancerMode } from "@kubenetsim/network/balancer/load-balancer";
import type { Cni, OutsideClient } from "@kubenetsim/network/topology/input";
import type { ProxyMode } from "@kubenetsim/proxy/config/kube-proxy-config";
import type { LoadBalancerOption } from "../cloud/declared-balancers.ts";
import type { DnsOptions } from "../dns/dns-options.ts";
import type { HttpOptions } from "../http/pod-answer.ts";
import type { KubeProxyOption } from "./kube-proxy-option.ts";

export interface ClusterOptions extends EmptyStateOptions {
  /** Nodes to begin with: names, or whole Node objects as YAML would have them. None unless given. */
  readonly nodes?: readonly (string | NewNode)[];
  /** kube-proxy's mode; iptables unless given. Before the first `settle` it counts more than a KubeProxyConfiguration. */
  readonly proxyMode?: ProxyMode;
  /** Everything random follows from it; "kubenetsim" unless given. */
  readonly seed?: string;
  /** How Pods are attached to their nodes; `bridge` unless given. */
  readonly cni?: Cni;
  /** kube-proxy's configuration, where it differs from its defaults with clusterCIDR 10.244.0.0/16. */
  readonly kubeProxy?: KubeProxyOption;
  /** The modelled cloud's addresses for Services of type LoadBalancer; false for no cloud, so that they stay pending. */
  readonly loadBalancerRange?: string | false;
  /**
   * How the cloud's load balancers for Services hand connections on: `vip`, the destination unchanged (ipMode VIP, unless given);
   * `nat`, to NodeIP:NodePort; `proxy`, by a connection of their own (both ipMode Proxy).
   */
  readonly loadBalancerMode?: LoadBalancerMode;
  /** How they choose a node; `five-tuple` unless given, and by the client's address for Services with session affinity. */
  readonly loadBalancerAlgorithm?: LoadBalancerAlgorithm;
  /** Public load balancers that were set up by hand in front of nodes, for example of an ingress controller on the nodes' network. */
  readonly loadBalancers?: readonly LoadBalancerOption[];
  /**
   * The node by which hosts outside come in: load balancers have no other, and it is the router to addresses inside. Unless
   * given, load balancers have all nodes.
   */
  readonly entryNode?: string;
  /** Hosts outside of the cluster; `ext1` and `ext2` on the nodes' network unless given. */
  readonly clients?: readonly OutsideClient[];
  /**
   * The cluster is one that kubeadm has made: kube-proxy's configuration stands in the ConfigMap kube-system/kube-proxy, and on each
   * of `nodes` it runs in a Pod, so that `kubectl edit configmap kube-proxy -n kube-system` and the deletion of such Pods do what
   * they do there. false unless given.
   */
  readonly kubeadm?: boolean;
  /** How names are looked up: what servers beyond the cluster know, the nodes' resolv.conf, outside hosts' own tables. */
  readonly dns?: DnsOptions;
  /** Ingress controllers to run in Pods of their images, beside ingress-nginx; one for the same image comes before it. None unless given. */
  readonly ingressControllers?: readonly IngressControllerDefinition[];
  /** What the Pods answer to HTTP. */
  readonly http?: HttpOptions;
  /** The files of `kubectl` and `sh`; unless given, some in memory, none to begin with. */
  readonly files?: FileTree;
}

/** What a node is made from; what is missing is numbered through: 192.168.10.11 and 10.244.1.0/24 for the first. */
export interface NewNode {
  readonly name: string;
  readonly address?: string;
  readonly podCIDR?: string;
  readonly zone?: string;
}

export const defaultSeed = "kubenetsim";
