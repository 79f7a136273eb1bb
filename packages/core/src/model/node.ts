import type { ObjectMeta } from "./object-meta.ts";

export interface Node {
  readonly apiVersion: "v1";
  readonly kind: "Node";
  readonly metadata: ObjectMeta;
  readonly spec?: NodeSpec;
  readonly status?: NodeStatus;
}

export interface NodeSpec {
  readonly podCIDR?: string;
  readonly podCIDRs?: readonly string[];
  readonly providerID?: string;
  readonly unschedulable?: boolean;
  readonly taints?: readonly Taint[];
}

export interface Taint {
  readonly key: string;
  readonly value?: string;
  readonly effect: "NoSchedule" | "PreferNoSchedule" | "NoExecute";
}

export interface NodeStatus {
  readonly addresses?: readonly NodeAddress[];
  readonly conditions?: readonly NodeCondition[];
  readonly capacity?: Readonly<Record<string, string | number>>;
  readonly allocatable?: Readonly<Record<string, string | number>>;
  readonly nodeInfo?: Readonly<Record<string, unknown>>;
}

export interface NodeAddress {
  readonly type: "Hostname" | "InternalIP" | "ExternalIP" | "InternalDNS" | "ExternalDNS";
  readonly address: string;
}

export interface NodeCondition extends Condition {
  /** When the kubelet told it last. */
  readonly lastHeartbeatTime?: string | null;
}

/** The common part of NodeCondition, PodCondition and metav1.Condition. */
export interface Condition {
  readonly type: string;
  readonly status: "True" | "False" | "Unknown";
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string | null;
}
