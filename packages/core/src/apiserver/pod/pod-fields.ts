import type { LabelSelector } from "../../model/label-selector.ts";
import type { Container, ContainerPort, PodSpec } from "../../model/pod.ts";

/** What validation reads of a Pod's specification beyond what the network asks of it (k8s.io/api/core/v1/types.go). */
export interface FullPodSpec
  extends Pick<
    PodSpec,
    | "nodeName"
    | "nodeSelector"
    | "tolerations"
    | "hostNetwork"
    | "hostname"
    | "subdomain"
    | "dnsPolicy"
    | "restartPolicy"
    | "terminationGracePeriodSeconds"
    | "readinessGates"
  > {
  readonly containers: readonly FullContainer[];
  readonly initContainers?: readonly FullContainer[];
  readonly ephemeralContainers?: readonly FullContainer[];
  readonly volumes?: readonly Volume[];
  readonly activeDeadlineSeconds?: number;
  readonly serviceAccountName?: string;
  readonly serviceAccount?: string;
  readonly hostPID?: boolean;
  readonly hostIPC?: boolean;
  readonly hostUsers?: boolean;
  readonly shareProcessNamespace?: boolean;
  readonly securityContext?: PodSecurityContext;
  readonly imagePullSecrets?: readonly { readonly name?: string }[];
  readonly affinity?: Affinity;
  readonly hostAliases?: readonly { readonly ip?: string; readonly hostnames?: readonly string[] }[];
  readonly priorityClassName?: string;
  readonly preemptionPolicy?: string;
  readonly runtimeClassName?: string;
  readonly overhead?: Quantities;
  readonly dnsConfig?: {
    readonly nameservers?: readonly string[];
    readonly searches?: readonly string[];
    readonly options?: readonly { readonly name?: string }[];
  };
  readonly topologySpreadConstraints?: readonly TopologySpreadConstraint[];
  readonly schedulingGates?: readonly { readonly name?: string }[];
  readonly os?: { readonly name?: string };
  readonly hostnameOverride?: string;
  readonly setHostnameAsFQDN?: boolean;
}

/** Texts of quantities by the resource's name. */
export type Quantities = Readonly<Record<string, string>>;

export interface FullContainer extends Container {
  readonly ports?: readonly ContainerPort[];
  readonly env?: readonly EnvVar[];
  readonly envFrom?: readonly EnvFrom[];
  readonly volumeMounts?: readonly VolumeMount[];
  readonly volumeDevices?: readonly { readonly name?: string; readonly devicePath?: string }[];
  readonly imagePullPolicy?: string;
  readonly terminationMessagePolicy?: string;
  readonly resources?: Resources;
  readonly securityContext?: SecurityContext;
  readonly resizePolicy?: readonly { readonly resourceName?: string; readonly restartPolicy?: string }[];
  readonly restartPolicyRules?: readonly RestartRule[];
}

export interface Resources {
  readonly limits?: Quantities;
  readonly requests?: Quantities;
  readonly claims?: readonly { readonly name?: string; readonly request?: string }[];
}

export interface RestartRule {
  readonly action?: string;
  readonly exitCodes?: { readonly operator?: string; readonly values?: readonly number[] };
}

export interface EnvVar {
  readonly name?: string;
  readonly value?: string;
  readonly valueFrom?: {
    readonly fieldRef?: FieldReference;
    readonly resourceFieldRef?: ResourceReference;
    readonly configMapKeyRef?: KeyReference;
    readonly secretKeyRef?: KeyReference;
    readonly fileKeyRef?: { readonly key?: string; readonly volumeName?: string; readonly path?: string };
  };
}

export interface EnvFrom {
  readonly prefix?: string;
  readonly configMapRef?: { readonly name?: string };
  readonly secretRef?: { readonly name?: string };
}

export interface FieldReference {
  readonly apiVersion?: string;
  readonly fieldPath?: string;
}

export interface ResourceReference {
  readonly containerName?: string;
  readonly resource?: string;
  readonly divisor?: string;
}

export interface KeyReference {
  readonly name?: string;
  readonly key?: string;
}

export interface VolumeMount {
  readonly name?: string;
  readonly mountPath?: string;
  readonly subPath?: string;
  readonly subPathExpr?: string;
  readonly readOnly?: boolean;
  readonly mountPropagation?: string;
  readonly recursiveReadOnly?: string;
}

/** A name, and one of many sources beside it. */
export type Volume = { readonly name?: string } & VolumeSources;

export interface VolumeSources {
  readonly emptyDir?: { readonly sizeLimit?: string; readonly mode?: number };
  readonly hostPath?: { readonly path?: string; readonly type?: string };
  readonly secret?: Projection & { readonly secretName?: string };
  readonly nfs?: { readonly server?: string; readonly path?: string };
  readonly persistentVolumeClaim?: { readonly claimName?: string };
  readonly downwardAPI?: Modes & { readonly items?: readonly DownwardFile[] };
  readonly configMap?: Projection & { readonly name?: string };
  readonly projected?: Modes & { readonly sources?: readonly ProjectedSource[] };
  readonly csi?: { readonly driver?: string; readonly nodePublishSecretRef?: { readonly name?: string } };
  readonly ephemeral?: { readonly volumeClaimTemplate?: object };
  readonly image?: { readonly reference?: string; readonly pullPolicy?: string };
}

