import type { Random } from "@kubenetsim/core/runtime/random";
import { chance, pick } from "../ipvs/random-draws.ts";
import {
  type Json,
  type JsonObject,
  labels,
  many,
  portNumber,
  portReference,
  protocols,
  some,
} from "./random-fields.ts";

function container(random: Random, index: number): JsonObject {
  return {
    name: `c${index}`,
    image: pick(random, ["nginx", "nginx:1.25", "busybox:latest", "registry.example.org/a@sha256:abc"]),
    ...some(random, 0.5, "ports", () => many(random, 3, containerPort) as Json),
    ...some(random, 0.2, "command", () => ["sh", "-c", "sleep 1"]),
    ...some(random, 0.25, "env", (draws) => many(draws, 3, variable)),
    ...some(random, 0.2, "readinessProbe", probe),
    ...some(random, 0.1, "livenessProbe", probe),
    ...some(random, 0.25, "resources", resources),
    ...some(random, 0.1, "imagePullPolicy", () => pick(random, ["Always", "IfNotPresent", "Never"])),
    ...some(random, 0.2, "securityContext", securityContext),
    ...some(random, 0.2, "volumeMounts", volumeMounts),
    ...some(random, 0.1, "envFrom", environments),
    ...some(random, 0.1, "lifecycle", lifecycle),
    ...some(random, 0.05, "restartPolicy", () => pick(random, ["Always", "Never", "Sometimes"])),
  };
}

function containerPort(random: Random, index: number): JsonObject {
  return {
    containerPort: portNumber(random) + index,
    ...some(random, 0.5, "name", () => `q${index}`),
    ...some(random, 0.4, "protocol", () => pick(random, protocols)),
    ...some(random, 0.1, "hostPort", () => 30000 + index),
  };
}

function probe(random: Random): Json {
  const action = pick<JsonObject>(random, [
    { httpGet: { port: portReference(random) } },
    { tcpSocket: { port: portReference(random) } },
    { exec: { command: ["true"] } },
    { grpc: { port: 50051 } },
  ]);
  return { ...action, ...some(random, 0.3, "periodSeconds", () => 5) };
}

/** What a Pod is made of: mostly right. */
export function randomPodSpec(random: Random): JsonObject {
  return {
    containers: [container(random, 0), ...many(random, 1, (draws) => container(draws, 1))],
    ...some(random, 0.15, "initContainers", (draws) => [container(draws, 2)]),
    ...some(random, 0.2, "nodeName", () => "node1"),
    ...some(random, 0.1, "hostNetwork", () => true),
    ...some(random, 0.2, "restartPolicy", () => pick(random, ["Always", "Never", "OnFailure"])),
    ...some(random, 0.2, "volumes", volumes),
    ...some(random, 0.1, "dnsPolicy", () => pick(random, ["Default", "None", "ClusterFirstWithHostNet"])),
    ...some(random, 0.1, "dnsConfig", () => ({ nameservers: ["192.0.2.1"] })),
    ...some(random, 0.1, "serviceAccountName", () => "robot"),
    ...some(random, 0.1, "hostAliases", () => [{ ip: "192.0.2.9", hostnames: ["a.example.org"] }]),
    ...some(random, 0.15, "tolerations", (draws) => many(draws, 2, toleration)),
    ...some(random, 0.1, "nodeSelector", labels),
    ...some(random, 0.15, "affinity", affinity),
    ...some(random, 0.1, "topologySpreadConstraints", spread),
    ...some(random, 0.15, "securityContext", podSecurityContext),
    ...some(random, 0.05, "hostUsers", () => false),
    ...some(random, 0.05, "hostPID", () => true),
    ...some(random, 0.05, "priorityClassName", () => pick(random, ["system-node-critical", "system-cluster-critical"])),
    ...some(random, 0.05, "activeDeadlineSeconds", (draws) => pick(draws, [0, 60, 600])),
    ...some(random, 0.05, "imagePullSecrets", () => [{ name: "s" }, { name: "s" }]),
    ...some(random, 0.1, "terminationGracePeriodSeconds", () => 5),
    ...some(random, 0.1, "subdomain", () => "sub"),
    ...some(random, 0.1, "hostname", () => "host"),
    ...some(random, 0.1, "readinessGates", () => [{ conditionType: "example.org/ready" }]),
  };
}

