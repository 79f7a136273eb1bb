import type { LabelSelector } from "@kubenetsim/core/model/label-selector";
import type { Condition } from "@kubenetsim/core/model/node";
import type { Labels, ObjectMeta } from "@kubenetsim/core/model/object-meta";
import type { Toleration } from "@kubenetsim/core/model/pod";

// What descriptions tell of, beyond what networks need: the fields of k8s.io/api/core/v1 that kubectl prints.

export interface DescribedPod {
  readonly metadata: ObjectMeta & { readonly deletionGracePeriodSeconds?: number };
  readonly spec: DescribedPodSpec;
  readonly status?: DescribedPodStatus;
}

export interface DescribedTemplate {
  readonly metadata?: Partial<ObjectMeta>;
  readonly spec: DescribedPodSpec;
}

export interface DescribedPodSpec {
  readonly priority?: number;
  readonly priorityClassName?: string;
  readonly runtimeClassName?: string;
  readonly serviceAccountName?: string;
  readonly nodeName?: string;
  readonly securityContext?: { readonly seccompProfile?: SeccompProfile };
  readonly resources?: Resources;
  readonly overhead?: Amounts;
  readonly initContainers?: readonly DescribedContainer[];
  readonly containers?: readonly DescribedContainer[];
  readonly ephemeralContainers?: readonly DescribedContainer[];
  readonly readinessGates?: readonly { readonly conditionType: string }[];
  readonly volumes?: readonly DescribedVolume[];
  readonly nodeSelector?: Labels;
  readonly tolerations?: readonly Toleration[];
  readonly topologySpreadConstraints?: readonly SpreadConstraint[];
}

export interface DescribedPodStatus {
  readonly phase?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly hostIP?: string;
  readonly podIP?: string;
  readonly podIPs?: readonly { readonly ip: string }[];
  readonly startTime?: string;
  readonly nominatedNodeName?: string;
  readonly qosClass?: string;
  readonly conditions?: readonly Condition[];
  readonly containerStatuses?: readonly ContainerStatus[];
  readonly initContainerStatuses?: readonly ContainerStatus[];
  readonly ephemeralContainerStatuses?: readonly ContainerStatus[];
}

export interface SeccompProfile {
  readonly type: string;
  readonly localhostProfile?: string;
}

export type Amounts = Readonly<Record<string, string>>;

export interface Resources {
  readonly limits?: Amounts;
  readonly requests?: Amounts;
}

export interface SpreadConstraint {
  readonly topologyKey: string;
  readonly whenUnsatisfiable: string;
  readonly maxSkew: number;
  readonly labelSelector?: LabelSelector;
}

export interface DescribedContainer {
  readonly name: string;
  readonly image?: string;
  readonly restartPolicy?: string;
  readonly ports?: readonly ContainerPort[];
  readonly securityContext?: { readonly seccompProfile?: SeccompProfile };
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly resources?: Resources;
  readonly livenessProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly startupProbe?: Probe;
  readonly env?: readonly EnvVar[];
  readonly envFrom?: readonly EnvFrom[];
  readonly volumeMounts?: readonly VolumeMount[];
  readonly volumeDevices?: readonly { readonly devicePath: string; readonly name: string }[];
}

export interface ContainerPort {
  readonly name?: string;
  readonly containerPort: number;
  readonly hostPort?: number;
  readonly protocol?: string;
}

export interface VolumeMount {
  readonly mountPath: string;
  readonly name: string;
  readonly readOnly?: boolean;
  readonly subPath?: string;
}

export interface Probe {
  readonly initialDelaySeconds?: number;
  readonly timeoutSeconds?: number;
  readonly periodSeconds?: number;
  readonly successThreshold?: number;
  readonly failureThreshold?: number;
  readonly exec?: { readonly command?: readonly string[] };
  readonly httpGet?: {
    readonly scheme?: string;
    readonly host?: string;
    readonly port: number | string;
    readonly path?: string;
  };
  readonly tcpSocket?: { readonly host?: string; readonly port: number | string };
  readonly grpc?: { readonly port: number; readonly service?: string };
}

interface KeyRef {
  readonly name?: string;
  readonly key: string;
  readonly optional?: boolean;
}

export interface EnvVar {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: {
    readonly fieldRef?: { readonly apiVersion?: string; readonly fieldPath: string };
    readonly resourceFieldRef?: ResourceFieldRef;
    readonly secretKeyRef?: KeyRef;
    readonly configMapKeyRef?: KeyRef;
  };
}

export interface ResourceFieldRef {
  readonly resource: string;
  readonly divisor?: string;
}

interface SourceRef {
  readonly name?: string;
  readonly optional?: boolean;
}

export interface EnvFrom {
  readonly prefix?: string;
  readonly configMapRef?: SourceRef;
  readonly secretRef?: SourceRef;
}

export interface ContainerStatus {
  readonly name: string;
  readonly containerID?: string;
  readonly imageID?: string;
  readonly ready?: boolean;
  readonly restartCount?: number;
  readonly state?: ContainerState;
  readonly lastState?: ContainerState;
}

export interface ContainerState {
  readonly running?: { readonly startedAt?: string };
  readonly waiting?: { readonly reason?: string };
  readonly terminated?: {
    readonly reason?: string;
    readonly message?: string;
    readonly exitCode?: number;
    readonly signal?: number;
    readonly startedAt?: string;
    readonly finishedAt?: string;
  };
}

/** A name and one source. */
export type DescribedVolume = { readonly name: string } & Readonly<Record<string, unknown>>;