export interface Modes {
  readonly defaultMode?: number;
  readonly defaultUser?: number;
}

export interface Projection extends Modes {
  readonly items?: readonly KeyToPath[];
}

export interface KeyToPath {
  readonly key?: string;
  readonly path?: string;
  readonly mode?: number;
  readonly user?: number;
}

export interface DownwardFile {
  readonly path?: string;
  readonly fieldRef?: FieldReference;
  readonly resourceFieldRef?: ResourceReference;
  readonly mode?: number;
  readonly user?: number;
}

export interface ProjectedSource {
  readonly secret?: { readonly name?: string; readonly items?: readonly KeyToPath[] };
  readonly configMap?: { readonly name?: string; readonly items?: readonly KeyToPath[] };
  readonly downwardAPI?: { readonly items?: readonly DownwardFile[] };
  readonly serviceAccountToken?: {
    readonly path?: string;
    readonly expirationSeconds?: number;
    readonly user?: number;
  };
}

export interface Handler {
  readonly exec?: { readonly command?: readonly string[] };
  readonly httpGet?: {
    readonly path?: string;
    readonly port?: number | string;
    readonly host?: string;
    readonly scheme?: string;
    readonly httpHeaders?: readonly { readonly name?: string }[];
  };
  readonly tcpSocket?: { readonly port?: number | string };
  readonly grpc?: { readonly port?: number };
  readonly sleep?: { readonly seconds?: number };
}

export interface Probe extends Handler {
  readonly initialDelaySeconds?: number;
  readonly timeoutSeconds?: number;
  readonly periodSeconds?: number;
  readonly successThreshold?: number;
  readonly failureThreshold?: number;
  readonly terminationGracePeriodSeconds?: number;
}

export interface SecurityContext {
  readonly privileged?: boolean;
  readonly allowPrivilegeEscalation?: boolean;
  readonly capabilities?: { readonly add?: readonly string[]; readonly drop?: readonly string[] };
  readonly seLinuxOptions?: {
    readonly user?: string;
    readonly role?: string;
    readonly type?: string;
    readonly level?: string;
  };
  readonly runAsNonRoot?: boolean;
  readonly readOnlyRootFilesystem?: boolean;
  readonly runAsUser?: number;
  readonly runAsGroup?: number;
  readonly procMount?: string;
  readonly seccompProfile?: Profile;
  readonly appArmorProfile?: Profile;
}

export interface PodSecurityContext {
  readonly fsGroup?: number;
  readonly runAsUser?: number;
  readonly runAsGroup?: number;
  readonly supplementalGroups?: readonly number[];
  readonly sysctls?: readonly { readonly name?: string }[];
  readonly fsGroupChangePolicy?: string;
  readonly seccompProfile?: Profile;
  readonly appArmorProfile?: Profile;
  readonly supplementalGroupsPolicy?: string;
  readonly seLinuxChangePolicy?: string;
}

export interface Profile {
  readonly type?: string;
  readonly localhostProfile?: string;
}

export interface Affinity {
  readonly nodeAffinity?: {
    readonly requiredDuringSchedulingIgnoredDuringExecution?: { readonly nodeSelectorTerms?: readonly NodeTerm[] };
    readonly preferredDuringSchedulingIgnoredDuringExecution?: readonly {
      readonly weight?: number;
      readonly preference?: NodeTerm;
    }[];
  };
  readonly podAffinity?: PodAffinity;
  readonly podAntiAffinity?: PodAffinity;
}

export interface PodAffinity {
  readonly requiredDuringSchedulingIgnoredDuringExecution?: readonly PodTerm[];
  readonly preferredDuringSchedulingIgnoredDuringExecution?: readonly {
    readonly weight?: number;
    readonly podAffinityTerm?: PodTerm;
  }[];
}

export interface NodeTerm {
  readonly matchExpressions?: readonly NodeRequirement[];
  readonly matchFields?: readonly NodeRequirement[];
}

export interface NodeRequirement {
  readonly key?: string;
  readonly operator?: string;
  readonly values?: readonly string[];
}

export interface PodTerm {
  readonly labelSelector?: LabelSelector;
  readonly namespaceSelector?: LabelSelector;
  readonly namespaces?: readonly string[];
  readonly topologyKey?: string;
  readonly matchLabelKeys?: readonly string[];
  readonly mismatchLabelKeys?: readonly string[];
}

export interface TopologySpreadConstraint {
  readonly maxSkew?: number;
  readonly topologyKey?: string;
  readonly whenUnsatisfiable?: string;
  readonly labelSelector?: LabelSelector;
  readonly minDomains?: number;
  readonly nodeAffinityPolicy?: string;
  readonly nodeTaintsPolicy?: string;
  readonly matchLabelKeys?: readonly string[];
}