function volumes(random: Random): Json {
  return many(random, 2, (draws, index) => ({
    name: chance(draws, 0.9) ? `v${index}` : "v",
    ...pick<JsonObject>(draws, [
      { emptyDir: {} },
      { emptyDir: { sizeLimit: pick(draws, ["1Gi", "0.5Gi", "-1"]) } },
      { configMap: { name: "m", items: [{ key: "a", path: pick(draws, ["a", "/a", "../a", "..a"]) }] } },
      { secret: { secretName: "s", defaultMode: pick(draws, [256, 511, 512]) } },
      { hostPath: { path: pick(draws, ["/tmp", "/a/../b", ""]), type: pick(draws, ["", "Directory", "Folder"]) } },
      { persistentVolumeClaim: { claimName: pick(draws, ["c", ""]) } },
      { nfs: { server: "nfs.example.org", path: pick(draws, ["/", "relative"]) } },
      { csi: { driver: pick(draws, ["csi.example.org", "Not A Driver"]) } },
      { downwardAPI: { items: [{ path: "labels", fieldRef: { fieldPath: pick(draws, fieldPaths) } }] } },
      { projected: { sources: [{ configMap: { name: "m" } }, { serviceAccountToken: { path: "t" } }] } },
    ]),
  }));
}

const fieldPaths = ["metadata.labels", "metadata.labels['a']", "metadata.name", "status.podIP", "spec.unknown"];

function variable(random: Random): JsonObject {
  const name = pick(random, ["A", "B", "c.d", "1a", "x=y"]);
  if (chance(random, 0.5)) return { name, value: pick(random, ["b", "$(A)", "$(A)x"]) };
  return {
    name,
    ...some(random, 0.1, "value", () => "b"),
    valueFrom: pick<JsonObject>(random, [
      { fieldRef: { fieldPath: pick(random, fieldPaths) } },
      { fieldRef: { apiVersion: "v2", fieldPath: "metadata.name" } },
      {
        resourceFieldRef: {
          resource: pick(random, ["limits.cpu", "requests.disk"]),
          divisor: pick(random, ["1m", "3"]),
        },
      },
      { configMapKeyRef: { name: "m", key: pick(random, ["k", "a/b", ".."]) } },
      { secretKeyRef: { name: pick(random, ["s", "S"]), key: "k", optional: true } },
      {},
    ]),
  };
}

function environments(random: Random): Json {
  return [
    {
      ...some(random, 0.3, "prefix", () => "P_"),
      ...pick<JsonObject>(random, [{ configMapRef: { name: "m" } }, { secretRef: { name: "s_" } }, {}]),
    },
  ];
}

const amounts = ["100m", "0.1", "1", "64Mi", "67108864", "1e3", "1.5Gi", "0.5"];

function resources(random: Random): Json {
  const name = (draws: Random): string =>
    pick(draws, ["cpu", "memory", "memory", "ephemeral-storage", "example.org/gpu", "hugepages-2Mi", "disk"]);
  // The real one goes through maps in any order: one name is enough.
  const one = name(random);
  const list = (draws: Random): Json => ({ [one]: pick(draws, amounts) });
  return { ...some(random, 0.7, "requests", list), ...some(random, 0.7, "limits", list) };
}

function volumeMounts(random: Random): Json {
  return many(random, 2, (draws) => ({
    name: pick(draws, ["v0", "v1", "v"]),
    mountPath: pick(draws, ["/data", "/data", "/etc/x"]),
    ...some(draws, 0.2, "subPath", () => pick(draws, ["a", "/a", "../a"])),
    ...some(draws, 0.2, "mountPropagation", () => pick(draws, ["None", "Bidirectional", "Both"])),
    ...some(draws, 0.1, "recursiveReadOnly", () => "Enabled"),
  }));
}

function securityContext(random: Random): Json {
  return {
    ...some(random, 0.5, "runAsNonRoot", () => true),
    ...some(random, 0.3, "runAsUser", () => pick(random, [0, 1000, -1])),
    ...some(random, 0.3, "privileged", () => true),
    ...some(random, 0.3, "allowPrivilegeEscalation", () => false),
    ...some(random, 0.2, "procMount", () => pick(random, ["Default", "Unmasked", "Bare"])),
    ...some(random, 0.3, "seccompProfile", seccomp),
  };
}

