import { isStoredKind, kinds } from "../apiserver/decode/kinds.ts";
import type { ApiObject } from "../model/api-object.ts";
import type { OwnerReference } from "../model/object-meta.ts";

/** The reference by which a controller marks what it made for `owner` (metav1.NewControllerRef). */
export function controllerReferenceTo(owner: ApiObject): OwnerReference {
  return {
    apiVersion: owner.apiVersion,
    kind: owner.kind,
    name: owner.metadata.name,
    uid: owner.metadata.uid ?? "",
    controller: true,
    blockOwnerDeletion: true,
  };
}

/** The reference to the object's controller, if it has one. */
export function controllerOf(object: ApiObject): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find((reference) => reference.controller === true);
}

/**
 * Whether `owner` is among the owners. By kind and name and not by uid as in a real cluster: an object that comes back
 * from a dump has a new uid here, and what refers to it still has the old one.
 */
export function isOwnedBy(object: ApiObject, owner: ApiObject): boolean {
  const references = object.metadata.ownerReferences ?? [];
  return references.some((reference) => refersTo(reference, owner));
}

/** The owner that a reference means, as `Kind/namespace/name`; undefined for a kind that is not stored. */
export function ownerOf({ kind, name }: OwnerReference, namespace: string | undefined): string | undefined {
  if (!isStoredKind(kind)) return undefined;
  return kinds[kind].namespaced ? `${kind}/${namespace ?? ""}/${name}` : `${kind}/${name}`;
}

/** Whether `owner` is the object's controller. */
export function isControlledBy(object: ApiObject, owner: ApiObject): boolean {
  const reference = controllerOf(object);
  return reference !== undefined && refersTo(reference, owner);
}

function refersTo(reference: OwnerReference, owner: ApiObject): boolean {
  return (
    reference.kind === owner.kind && reference.name === owner.metadata.name && reference.apiVersion === owner.apiVersion
  );
}
