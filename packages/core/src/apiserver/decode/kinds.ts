import type { Kind } from "../../model/api-object.ts";

/** How the API server knows a kind. */
export interface KindInfo {
  readonly apiVersion: string;
  /** In the field table. */
  readonly struct: string;
  readonly namespaced: boolean;
  /** `deployments.apps`: what messages of kind NotFound and AlreadyExists say. */
  readonly resource: string;
  /** `Deployment.apps`: what messages of kind Invalid say. */
  readonly qualified: string;
  /** What the API server warns of with every answer about this kind (k8s.io/api, APILifecycleDeprecated). */
  readonly deprecated?: string;
}

/** The kinds that are stored. */
export const kinds: Readonly<Record<Kind, KindInfo>> = {
  Namespace: {
    apiVersion: "v1",
    struct: "core.Namespace",
    namespaced: false,
    resource: "namespaces",
    qualified: "Namespace",
  },
  Node: { apiVersion: "v1", struct: "core.Node", namespaced: false, resource: "nodes", qualified: "Node" },
  Pod: { apiVersion: "v1", struct: "core.Pod", namespaced: true, resource: "pods", qualified: "Pod" },
  Service: { apiVersion: "v1", struct: "core.Service", namespaced: true, resource: "services", qualified: "Service" },
  ConfigMap: {
    apiVersion: "v1",
    struct: "core.ConfigMap",
    namespaced: true,
    resource: "configmaps",
    qualified: "ConfigMap",
  },
  Endpoints: {
    apiVersion: "v1",
    struct: "core.Endpoints",
    namespaced: true,
    resource: "endpoints",
    qualified: "Endpoints",
    deprecated: "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice",
  },
  EndpointSlice: {
    apiVersion: "discovery.k8s.io/v1",
    struct: "discovery.EndpointSlice",
    namespaced: true,
    resource: "endpointslices.discovery.k8s.io",
    qualified: "EndpointSlice.discovery.k8s.io",
  },
  Deployment: {
    apiVersion: "apps/v1",
    struct: "apps.Deployment",
    namespaced: true,
    resource: "deployments.apps",
    qualified: "Deployment.apps",
  },
  ReplicaSet: {
    apiVersion: "apps/v1",
    struct: "apps.ReplicaSet",
    namespaced: true,
    resource: "replicasets.apps",
    qualified: "ReplicaSet.apps",
  },
  ServiceCIDR: {
    apiVersion: "networking.k8s.io/v1",
    struct: "networking.ServiceCIDR",
    namespaced: false,
    resource: "servicecidrs.networking.k8s.io",
    qualified: "ServiceCIDR.networking.k8s.io",
  },
};

export function isStoredKind(kind: string): kind is Kind {
  return Object.hasOwn(kinds, kind);
}

/**
 * Kinds of a real cluster that are not stored and passed over with a warning. The text says what that means for
 * traffic; an empty one means that no traffic depends on it.
 */
const unmodelled: Readonly<Record<string, string>> = {
  NetworkPolicy: "traffic is not filtered by it",
  AdminNetworkPolicy: "traffic is not filtered by it",
  BaselineAdminNetworkPolicy: "traffic is not filtered by it",
  Ingress: "its hosts and paths lead nowhere",
  IngressClass: "",
  Gateway: "its listeners do not exist",
  HTTPRoute: "its routes lead nowhere",
  StatefulSet: "it makes no Pods; give the Pods themselves",
  DaemonSet: "it makes no Pods; give the Pods themselves",
  Job: "it makes no Pods; give the Pods themselves",
  CronJob: "it makes no Pods; give the Pods themselves",
  ReplicationController: "it makes no Pods; give the Pods themselves",
  IPAddress: "addresses count as taken by the Services that hold them",
  HorizontalPodAutoscaler: "replica counts stay as they are",
  MutatingWebhookConfiguration: "objects are not changed by it",
  ValidatingWebhookConfiguration: "objects are not refused by it",
};

const harmless = new Set(
  (
    "Secret ServiceAccount Event LimitRange ResourceQuota PersistentVolume PersistentVolumeClaim PodTemplate " +
    "ComponentStatus Binding ControllerRevision Lease LeaseCandidate Role RoleBinding ClusterRole ClusterRoleBinding " +
    "StorageClass VolumeAttachment VolumeAttributesClass CSIDriver CSINode CSIStorageCapacity PriorityClass " +
    "RuntimeClass PodDisruptionBudget CertificateSigningRequest FlowSchema PriorityLevelConfiguration APIService " +
    "CustomResourceDefinition ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding MutatingAdmissionPolicy " +
    "MutatingAdmissionPolicyBinding DeviceClass ResourceClaim ResourceClaimTemplate ResourceSlice ClusterTrustBundle"
  ).split(" "),
);

/** What the absence of a real kind means; undefined for a kind that is not known at all. */
export function consequenceOfSkipping(kind: string): string | undefined {
  return Object.hasOwn(unmodelled, kind) ? unmodelled[kind]! : harmless.has(kind) ? "" : undefined;
}

/** Configuration that stands among the objects and is read elsewhere. */
export function isComponentConfig(apiVersion: string): boolean {
  return (
    apiVersion.startsWith("kubeproxy.config.k8s.io/") || /^(kubeadm|kubelet)\.(config\.)?k(8|ubelet)/.test(apiVersion)
  );
}