function seccomp(random: Random): Json {
  return {
    type: pick(random, ["RuntimeDefault", "Localhost", "Other", ""]),
    ...some(random, 0.4, "localhostProfile", () => pick(random, ["a.json", "/a.json"])),
  };
}

function podSecurityContext(random: Random): Json {
  return {
    ...some(random, 0.4, "fsGroup", () => pick(random, [0, 2000, -5])),
    ...some(random, 0.3, "supplementalGroups", () => [1, -1]),
    ...some(random, 0.3, "fsGroupChangePolicy", () => pick(random, ["Always", "Never"])),
    ...some(random, 0.3, "sysctls", () => [
      { name: pick(random, ["net.ipv4.ip_forward", "kernel.shm_rmid_forced", "Not"]), value: "1" },
    ]),
    ...some(random, 0.3, "seccompProfile", seccomp),
  };
}

function lifecycle(random: Random): Json {
  return {
    preStop: pick<JsonObject>(random, [
      { exec: { command: ["true"] } },
      { sleep: { seconds: pick(random, [5, 100]) } },
      { httpGet: { port: "http", path: "/stop", httpHeaders: [{ name: pick(random, ["X-A", "X A"]), value: "b" }] } },
      {},
    ]),
  };
}

function toleration(random: Random): Json {
  return {
    ...some(random, 0.7, "key", () => pick(random, ["a", "example.org/b", "-a"])),
    ...some(random, 0.7, "operator", () => pick(random, ["Exists", "Equal", "Gt", "Is"])),
    ...some(random, 0.3, "value", () => pick(random, ["v", "a b"])),
    ...some(random, 0.4, "effect", () => pick(random, ["NoSchedule", "NoExecute", "Other"])),
    ...some(random, 0.3, "tolerationSeconds", () => 60),
  };
}

function requirement(random: Random): JsonObject {
  return {
    key: pick(random, ["a", "kubernetes.io/hostname", "a b"]),
    operator: pick(random, ["In", "NotIn", "Exists", "DoesNotExist", "Gt", "Like"]),
    ...some(random, 0.6, "values", () => pick<Json>(random, [["x"], ["x", "y"], ["a b"]])),
  };
}

function affinity(random: Random): Json {
  const term = (draws: Random): JsonObject => ({
    ...some(draws, 0.7, "labelSelector", () => ({ matchExpressions: [requirement(draws)] })),
    topologyKey: pick(draws, ["kubernetes.io/hostname", "", "a b"]),
    ...some(draws, 0.2, "namespaces", () => ["N"]),
    ...some(draws, 0.2, "matchLabelKeys", () => ["a"]),
  });
  const required = "requiredDuringSchedulingIgnoredDuringExecution";
  const preferred = "preferredDuringSchedulingIgnoredDuringExecution";
  return pick<JsonObject>(random, [
    { nodeAffinity: { [required]: { nodeSelectorTerms: [{ matchExpressions: [requirement(random)] }] } } },
    { nodeAffinity: { [required]: { nodeSelectorTerms: [{ matchFields: [requirement(random)] }] } } },
    {
      nodeAffinity: {
        [preferred]: [{ weight: random.below(3) * 100, preference: { matchExpressions: [requirement(random)] } }],
      },
    },
    { podAffinity: { [required]: [term(random)] } },
    { podAntiAffinity: { [preferred]: [{ weight: random.below(3) * 60, podAffinityTerm: term(random) }] } },
  ]);
}

function spread(random: Random): Json {
  return many(random, 2, (draws) => ({
    maxSkew: draws.below(3),
    topologyKey: pick(draws, ["zone", "zone", ""]),
    whenUnsatisfiable: pick(draws, ["DoNotSchedule", "ScheduleAnyway", "Never"]),
    ...some(draws, 0.6, "labelSelector", () => ({ matchLabels: labels(draws) })),
    ...some(draws, 0.2, "minDomains", () => draws.below(2)),
    ...some(draws, 0.2, "nodeTaintsPolicy", () => pick(draws, ["Honor", "Mind"])),
    ...some(draws, 0.2, "matchLabelKeys", () => ["a"]),
  }));
}
