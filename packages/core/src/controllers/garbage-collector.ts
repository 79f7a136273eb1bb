import type { Change } from "../apiserver/cluster-state.ts";
import { kinds } from "../apiserver/decode/kinds.ts";
import type { ApiObject, Kind } from "../model/api-object.ts";
import { objectKey } from "../model/api-object.ts";
import type { OwnerReference } from "../model/object-meta.ts";
import type { ControlLoop } from "./control-loop.ts";
import { ownerOf } from "./ownership.ts";

const orphaning: string = "orphan";
const foreground: string = "foregroundDeletion";

/** What belongs to a deleted owner follows it; who waits for its dependents, or to leave them, has his turn. */
export function noticeDeletion({ before, after }: Change, loop: ControlLoop): void {
  if (after === undefined) {
    for (const dependent of dependentsOf(loop, before!)) letGo(loop, dependent, before!);
    for (const reference of before!.metadata.ownerReferences ?? []) {
      const group = ownerOf(reference, before!.metadata.namespace);
      if (group !== undefined) loop.enqueue("garbagecollector", group);
    }
  } else if (after.metadata.deletionTimestamp !== undefined && after.metadata.finalizers !== undefined) {
    loop.enqueue("garbagecollector", `${after.kind}/${objectKey(after)}`);
  }
}

/**
 * Does for an owner on its way out what its finalizers ask for: `orphan` leaves its dependents to themselves,
 * `foregroundDeletion` deletes them before it (pkg/controller/garbagecollector).
 *
 * @param id the owner as `Kind/namespace/name`
 */
export function collectGarbage(loop: ControlLoop, id: string): void {
  const owner = objectOf(loop, id);
  if (owner?.metadata.deletionTimestamp === undefined) return;
  const finalizers = owner.metadata.finalizers ?? [];
  if (finalizers.includes(orphaning)) {
    for (const dependent of dependentsOf(loop, owner)) loop.put(withoutOwner(dependent, owner));
    release(loop, owner, orphaning);
  } else if (finalizers.includes(foreground)) {
    for (const dependent of dependentsOf(loop, owner)) letGo(loop, dependent, owner);
    if (!dependentsOf(loop, owner).some((dependent) => blocks(dependent, owner))) release(loop, owner, foreground);
  }
}

function release(loop: ControlLoop, owner: ApiObject, finalizer: string): void {
  const { finalizers: given = [], ...rest } = owner.metadata;
  const finalizers = given.filter((name) => name !== finalizer);
  if (finalizers.length === 0) loop.remove(owner.kind, owner);
  else loop.put({ ...owner, metadata: { ...rest, finalizers } } as ApiObject);
}

/** A dependent goes with the last of its owners. */
function letGo(loop: ControlLoop, dependent: ApiObject, owner: ApiObject): void {
  const left = withoutOwner(dependent, owner);
  if (left.metadata.ownerReferences === undefined) loop.delete(dependent);
  else loop.put(left);
}

function dependentsOf(loop: ControlLoop, owner: ApiObject): ApiObject[] {
  const ids = [...loop.index.dependentsByOwner.members(`${owner.kind}/${objectKey(owner)}`)];
  return ids.map((id) => objectOf(loop, id)).filter((object) => object !== undefined);
}

function objectOf(loop: ControlLoop, id: string): ApiObject | undefined {
  const slash = id.indexOf("/");
  return loop.state.tables[id.slice(0, slash) as Kind]?.get(id.slice(slash + 1));
}

function withoutOwner(dependent: ApiObject, owner: ApiObject): ApiObject {
  const { ownerReferences = [], ...rest } = dependent.metadata;
  const others = ownerReferences.filter((reference) => !isOwner(reference, owner));
  return { ...dependent, metadata: others.length === 0 ? rest : { ...rest, ownerReferences: others } } as ApiObject;
}

function blocks(dependent: ApiObject, owner: ApiObject): boolean {
  const references = dependent.metadata.ownerReferences ?? [];
  return references.some((reference) => reference.blockOwnerDeletion === true && isOwner(reference, owner));
}

function isOwner({ apiVersion, kind, name }: OwnerReference, owner: ApiObject): boolean {
  return kind === owner.kind && name === owner.metadata.name && apiVersion === kinds[owner.kind].apiVersion;
}
