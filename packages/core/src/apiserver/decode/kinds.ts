import type { Kind } from "../../model/api-object.ts";

/** What a resource has below it: `services/web/status`. */
export type Subresource = "status" | "scale" | "finalize" | "eviction";

/** How the API server knows a kind. */
export interface KindInfo {
  readonly apiVersion: string;
  /** In the field table. */
  readonly struct: string;
  readonly namespaced: boolean;
  /** "" for the core group. */
  readonly group: string;
  readonly version: string;
  /** `deployments`, as paths and kubectl spell it. */
  readonly plural: string;
  readonly singular: string;
  /** `deploy`. */
  readonly shortNames: readonly string[];
  /** `all`: what kubectl takes for several kinds. */
  readonly categories: readonly string[];
  readonly subresources: readonly Subresource[];
  /** `deployments.apps`: what messages of kind NotFound and AlreadyExists say. */
  readonly resource: string;
  /** `Deployment.apps`: what messages of kind Invalid say. */
  readonly qualified: string;
  /** What the API server warns of with every answer about this kind (k8s.io/api, APILifecycleDeprecated). */
  readonly deprecated?: string;
}

type Description = Pick<KindInfo, "struct"> &
  Partial<Pick<KindInfo, "namespaced" | "shortNames" | "categories" | "subresources" | "deprecated">>;

/** A kind as discovery tells of it: namespaced, without short names and subresources unless told otherwise. */
function described(kind: string, apiVersion: string, plural: string, more: Description): KindInfo {
  const slash = apiVersion.indexOf("/");
  const group = slash < 0 ? "" : apiVersion.slice(0, slash);
  const suffix = group === "" ? "" : `.${group}`;
  return {
    apiVersion,
    group,
    version: apiVersion.slice(slash + 1),
    plural,
    singular: kind.toLowerCase(),
    resource: `${plural}${suffix}`,
    qualified: `${kind}${suffix}`,
    namespaced: true,
    shortNames: [],
    categories: [],
    subresources: [],
    ...more,
  };
}

const workload = { categories: ["all"], subresources: ["scale", "status"] } as const;

/** The kinds that are stored, as the discovery of a real API server describes them. */
export const kinds: Readonly<Record<Kind, KindInfo>> = {
  Namespace: described("Namespace", "v1", "namespaces", {
    struct: "core.Namespace",
    namespaced: false,
    shortNames: ["ns"],
    subresources: ["finalize", "status"],
  }),
  Node: described("Node", "v1", "nodes", {
    struct: "core.Node",
    namespaced: false,
    shortNames: ["no"],
    subresources: ["status"],
  }),
  Pod: described("Pod", "v1", "pods", {
    struct: "core.Pod",
    shortNames: ["po"],
    categories: ["all"],
    subresources: ["eviction", "status"],
  }),
  Service: described("Service", "v1", "services", {
    struct: "core.Service",
    shortNames: ["svc"],
    categories: ["all"],
    subresources: ["status"],
  }),
  ServiceAccount: described("ServiceAccount", "v1", "serviceaccounts", {
    struct: "core.ServiceAccount",
    shortNames: ["sa"],
  }),
  Event: described("Event", "v1", "events", { struct: "core.Event", shortNames: ["ev"] }),
  ConfigMap: described("ConfigMap", "v1", "configmaps", { struct: "core.ConfigMap", shortNames: ["cm"] }),
  Endpoints: described("Endpoints", "v1", "endpoints", {
    struct: "core.Endpoints",
    shortNames: ["ep"],
    deprecated: "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice",
  }),
  EndpointSlice: described("EndpointSlice", "discovery.k8s.io/v1", "endpointslices", {
    struct: "discovery.EndpointSlice",
  }),
  Deployment: described("Deployment", "apps/v1", "deployments", {
    struct: "apps.Deployment",
    shortNames: ["deploy"],
    ...workload,
  }),
  ReplicaSet: described("ReplicaSet", "apps/v1", "replicasets", {
    struct: "apps.ReplicaSet",
    shortNames: ["rs"],
    ...workload,
  }),
  StatefulSet: described("StatefulSet", "apps/v1", "statefulsets", {
    struct: "apps.StatefulSet",
    shortNames: ["sts"],
    ...workload,
  }),
  DaemonSet: described("DaemonSet", "apps/v1", "daemonsets", {
    struct: "apps.DaemonSet",
    shortNames: ["ds"],
    categories: ["all"],
    subresources: ["status"],
  }),
  ControllerRevision: described("ControllerRevision", "apps/v1", "controllerrevisions", {
    struct: "apps.ControllerRevision",
  }),
  ServiceCIDR: described("ServiceCIDR", "networking.k8s.io/v1", "servicecidrs", {
    struct: "networking.ServiceCIDR",
    namespaced: false,
    subresources: ["status"],
  }),
  Ingress: described("Ingress", "networking.k8s.io/v1", "ingresses", {
    struct: "networking.Ingress",
    shortNames: ["ing"],
    subresources: ["status"],
  }),
  IngressClass: described("IngressClass", "networking.k8s.io/v1", "ingressclasses", {
    struct: "networking.IngressClass",
    namespaced: false,
  }),
  Secret: described("Secret", "v1", "secrets", { struct: "core.Secret" }),
};

/** What is sent to and answered from below stored objects, and not stored itself. */
const kindsBelow: Readonly<Record<"Scale" | "Eviction", KindInfo>> = {
  Scale: described("Scale", "autoscaling/v1", "scale", { struct: "autoscaling.Scale" }),
  Eviction: described("Eviction", "policy/v1", "eviction", { struct: "policy.Eviction" }),
};

/** A kind that a body can be of. */
export type BodyKind = Kind | keyof typeof kindsBelow;

export function infoOf(kind: BodyKind): KindInfo {
  return isStoredKind(kind) ? kinds[kind] : kindsBelow[kind];
}

export function isBodyKind(kind: string): kind is BodyKind {
  return isStoredKind(kind) || Object.hasOwn(kindsBelow, kind);
}

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
  Gateway: "its listeners do not exist",
  HTTPRoute: "its routes lead nowhere",
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
    "LimitRange ResourceQuota PersistentVolume PersistentVolumeClaim PodTemplate " +
    "ComponentStatus Binding Lease LeaseCandidate Role RoleBinding ClusterRole ClusterRoleBinding " +
    "StorageClass VolumeAttachment VolumeAttributesClass CSIDriver CSINode CSIStorageCapacity PriorityClass " +
    "RuntimeClass PodDisruptionBudget CertificateSigningRequest FlowSchema PriorityLevelConfiguration APIService " +
    "CustomResourceDefinition ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding MutatingAdmissionPolicy " +
    "MutatingAdmissionPolicyBinding DeviceClass ResourceClaim ResourceClaimTemplate ResourceSlice ClusterTrustBundle"
  ).split(" "),
);

/** Kinds of a real cluster that are not stored. */
export const unstoredKinds: readonly string[] = [...Object.keys(unmodelled), ...harmless];

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
