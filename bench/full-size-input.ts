/** How large the cluster of an input is. */
export interface FullSize {
  readonly nodes: number;
  readonly pods: number;
  readonly services: number;
  /** Equal seeds give equal inputs. */
  readonly seed: number;
}

/** What Kubernetes says of itself that it holds at most (community/sig-scalability/configs-and-limits/thresholds.md). */
export const publishedLimits: FullSize = { nodes: 5_000, pods: 150_000, services: 10_000, seed: 1 };

/** Each namespace has that many Services at most; the published limit is 5,000 of them and 3,000 Pods. */
const servicesOfNamespace = 100;
const firstPodAddress = (10 << 24) | (128 << 16);

/**
 * A cluster as `kubectl get -o json` would show it, an object a line: Namespaces, Nodes, Services, and Pods that run and are ready,
 * each behind one Service. EndpointSlices are left to the controllers. Pods stand on the nodes by turns, from a place that the seed gives.
 */
export function* fullSizeLines({ nodes, pods, services, seed }: FullSize): Generator<string> {
  const namespaces = Math.ceil(services / servicesOfNamespace);
  for (let i = 0; i < namespaces; i++)
    yield line({ apiVersion: "v1", kind: "Namespace", metadata: { name: `ns-${i}` } });
  for (let i = 0; i < nodes; i++) yield line(nodeObject(i));
  for (let i = 0; i < services; i++) yield line(serviceObject(i));
  const taken = new Int32Array(nodes);
  for (let i = 0; i < pods; i++) {
    const node = (i + mix(seed)) % nodes;
    yield line(podObject(i, i % services, node, taken[node]!++));
  }
}

function line(object: unknown): string {
  return `${JSON.stringify(object)}\n`;
}

function nodeObject(i: number) {
  const podCIDR = `${addressText(firstPodAddress + i * 256)}/24`;
  const name = nodeName(i);
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name,
      uid: uidOf(1, i),
      creationTimestamp: "2026-01-01T00:00:00Z",
      labels: {
        "kubernetes.io/arch": "amd64",
        "kubernetes.io/hostname": name,
        "kubernetes.io/os": "linux",
        "topology.kubernetes.io/zone": `zone-${i % 3}`,
      },
    },
    spec: { podCIDR, podCIDRs: [podCIDR] },
    status: {
      addresses: [
        { type: "InternalIP", address: nodeAddress(i) },
        { type: "Hostname", address: name },
      ],
      allocatable: { cpu: "8", memory: "32Gi", pods: "110" },
      conditions: [
        { type: "Ready", status: "True", reason: "KubeletReady", message: "kubelet is posting ready status" },
      ],
      nodeInfo: { kubeletVersion: "v1.37.2" },
    },
  };
}

function serviceObject(i: number) {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: `web-${i}`, namespace: namespaceOf(i), labels: { app: `web-${i}` } },
    spec: { selector: { app: `web-${i}` }, ports: [{ name: "http", port: 80, protocol: "TCP", targetPort: 8080 }] },
  };
}

function podObject(i: number, service: number, node: number, place: number) {
  const podIP = addressText(firstPodAddress + node * 256 + 2 + place);
  const hostIP = nodeAddress(node);
  const ready = (type: string) => ({ type, status: "True", lastTransitionTime: "2026-01-01T00:00:10Z" });
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: `web-${service}-${i}`,
      namespace: namespaceOf(service),
      uid: uidOf(2, i),
      creationTimestamp: "2026-01-01T00:00:00Z",
      labels: { app: `web-${service}`, "pod-template-hash": "5d6f7c8b9" },
    },
    spec: {
      nodeName: nodeName(node),
      serviceAccountName: "default",
      containers: [
        {
          name: "web",
          image: "registry.example/web:1",
          ports: [{ name: "http", containerPort: 8080, protocol: "TCP" }],
          resources: { requests: { cpu: "100m", memory: "128Mi" } },
        },
      ],
    },
    status: {
      phase: "Running",
      conditions: ["Initialized", "Ready", "ContainersReady", "PodScheduled"].map(ready),
      hostIP,
      hostIPs: [{ ip: hostIP }],
      podIP,
      podIPs: [{ ip: podIP }],
      startTime: "2026-01-01T00:00:01Z",
    },
  };
}

export function nodeName(i: number): string {
  return `node-${i}`;
}

function namespaceOf(service: number): string {
  return `ns-${Math.floor(service / servicesOfNamespace)}`;
}

function nodeAddress(i: number): string {
  return addressText(((172 << 24) | (16 << 16)) + 10 + i);
}

function addressText(word: number): string {
  return [word >>> 24, (word >>> 16) & 255, (word >>> 8) & 255, word & 255].join(".");
}

function uidOf(kind: number, i: number): string {
  return `00000000-0000-4000-a00${kind}-${i.toString(16).padStart(12, "0")}`;
}

function mix(seed: number): number {
  const hash = Math.imul(seed ^ (seed >>> 16), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}
