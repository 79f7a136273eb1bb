import type { ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import { addressWords, addToAddress, formatAddress, type IpAddress, parseAddress } from "@kubenetsim/core/net/address";

/** The Corefile that kubeadm 1.37 writes (cmd/kubeadm/app/phases/addons/dns/manifests.go). */
export const kubeadmCorefile = `.:53 {
    errors
    health {
       lameduck 5s
    }
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
       pods insecure
       fallthrough in-addr.arpa ip6.arpa
       ttl 30
    }
    prometheus :9153
    forward . /etc/resolv.conf {
       max_concurrent 1000
    }
    cache 30 {
       disable success cluster.local
       disable denial cluster.local
    }
    loop
    reload
    loadbalance
}
`;

/** The key of the Service by which Pods reach CoreDNS. */
export const kubeDnsKey = "kube-system/kube-dns";

/** kube-dns's address: the tenth of the Services' first range (kubeadm, constants.GetDNSIP). */
export function dnsAddress({ tables }: ClusterState): IpAddress {
  const range = tables.ServiceCIDR.get("kubernetes")?.spec.cidrs?.[0] ?? "10.96.0.0/12";
  return formatAddress(addToAddress(addressWords(parseAddress(range.split("/")[0]!)!), 10));
}

const labels = { "k8s-app": "kube-dns" };

/** What `kubeadm init` has applied of CoreDNS. (Roles decide nothing about the network.) */
export function corednsObjects(state: ClusterState): object[] {
  return [account, configMap, service(dnsAddress(state)), deployment];
}

const account = {
  apiVersion: "v1",
  kind: "ServiceAccount",
  metadata: { name: "coredns", namespace: "kube-system" },
};

const configMap = {
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "coredns", namespace: "kube-system" },
  data: { Corefile: kubeadmCorefile },
};

function service(clusterIP: string): object {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: {
      name: "kube-dns",
      namespace: "kube-system",
      labels: { ...labels, "kubernetes.io/cluster-service": "true", "kubernetes.io/name": "CoreDNS" },
      annotations: { "prometheus.io/port": "9153", "prometheus.io/scrape": "true" },
    },
    spec: {
      clusterIP,
      ports: [
        { name: "dns", port: 53, protocol: "UDP", targetPort: 53 },
        { name: "dns-tcp", port: 53, protocol: "TCP", targetPort: 53 },
        { name: "metrics", port: 9153, protocol: "TCP", targetPort: 9153 },
      ],
      selector: labels,
    },
  };
}

const container = {
  name: "coredns",
  image: "coredns/coredns:v1.14.6",
  imagePullPolicy: "IfNotPresent",
  resources: { limits: { memory: "170Mi" }, requests: { cpu: "100m", memory: "70Mi" } },
  args: ["-conf", "/etc/coredns/Corefile"],
  volumeMounts: [{ name: "config-volume", mountPath: "/etc/coredns", readOnly: true }],
  ports: [
    { containerPort: 53, name: "dns", protocol: "UDP" },
    { containerPort: 53, name: "dns-tcp", protocol: "TCP" },
    { containerPort: 9153, name: "metrics", protocol: "TCP" },
    { containerPort: 8080, name: "liveness-probe", protocol: "TCP" },
    { containerPort: 8181, name: "readiness-probe", protocol: "TCP" },
  ],
  livenessProbe: {
    httpGet: { path: "/health", port: "liveness-probe", scheme: "HTTP" },
    initialDelaySeconds: 60,
    timeoutSeconds: 5,
    successThreshold: 1,
    failureThreshold: 5,
  },
  readinessProbe: { httpGet: { path: "/ready", port: "readiness-probe", scheme: "HTTP" } },
  securityContext: {
    allowPrivilegeEscalation: false,
    capabilities: { add: ["NET_BIND_SERVICE"], drop: ["ALL"] },
    readOnlyRootFilesystem: true,
  },
};

const deployment = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "coredns", namespace: "kube-system", labels },
  spec: {
    replicas: 2,
    strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 1 } },
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: {
        priorityClassName: "system-cluster-critical",
        serviceAccountName: "coredns",
        affinity: {
          podAntiAffinity: {
            preferredDuringSchedulingIgnoredDuringExecution: [
              {
                weight: 100,
                podAffinityTerm: {
                  labelSelector: { matchExpressions: [{ key: "k8s-app", operator: "In", values: ["kube-dns"] }] },
                  topologyKey: "kubernetes.io/hostname",
                },
              },
            ],
          },
        },
        tolerations: [
          { key: "CriticalAddonsOnly", operator: "Exists" },
          { key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" },
        ],
        nodeSelector: { "kubernetes.io/os": "linux" },
        containers: [container],
        dnsPolicy: "Default",
        volumes: [
          { name: "config-volume", configMap: { name: "coredns", items: [{ key: "Corefile", path: "Corefile" }] } },
        ],
      },
    },
  },
};
