import type { PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { failure } from "../../command-error.ts";

/** A Pod's spec as it stands in an object; more fields than these are left alone. */
export interface PodSpecFields extends PlainObject {
  readonly containers: readonly ContainerFields[];
  readonly initContainers?: readonly ContainerFields[];
}

export interface ContainerFields extends PlainObject {
  readonly name: string;
}

const templated = ["Deployment", "ReplicaSet", "DaemonSet", "StatefulSet"];

/**
 * Changes the spec of a Pod, or of a workload's Pods (pkg/polymorphichelpers/updatepodspec.go).
 *
 * @throws CommandError for an object that has neither
 */
export function changePodSpec(object: PlainObject, change: (spec: PodSpecFields) => PodSpecFields): PlainObject {
  if (object.kind === "Pod") return { ...object, spec: change(object.spec as PodSpecFields) };
  if (templated.includes(String(object.kind))) {
    const spec = object.spec as { readonly template: PlainObject } & PlainObject;
    const { template } = spec;
    return { ...object, spec: { ...spec, template: { ...template, spec: change(template.spec as PodSpecFields) } } };
  }
  throw failure(`the object is not a pod or does not have a pod template: ${goType(object)}`);
}

/** Both kinds of containers of a spec, one after another. */
export function changeContainers(
  spec: PodSpecFields,
  change: (container: ContainerFields) => ContainerFields,
): PodSpecFields {
  const { initContainers, containers } = spec;
  return {
    ...spec,
    ...(initContainers === undefined ? {} : { initContainers: initContainers.map(change) }),
    containers: containers.map(change),
  };
}

/** As Go's `%T` says it. */
function goType({ kind, apiVersion }: PlainObject): string {
  return `*${String(apiVersion).split("/").at(-1)}.${String(kind)}`;
}
