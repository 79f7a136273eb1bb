import type { ControllerRevision } from "../model/controller-revision.ts";
import type { Pod, PodSpec } from "../model/pod.ts";
import type { StatefulSet } from "../model/stateful-set.ts";
import { isPodReady } from "./pod-conditions.ts";
import { revisionLabel, templateOf } from "./revision-history.ts";
import { podMaker } from "./template-pod.ts";

export const podNameLabel = "statefulset.kubernetes.io/pod-name";
export const podIndexLabel = "apps.kubernetes.io/pod-index";

/** The revision that a StatefulSet had before a rollout, and the one that it is to have. */
export interface StatefulRevisions {
  readonly current: ControllerRevision;
  readonly update: ControllerRevision;
}

/** The number at the end of a Pod's name, -1 for none (getOrdinal). */
export function ordinalOf({ metadata }: Pod): number {
  const digits = /-([0-9]+)$/.exec(metadata.name)?.[1];
  return digits === undefined ? -1 : Number(digits);
}

/** Whether a Pod's name is one of the set's (isMemberOf). */
export function isMember(set: StatefulSet, { metadata }: Pod): boolean {
  return metadata.name.replace(/-[0-9]+$/, "") === set.metadata.name && metadata.name !== set.metadata.name;
}

/** Time stands still: what is ready has been so for `minReadySeconds`. */
export function isAvailable(pod: Pod): boolean {
  return pod.status?.phase === "Running" && isPodReady(pod);
}

export function startOrdinal({ spec }: StatefulSet): number {
  return spec.ordinals?.start ?? 0;
}

export function isInRange(set: StatefulSet, pod: Pod): boolean {
  const place = ordinalOf(pod) - startOrdinal(set);
  return place >= 0 && place < (set.spec.replicas ?? 1);
}

/**
 * The Pod of an ordinal: named after it, with the set's Service as its domain and a volume for each claim (newStatefulSetPod).
 * Below the partition it is of the current revision.
 */
export function podOfOrdinal(set: StatefulSet, { current, update }: StatefulRevisions, ordinal: number): Pod {
  const revision = ordinal < firstUpdated(set) ? current : update;
  const name = `${set.metadata.name}-${ordinal}`;
  const pod = podMaker(set, templateOf(revision))(name);
  const labels = {
    ...pod.metadata.labels,
    [podNameLabel]: name,
    [podIndexLabel]: String(ordinal),
    [revisionLabel]: revision.metadata.name,
  };
  const { serviceName } = set.spec;
  const spec = { ...withClaims(pod.spec, set, ordinal), hostname: name };
  return {
    ...pod,
    metadata: { ...pod.metadata, labels },
    spec: serviceName ? { ...spec, subdomain: serviceName } : withoutSubdomain(spec),
  };
}

/** From this ordinal on Pods are of the new revision (newVersionedStatefulSetPod). */
function firstUpdated(set: StatefulSet): number {
  const { type, rollingUpdate } = set.spec.updateStrategy ?? {};
  if (rollingUpdate !== undefined) return startOrdinal(set) + (rollingUpdate.partition ?? 0);
  return type === "RollingUpdate" ? startOrdinal(set) + (set.status?.currentReplicas ?? 0) : 0;
}

/** A volume for each claim, before the template's own (updateStorage). The claims themselves are not kept: each counts as bound. */
function withClaims(spec: PodSpec, set: StatefulSet, ordinal: number): PodSpec {
  const claims = set.spec.volumeClaimTemplates ?? [];
  if (claims.length === 0) return spec;
  const names = claims.map(({ metadata }) => metadata.name ?? "");
  const claimed = names.map((name) => ({
    name,
    persistentVolumeClaim: { claimName: `${name}-${set.metadata.name}-${ordinal}` },
  }));
  const { volumes = [] } = spec as { readonly volumes?: readonly { readonly name: string }[] };
  return { ...spec, volumes: [...claimed, ...volumes.filter(({ name }) => !names.includes(name))] } as PodSpec;
}

function withoutSubdomain({ subdomain: _, ...spec }: PodSpec): PodSpec {
  return spec;
}
